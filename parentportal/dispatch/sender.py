"""Send one approved batch: each message once, whatever stops it in between.

A chunk at a time: what waits is read, written to its way out under a name made from its key, and
only then marked in the database. A sender that dies between the two leaves files that the next one
writes again under the same names, and its lease, so that nobody withdraws what may lie there. One
that fails takes its files away and gives the lease back. One sender holds a batch at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from messaging.channels import Channel
from messaging.letters import LetterPress
from messaging.message import Message
from messaging.press import NotPrintable
from parentportal.dispatch.folder import LetterFolder
from parentportal.dispatch.mailbox import EmailRefused, Mailbox, write_email
from parentportal.models import OutgoingBatch, OutgoingMessage
from parentportal.operations import sending
from parentportal.queries.outbox import evidence_of, taken_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from parentportal.config import Settings
    from parentportal.db import Database
    from parentportal.models import Officer

CHUNK = 50
"""Messages between two commits: what is written again, at most, after a sender was killed."""

OWN_FAULTS = frozenset({"address-too-wide", "character-not-in-fonts", EmailRefused.code})
"""Reasons that lie in the one message; any other may be the press's, or the council's settings."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of a batch: messages gone, and those that were taken out."""

    gone: int
    refused: int


def run(
    database: Database,
    settings: Settings,
    batch_id: UUID,
    *,
    clock: Callable[[], datetime],
    by: Officer | None = None,
    lease: UUID | None = None,
    chunk: int = CHUNK,
) -> Dispatched:
    """Send what waits of an approved batch, and close it. Safe to call again after any failure.

    Args:
        database: sessions; each chunk is a transaction of its own.
        settings: where letters and emails go.
        batch_id: which batch.
        clock: the time now, in UTC.
        by: the officer who sends, for the trail.
        lease: the batch is in hand already, under this lease; else it is taken now.
        chunk: messages to a transaction.

    Raises:
        AlreadyGoing: another sender has it.
        NotThere, StepNotAllowed: no such batch, or it is not approved.
    """
    if lease is None:
        with database.transaction() as session:
            lease = sending.take(session, batch_id, now=clock(), by=by)
    try:
        way = _Way.out(database, settings, batch_id)
        while rows := way.waiting(lease, chunk, clock):
            way.send(rows, lease, clock)
        return way.close(lease, clock, by)
    except BaseException:
        with database.transaction() as session:
            take_back(settings, batch_id, sending.let_go(session, batch_id, lease))
        raise


def start(
    database: Database,
    settings: Settings,
    batch_id: UUID,
    *,
    clock: Callable[[], datetime],
    by: Officer,
) -> Thread:
    """Take the batch in hand now, and send it while the officer goes on.

    Raises:
        AlreadyGoing: it is being sent.
        NotThere, StepNotAllowed: no such batch, or it is not approved.
    """
    with database.transaction() as session:
        lease = sending.take(session, batch_id, now=clock(), by=by)
    thread = Thread(
        target=run,
        args=(database, settings, batch_id),
        kwargs={"clock": clock, "by": by, "lease": lease},
        name=f"dispatch-{batch_id}",
        daemon=True,  # a server that stops may leave it half way: the next run goes on
    )
    thread.start()
    return thread


def take_back(settings: Settings, batch_id: UUID, messages: Iterable[UUID]) -> None:
    """Take away what was written of messages that are not to go after all, if anything was."""
    folder = LetterFolder.of(settings.outbox_directory, batch_id)
    mailbox = Mailbox(settings.mailbox_directory)
    for message_id in messages:
        folder.drop(message_id)
        mailbox.drop(message_id)


@dataclass(frozen=True, slots=True)
class _Way:
    """The folder and the mailbox of one batch."""

    database: Database
    settings: Settings
    batch: OutgoingBatch
    folder: LetterFolder
    mailbox: Mailbox
    domain: str
    press: LetterPress

    @classmethod
    def out(cls, database: Database, settings: Settings, batch_id: UUID) -> _Way:
        with database.reading() as session:
            batch = session.get_one(OutgoingBatch, batch_id)
        return cls(
            database,
            settings,
            batch,
            LetterFolder.of(settings.outbox_directory, batch_id),
            Mailbox(settings.mailbox_directory),
            urlsplit(settings.base_url).hostname or "localhost",
            LetterPress(),
        )

    def waiting(
        self, lease: UUID, most: int, clock: Callable[[], datetime]
    ) -> Sequence[OutgoingMessage]:
        """The next chunk, of those alone that may still go."""
        with self.database.transaction() as session:
            return sending.waiting(session, self.batch.id, lease, most, now=clock())

    def send(
        self, rows: Sequence[OutgoingMessage], lease: UUID, clock: Callable[[], datetime]
    ) -> None:
        """Write a chunk, then mark it."""
        evidence: dict[UUID, dict[str, Any]] = {}
        refused: dict[UUID, NotPrintable | EmailRefused] = {}
        for row in rows:
            try:
                evidence[row.id] = self._put(row)
            except (NotPrintable, EmailRefused) as refusal:
                refused[row.id] = refusal
        _check_press(evidence, refused)
        reasons = {message_id: refusal.code for message_id, refusal in refused.items()}
        with self.database.transaction() as session:
            marked = sending.record_sent(session, self.batch.id, lease, evidence, now=clock())
            sending.record_refused(session, self.batch.id, lease, reasons, now=clock())
        take_back(self.settings, self.batch.id, evidence.keys() - marked)

    def close(self, lease: UUID, clock: Callable[[], datetime], by: Officer | None) -> Dispatched:
        """Write the manifest from what the database holds, then close the batch."""
        with self.database.reading() as session:
            gone = evidence_of(session, self.batch.id)
            refused = taken_out(session, self.batch.id)
        take_back(self.settings, self.batch.id, [message_id for message_id, *_ in refused])
        self.folder.close(gone)
        with self.database.transaction() as session:
            sending.finish(session, self.batch.id, lease, now=clock(), by=by)
        return Dispatched(len(gone), len(refused))

    def _put(self, row: OutgoingMessage) -> dict[str, Any]:
        """Exactly the stored text, on its way."""
        message = Message.from_json(row.content)
        if row.channel is Channel.LETTER:
            letter = self.press.render(message)
            return self.folder.put(row.id, letter.pdf, letter.pages)
        mail = write_email(
            message,
            row.id,
            to=row.recipient["email"],
            domain=self.domain,
            sent=self.batch.approved_at or self.batch.drafted_at,
        )
        return self.mailbox.put(row.id, mail)


def _check_press(
    evidence: Mapping[UUID, Mapping[str, Any]],
    refused: Mapping[UUID, NotPrintable | EmailRefused],
) -> None:
    """Stop when it is the press that fails: no letter is taken out for that.

    Raises:
        NotPrintable: a letter failed for no reason of its own, and no other was printed.
    """
    if any("pages" in found for found in evidence.values()):
        return
    for refusal in refused.values():
        if refusal.code not in OWN_FAULTS:
            raise refusal
