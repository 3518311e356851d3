"""The default way out: a folder, which stands for the print house, the mail and the telephone.

::

    outbox/<batch>/letters/<message>.pdf    each letter; `print_run` makes the rest of the folder
    mailbox/new/<message>.eml               each email, in a maildir
    texts/<message>.txt                     each text, the number on its first line

What lies there is asked for by its name, so a message is written once however often it is sent.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from messaging.channels import Channel
from messaging.letters import Stationery
from parentportal.dispatch.files import shut_when_unwritable, write_whole
from parentportal.dispatch.mailbox import EmailRefused, Mailbox, write_email
from parentportal.dispatch.paper import LetterPrinter
from parentportal.dispatch.print_run import MANIFEST, PrintRun
from parentportal.dispatch.ways import Accepted, NeverAccepted, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from messaging.message import Message
    from parentportal.dispatch.ways import Gone, Parcel


@dataclass(frozen=True, slots=True)
class LetterFolder:
    """The folder of one batch."""

    path: Path

    @classmethod
    def of(cls, outbox: Path, batch_id: UUID) -> LetterFolder:
        """The folder of a batch within the outbox."""
        return cls(outbox / str(batch_id))

    @property
    def manifest(self) -> Path:
        """Where the manifest lies."""
        return self.path / MANIFEST

    def put(self, message_id: UUID, pdf: bytes, pages: int) -> dict[str, Any]:
        """Lay a letter down; again, and it is the same file.

        Returns:
            The evidence: file (within the folder), pages, SHA-256.
        """
        write_whole(self.path_of(message_id), pdf)
        return _letter_evidence(message_id, pdf, pages)

    def path_of(self, message_id: UUID) -> Path:
        """Where a letter lies, or would."""
        return self.path / f"letters/{message_id}.pdf"

    def drop(self, message_id: UUID) -> None:
        """Take a letter away that is not to go after all."""
        with suppress(FileNotFoundError, NotADirectoryError):
            self.path_of(message_id).unlink()


@dataclass(frozen=True, slots=True)
class Tray:
    """Letters of any batch, printed and laid down until the batch is made up."""

    outbox: Path
    printer: LetterPrinter

    def put(self, parcel: Parcel) -> Accepted:
        """Print a letter and lay it down.

        Raises:
            NeverAccepted, WayShut: as `LetterPrinter.print` and the disk say.
        """
        printed = self.printer.print(parcel.message)
        folder = LetterFolder.of(self.outbox, parcel.batch_id)
        with shut_when_unwritable():
            return Accepted(folder.put(parcel.reference, printed.pdf, printed.pages))

    def ask(self, parcel: Parcel) -> Accepted | None:
        """The letter that lies there."""
        path = LetterFolder.of(self.outbox, parcel.batch_id).path_of(parcel.reference)
        if not path.exists():
            return None
        pages = self.printer.print(parcel.message).pages
        return Accepted(_letter_evidence(parcel.reference, path.read_bytes(), pages))

    def take_back(self, batch_id: UUID, references: Iterable[UUID]) -> None:
        """Take letters away that are not to go after all."""
        folder = LetterFolder.of(self.outbox, batch_id)
        for reference in references:
            folder.drop(reference)

    def holds(self, batch_id: UUID) -> bool:
        """Whether anything of a batch was ever laid down."""
        return LetterFolder.of(self.outbox, batch_id).path.exists()

    def make_up(
        self,
        batch_id: UUID,
        gone: Collection[Gone],
        stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]],
    ) -> Path:
        """Print the files of a batch beside its letters; where they lie.

        Raises:
            WayShut: as `PrintRun.make`.
        """
        folder = LetterFolder.of(self.outbox, batch_id).path
        PrintRun(folder).make(gone, stored, self.printer.press)
        return folder


class FolderWay(Way):
    """All channels it is chosen for, into folders beside the database."""

    name: ClassVar[str] = "folder"
    live: ClassVar[bool] = False
    can_ask: ClassVar[bool] = True

    def __init__(
        self,
        var_directory: Path,
        *,
        domain: str,
        channels: Iterable[Channel] = Channel,
        stationery: Callable[[], Stationery] = Stationery,
    ) -> None:
        """Set up.

        Args:
            var_directory: holds `outbox`, `mailbox` and `texts`.
            domain: the right-hand side of emails' Message-IDs.
            channels: what goes this way.
            stationery: what letters have of the council's, as it is set now.
        """
        self.channels = frozenset(channels)
        self._domain = domain
        self._tray = Tray(var_directory / "outbox", LetterPrinter(stationery))
        self._mailbox = Mailbox(var_directory / "mailbox")
        self._texts = var_directory / "texts"

    def send(self, parcel: Parcel) -> Accepted:
        """Write the file of the message, by its own name.

        Raises:
            NeverAccepted: it cannot be printed, or its address is none.
            WayShut: the press or the disk is at fault.
        """
        match parcel.channel:
            case Channel.LETTER:
                return self._tray.put(parcel)
            case Channel.EMAIL:
                mail = mail_of(parcel, self._domain)
                with shut_when_unwritable():
                    return Accepted(self._mailbox.put(parcel.reference, mail))
            case Channel.SMS:
                with shut_when_unwritable():
                    return self._put_text(parcel)

    def ask(self, parcel: Parcel) -> Accepted | None:
        """The evidence of the file, if it lies there."""
        match parcel.channel:
            case Channel.LETTER:
                return self._tray.ask(parcel)
            case Channel.EMAIL:
                held = self._mailbox.find(parcel.reference)
                return None if held is None else Accepted(held)
            case Channel.SMS:
                path = self._text(parcel.reference)
                return self._text_evidence(path) if path.exists() else None

    def take_back(self, batch_id: UUID, references: Iterable[UUID]) -> None:
        """Take the files away, of whatever channel."""
        references = list(references)
        self._tray.take_back(batch_id, references)
        for reference in references:
            self._mailbox.drop(reference)
            self._text(reference).unlink(missing_ok=True)

    def still_here(self, batch_id: UUID) -> bool:
        """Until the manifest is there, by which whoever fetches the letters knows them."""
        return not LetterFolder.of(self._tray.outbox, batch_id).manifest.exists()

    def close_batch(
        self,
        batch_id: UUID,
        gone: Collection[Gone],
        stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]],
    ) -> None:
        """Print files and manifest; the manifest tells of emails and texts as well."""
        if gone or self._tray.holds(batch_id):
            self._tray.make_up(batch_id, gone, stored)

    def _put_text(self, parcel: Parcel) -> Accepted:
        path = self._text(parcel.reference)
        write_whole(path, f"To: {parcel.to}\n\n{parcel.message.plain_text()}\n".encode())
        return self._text_evidence(path)

    def _text(self, reference: UUID) -> Path:
        return self._texts / f"{reference}.txt"

    @staticmethod
    def _text_evidence(path: Path) -> Accepted:
        digest = sha256(path.read_bytes()).hexdigest()
        return Accepted({"file": f"texts/{path.name}", "sha256": digest})


def mail_of(parcel: Parcel, domain: str) -> bytes:
    """The email of a parcel, the same bytes each time.

    Raises:
        NeverAccepted: its address is none.
    """
    try:
        return write_email(
            parcel.message, parcel.reference, to=parcel.to, domain=domain, sent=parcel.approved_at
        )
    except EmailRefused as refused:
        raise NeverAccepted(refused.code, suppress=True) from refused


def _letter_evidence(reference: UUID, pdf: bytes, pages: int) -> dict[str, Any]:
    return {
        "file": f"letters/{reference}.pdf",
        "pages": pages,
        "sha256": sha256(pdf).hexdigest(),
    }
