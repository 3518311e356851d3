"""What every way out has in common: one approved message in; accepted, or one of four answers.

The four are told apart by what may follow. After `NotNow` the message may be sent again, because
nobody took it. After `NeverAccepted` it may not, because nobody ever will. After `PerhapsAccepted`
the provider is asked first, and where it cannot be asked, a person. `WayShut` says nothing about
the message: the whole way waits for somebody to open it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from parentportal.delivery import Report, ReportOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from messaging.channels import Channel
    from messaging.message import Message

__all__ = [
    "Accepted",
    "Gone",
    "NeverAccepted",
    "NotNow",
    "Parcel",
    "PerhapsAccepted",
    "Report",
    "ReportOutcome",
    "Shut",
    "Unsent",
    "Way",
    "WayShut",
]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One approved message on its way out.

    Attributes:
        reference: the message's own key; a provider is asked by it.
        batch_id: the batch it was approved in.
        message: exactly as approved.
        to: an email address, a telephone number in E.164, or empty for a letter.
        approved_at: the moment an email is dated with, so that the same message is the same bytes.
    """

    reference: UUID
    batch_id: UUID
    message: Message
    to: str
    approved_at: datetime

    @property
    def channel(self) -> Channel:
        """The channel it was composed for."""
        return self.message.channel


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it.

    Attributes:
        evidence: what shows it, in JSON's types, without personal details: file, pages, sha256…
        provider_id: what the provider calls it; empty where it calls it nothing.
    """

    evidence: Mapping[str, Any]
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A message that the database says has gone, with the evidence it went with."""

    reference: UUID
    channel: Channel
    evidence: Mapping[str, Any]


class Unsent(Exception):
    """A way did not say that it accepted a message.

    Attributes:
        code: why, for the record and for the words officers read; no personal details.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotNow(Unsent):
    """Certainly not accepted; it may be tried again.

    Attributes:
        after: the shortest wait the provider asked for, if it did.
    """

    def __init__(self, code: str, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.after = after


class NeverAccepted(Unsent):
    """Refused for good, for a reason that lies in this one message.

    Attributes:
        suppress: the address itself is dead, so no later message should use it either.
    """

    def __init__(self, code: str, *, suppress: bool = False) -> None:
        super().__init__(code)
        self.suppress = suppress


class PerhapsAccepted(Unsent):
    """The connection was lost when the message may have been taken."""


class Shut(StrEnum):
    """Why a way is shut; each has words for officers, who alone can open it."""

    DISK_FULL = "disk-full"
    FOLDER_CLOSED = "folder-closed"
    FOLDER_BROKEN = "folder-broken"
    PRESS_BROKEN = "press-broken"
    PRINT_FILE_NOT_PRINTABLE = "print-file-not-printable"
    PRINT_FILE_PERHAPS_FETCHED = "print-file-perhaps-fetched"
    PRINT_FILE_WAS_ANOTHER = "print-file-was-another"
    PRINT_HOUSE_DISK_FULL = "print-house-disk-full"
    PRINT_HOUSE_FOLDER_CLOSED = "print-house-folder-closed"
    PRINT_HOUSE_FOLDER_BROKEN = "print-house-folder-broken"
    PRINT_HOUSE_NOT_THE_ONE_KNOWN = "print-house-not-the-one-known"
    PRINT_HOUSE_SIGN_IN_REFUSED = "print-house-sign-in-refused"
    SMTP_CERTIFICATE_REFUSED = "smtp-certificate-refused"
    SMTP_WITHOUT_ENCRYPTION = "smtp-without-encryption"
    SMTP_SIGN_IN_REFUSED = "smtp-sign-in-refused"
    SMTP_REFUSES_US = "smtp-refuses-us"
    SMTP_SENDER_REFUSED = "smtp-sender-refused"
    NOTIFY_CERTIFICATE_REFUSED = "notify-certificate-refused"
    NOTIFY_KEY_REFUSED = "notify-key-refused"
    NOTIFY_SERVICE_NOT_SET_UP = "notify-service-not-set-up"
    NOTIFY_NOT_AS_EXPECTED = "notify-not-as-expected"


class WayShut(Unsent):
    """The way itself is shut (wrong key, disk full): nothing is wrong with the message."""

    def __init__(self, code: Shut) -> None:
        super().__init__(code)


class Way(ABC):
    """One way out, opened once by each worker and used by one thread.

    Attributes:
        name: as in the settings, such as `notify`.
        live: what goes this way reaches people; it refuses until the DPIA is signed off.
        can_ask: the provider knows a message by its reference, so `ask` answers.
        channels: what it carries here.
        patience: the longest a `send` or an `ask` may last; leases outlast it.
        settling: so long after `PerhapsAccepted`, or after a worker died, the provider may still be
            taking the message in: `ask` is believed only when this has passed as well.
        remembers: so long the provider knows a message by its reference; none for ever.
        rate: the most messages a minute, over all workers together; none where there is no limit.
    """

    name: ClassVar[str]
    live: ClassVar[bool]
    can_ask: ClassVar[bool]
    channels: frozenset[Channel]
    patience: timedelta = timedelta(minutes=1)
    settling: timedelta = timedelta(0)
    remembers: timedelta | None = None
    rate: int | None = None

    @abstractmethod
    def send(self, parcel: Parcel) -> Accepted:
        """Send one message; the same bytes each time.

        Raises:
            NotNow, NeverAccepted, PerhapsAccepted, WayShut: as the four say.
        """

    def ask(self, parcel: Parcel) -> Accepted | None:
        """What the provider holds under the message's reference; none if it never took it.

        Only where `can_ask`.

        Raises:
            NotNow, WayShut: the provider gave no answer.
        """
        raise NotImplementedError(self.name)

    @property
    def holds(self) -> bool:
        """Whether what it took lies here until the batch is closed, and can be taken back."""
        return type(self).take_back is not Way.take_back

    def take_back(  # noqa: B027 -- most ways hold nothing that could be taken back
        self, batch_id: UUID, references: Iterable[UUID]
    ) -> None:
        """Take away what still lies here of messages that are not to go after all."""

    def still_here(self, batch_id: UUID) -> bool:  # noqa: ARG002 -- most ways keep nothing
        """Whether the letters it took of a batch only lie here: nobody can have fetched them."""
        return False

    def reports(self) -> Iterable[Report]:
        """What the provider tells of failures only when it is asked; all of it again each time.

        Raises:
            NotNow, WayShut: the provider gave no answer.
        """
        return ()

    def close_batch(  # noqa: B027 -- only paper is made up into batches
        self,
        batch_id: UUID,
        gone: Collection[Gone],
        stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]],
    ) -> None:
        """Finish a batch of which nothing is left to send: print file and manifest. Idempotent.

        Args:
            batch_id: which batch.
            gone: what the database says went this way, of this batch.
            stored: the stored messages under these keys, a few at a time.

        Raises:
            NotNow, WayShut: it is not finished, and may be tried again.
        """

    def close(self) -> None:  # noqa: B027 -- most ways keep no connection
        """Let go of what is kept open between two messages; the next one opens it again."""
