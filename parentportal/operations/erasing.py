"""Erase a family: every row of theirs goes, and one stays that says what was done, under no name.

The files of their messages are taken away after the commit, by :mod:`parentportal.dispatch.erasing`
in any number of tries: what is still to be done stands sealed in the erasure's row until it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, delete, or_, select

from messaging.channels import Channel
from messaging.lifecycle import BATCH_STEPS, State, Step, may_follow
from messaging.printable import fold
from parentportal.models import (
    Carer,
    CarerRequest,
    Child,
    Erasure,
    Family,
    ImportBatch,
    ImportState,
    OpenOffer,
    OutgoingBatch,
    OutgoingMessage,
    RequestKind,
)
from parentportal.operations import trail
from parentportal.operations.cohort import discard_import
from parentportal.operations.contacts import count_alone
from parentportal.operations.outbox import batch_in_hand
from parentportal.operations.trials import leave_as_counts
from parentportal.queries.details import Detail, Kind, Text, details_of, rows_of
from parentportal.queries.traces import texts_in
from parentportal.refusals import NotThere, Refusal
from parentportal.sealing import keyring_in_use
from parentportal.ways_out import Provider

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

LONDON = ZoneInfo("Europe/London")

KEPT_FOR_YEARS = 6
"""Decisions and complaints: as long as a claim may be brought (Limitation Act 1980, ss 5 and 9)."""

NOTIFY_DAYS = 7
"""GOV.UK Notify deletes what was sent after so many days, unless a service is set otherwise."""

PRINT_HOUSE_DAYS = 28
"""A print house keeps a file until the post has brought back what it cannot deliver, and no longer
than four weeks: for a council that has agreed nothing else with it."""

BACKUP_DAYS = 35
"""Daily copies of a month, and a few days: for a council that has set nothing else."""

BACKUPS = "backups"
_STRONG = (Kind.REFERENCE, Kind.EMAIL, Kind.TELEPHONE)


class MessageInHand(Refusal):
    """A worker has a message to them in hand, or makes up its batch: it may go or not."""

    code = "message-in-hand"


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days others keep what they got from us; none where nobody can say."""

    notify: int = NOTIFY_DAYS
    print_house: int = PRINT_HOUSE_DAYS
    backups: int = BACKUP_DAYS

    def days(self, way: str, channel: Channel) -> int | None:
        """Of a message that went a way; an email lies with its reader, for as long as they like."""
        if way == Provider.NOTIFY:
            return self.notify
        return self.print_house if channel is Channel.LETTER else None


USUAL = Keeping()


def find_family(session: Session, reference: str) -> Family | None:
    """The family with the council's reference, however it is typed; one query."""
    return session.scalar(select(Family).where(Family.reference_key == fold(reference)))


def erased_before(session: Session, reference: str) -> Erasure | None:
    """The newest erasure of a family with this reference; one query."""
    return session.scalar(
        select(Erasure)
        .where(Erasure.reference_key == reference_key(reference))
        .order_by(Erasure.erased_at.desc())
        .limit(1)
    )


def unfinished(session: Session) -> Sequence[UUID]:
    """Erasures of which something is still to be removed; one query."""
    return session.scalars(
        select(Erasure.id).where(Erasure.finished_at.is_(None)).order_by(Erasure.erased_at)
    ).all()


def reference_key(reference: str) -> bytes:
    """The digest by which an erased family's reference is recognised."""
    return keyring_in_use().digest("erased-family", fold(reference))


def erase(
    session: Session,
    family_id: UUID,
    *,
    now: datetime,
    by: Officer | None = None,
    shared: Collection[Detail] = (),
    keeping: Keeping = USUAL,
) -> Erasure:
    """Take every row of a family away.

    Trials keep its counts. An import that waits with one of their lines is let go, a batch that
    was theirs alone is withdrawn or goes too, and an officer's note that names them is dropped.

    Args:
        session: the transaction; the caller owns it, and finishes the erasure after its commit.
        family_id: which family.
        now: when.
        by: the officer who asked for it.
        shared: details that another family has as well, which are not looked for afterwards.
        keeping: for how long others keep their copies.

    Raises:
        NotThere: no such family; somebody else may have erased it a moment ago.
        MessageInHand: a message to them is on its way out just now.
    """
    count_alone(session)  # nothing is drafted to them meanwhile
    family = session.get(Family, family_id, with_for_update=True, populate_existing=True)
    if family is None:
        raise NotThere
    carers = session.scalars(
        select(Carer.id).where(Carer.family_id == family_id).with_for_update()
    ).all()
    messages = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.carer_id.in_(carers))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    batches = [batch_in_hand(session, key) for key in sorted({one.batch_id for one in messages})]
    if any(one.state is State.SENDING for one in messages) or any(
        one.lease is not None and one.leased_until is not None and one.leased_until > now
        for one in batches
    ):
        raise MessageInHand
    leave_as_counts(session, family_id)
    details = [one for one in details_of(session, family_id) if one not in shared]
    erasure = Erasure(
        reference_key=reference_key(family.reference),
        erased_at=now,
        erased_by_id=by.id if by else None,
        removed={},
        kept=_kept(session, family_id, carers),
        copies=_copies(messages, keeping, now),
        keep_until=_after_years(now.astimezone(LONDON).date(), KEPT_FOR_YEARS),
        removing={
            "messages": [[str(one.batch_id), str(one.id)] for one in messages],
            "details": [one.document() for one in details],
        },
    )
    gone = [batch.id for batch in batches]
    session.add(erasure)
    erasure.removed = _delete(session, family_id)
    session.flush()
    session.expire_all()
    _tidy_batches(session, gone, carers, details, now, by)
    _discard_imports(session, details, now, by)
    trail.keep(
        session, "erase", "erasure", erasure.id, now=now, by=by, rows=sum(erasure.removed.values())
    )
    session.flush()
    return erasure


def forget_what_was_removed(session: Session, erasure_id: UUID) -> None:
    """Drop what was to be removed and looked for: the files are gone."""
    session.get_one(Erasure, erasure_id, with_for_update=True).removing = None


def end_erasure(session: Session, erasure_id: UUID, *, now: datetime) -> None:
    """Nothing is left to remove, in the database's own pages either."""
    erasure = session.get_one(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if erasure.finished_at is None:
        erasure.finished_at = now
        trail.keep(session, "finish", "erasure", erasure_id, now=now)


def _delete(session: Session, family_id: UUID) -> dict[str, int]:
    """Delete a family's rows, children before parents; how many, by table."""
    removed = {}
    for table, theirs in reversed(rows_of(family_id).items()):
        count = session.execute(delete(table).where(theirs)).rowcount  # type: ignore[attr-defined]
        if count:
            removed[table.name] = count
    return removed


def _kept(session: Session, family_id: UUID, carers: Collection[UUID]) -> dict[str, Any]:
    """What the law keeps: what was decided and complained of, and when; no word of it."""
    offers = session.execute(
        select(OpenOffer.offer, OpenOffer.decided_at)
        .join(Child)
        .where(Child.family_id == family_id)
        .order_by(OpenOffer.decided_at, OpenOffer.offer)
    )
    complaints = session.scalars(
        select(CarerRequest)
        .where(CarerRequest.carer_id.in_(carers), CarerRequest.kind == RequestKind.COMPLAINT)
        .order_by(CarerRequest.asked_at)
    )
    return {
        "decisions": [
            {"offer": str(offer), "decided_on": _day(decided)} for offer, decided in offers
        ],
        "complaints": [
            {
                "asked_on": _day(one.asked_at),
                "due_on": one.due_on.isoformat() if one.due_on else None,
                "ended": str(one.ended) if one.ended else None,
                "ended_on": _day(one.ended_at) if one.ended_at else None,
            }
            for one in complaints
        ],
    }


def _copies(
    messages: Iterable[OutgoingMessage], keeping: Keeping, now: datetime
) -> list[dict[str, Any]]:
    """What others may have: messages by way, channel and day; and the council's own backups."""
    counts: Counter[tuple[str, Channel, date]] = Counter()
    for one in messages:
        went = one.dispatched_at or (one.begun_at if one.state is not State.WITHDRAWN else None)
        if went is not None:
            counts[one.way, one.channel, went.astimezone(LONDON).date()] += 1
    found = []
    for (way, channel, day), times in sorted(counts.items()):
        days = keeping.days(way, channel)
        found.append(
            {
                "where": way,
                "channel": str(channel),
                "day": day.isoformat(),
                "messages": times,
                "deleted_by": None if days is None else (day + timedelta(days=days)).isoformat(),
            }
        )
    today = now.astimezone(LONDON).date()
    until = today + timedelta(days=keeping.backups)
    return [*found, {"where": BACKUPS, "day": today.isoformat(), "deleted_by": until.isoformat()}]


def _tidy_batches(
    session: Session,
    emptied: Collection[UUID],
    carers: Collection[UUID],
    details: Collection[Detail],
    now: datetime,
    by: Officer | None,
) -> None:
    """Leave nothing of a family in the batches that other families' messages stand in."""
    for key in emptied:
        if session.scalar(select(OutgoingMessage.id).where(OutgoingMessage.batch_id == key)):
            continue
        batch = batch_in_hand(session, key)
        if batch.rule_id is not None:  # it is named after what this family did
            session.delete(batch)
        elif may_follow(batch.state, Step.WITHDRAW, BATCH_STEPS):
            batch.state = BATCH_STEPS[batch.state, Step.WITHDRAW]
            trail.keep(session, Step.WITHDRAW, "outgoing_batch", key, now=now, by=by, messages=0)
    session.flush()
    named = or_(*(cast(OutgoingBatch.left_out, String).contains(str(key)) for key in carers))
    theirs = {str(key) for key in carers}
    for batch in session.scalars(select(OutgoingBatch).where(named)) if carers else ():
        batch.left_out = [pair for pair in batch.left_out if pair[0] not in theirs]
    for batch in session.scalars(
        select(OutgoingBatch).where(OutgoingBatch.note_sealed.is_not(None))
    ):
        note = Text.of(batch.note)
        if any(one.is_in(note) for one in details):
            batch.note = None


def _discard_imports(
    session: Session, details: Iterable[Detail], now: datetime, by: Officer | None
) -> None:
    """Let go of every file that waits with a line of theirs."""
    strong = [one for one in details if one.kind in _STRONG]
    waiting = select(ImportBatch).where(ImportBatch.state == ImportState.CHECKED)
    for batch in session.scalars(waiting).all():
        cells = Text.of("\n".join(texts_in(batch.file)))
        if any(one.is_in(cells) for one in strong):
            discard_import(session, batch, now=now, by=by)


def _day(moment: datetime) -> str:
    return moment.astimezone(LONDON).date().isoformat()


def _after_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # a 29 February
        return day.replace(year=day.year + years, month=3, day=1)
