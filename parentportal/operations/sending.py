"""Sending as the database sees it: whose each message is just now, and what became of it.

The row and its lease are the truth. A worker claims a message, says that it begins, sends it, and
records the answer; each is a transaction of its own. Whoever shows a lease that is not the row's
any more changes nothing. A lease that has run out is taken over: the provider is asked, or where it
cannot be asked a person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update

from messaging.lifecycle import State, Step, follow
from parentportal.models import Carer, OutgoingBatch, OutgoingMessage, SuppressionReason
from parentportal.operations import trail
from parentportal.operations.objections import objected, restate_neutral
from parentportal.operations.pacing import allowance, spend
from parentportal.operations.scheduling import may_go
from parentportal.operations.suppressing import suppress
from parentportal.operations.taking_out import take_out_stale, why_stale

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.channels import Channel

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
"""After a try that came to nothing: twice as long each time, within these two."""

MOST_TRIES = 8
"""A message that was begun so often and never taken has failed."""

TRIES_USED_UP = "tries-used-up"
WAY_CHANGED = "way-changed"


class Marked(StrEnum):
    """What became of the record that a message was accepted."""

    GONE = "gone"
    TAKEN_BACK = "taken-back"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a claim keeps to.

    Attributes:
        way: the way's name, whose pace counts.
        lease: how long a claim lasts: longer than the way takes to answer.
        rate: the most messages a minute over all workers, or none.
    """

    way: str
    lease: timedelta
    rate: int | None = None


def claim(
    session: Session,
    terms: Terms,
    most: int,
    *,
    channels: Collection[Channel],
    now: datetime,
    batch_id: UUID | None = None,
) -> Sequence[OutgoingMessage]:
    """Take some approved messages in hand that are due now, each under a lease of its own.

    What may not go any more is taken out on the way. The batches are held, so that nobody pauses or
    withdraws them in between, and other workers pass over what is claimed here.
    """
    in_batches = _batches_that_may_go(session, now, batch_id)
    most = min(most, allowance(session, terms.way, terms.rate, now)) if in_batches else 0
    due = (
        select(OutgoingMessage)
        .where(
            OutgoingMessage.batch_id.in_(in_batches),
            OutgoingMessage.channel.in_(channels),
            OutgoingMessage.state == State.APPROVED,
            or_(OutgoingMessage.due_at.is_(None), OutgoingMessage.due_at <= now),
            ~objected(),
        )
        .order_by(OutgoingMessage.id)
        .limit(most)
        .with_for_update(of=OutgoingMessage, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    while most and (rows := session.scalars(due).all()):
        stale = take_out_stale(session, OutgoingMessage.id.in_([row.id for row in rows]), now=now)
        if claimed := [row for row in rows if row.id not in stale]:
            for row in claimed:
                row.state = follow(row.state, Step.CLAIM)
                row.lease, row.leased_until, row.begun_at = uuid4(), now + terms.lease, None
                row.way = terms.way
            spend(session, terms.way, terms.rate, len(claimed), now)
            session.flush()
            return claimed
    return ()


def overdue(
    session: Session,
    terms: Terms,
    most: int,
    *,
    now: datetime,
    batch_id: UUID | None = None,
) -> Sequence[OutgoingMessage]:
    """Take over messages whose lease has run out, whatever has become of their batch."""
    rows = session.scalars(
        select(OutgoingMessage)
        .where(
            OutgoingMessage.state == State.SENDING,
            OutgoingMessage.leased_until <= now,
            OutgoingMessage.way == terms.way,
            *(() if batch_id is None else (OutgoingMessage.batch_id == batch_id,)),
        )
        .order_by(OutgoingMessage.leased_until, OutgoingMessage.id)
        .limit(most)
        .with_for_update(of=OutgoingMessage, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.lease, row.leased_until = uuid4(), now + terms.lease
    session.flush()
    return rows


def doubt_elsewhere(session: Session, ways: Collection[str], *, now: datetime) -> None:
    """A lease has run out on a way that the settings do not have any more: a person says."""
    rows = session.scalars(
        select(OutgoingMessage)
        .where(
            OutgoingMessage.state == State.SENDING,
            OutgoingMessage.leased_until <= now,
            OutgoingMessage.way.not_in(ways),
        )
        .with_for_update(of=OutgoingMessage, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.lease = lease = uuid4()
        session.flush()
        if row.begun_at is None:
            put_back(session, row.id, lease)
        else:
            record_doubt(session, row.id, lease, WAY_CHANGED, now=now)


def begin(
    session: Session, message_id: UUID, lease: UUID, *, until: datetime, now: datetime
) -> bool:
    """Say that the provider may see this message from now on, and keep it until then.

    Returns:
        Whether it may be sent: not where the lease is lost, its batch was paused, cancelled or
        is too late by now, or it may not go any more or not in this version.
    """
    row = _in_hand(session, message_id, lease)
    if row is None or _kept_back(session, row, lease, now):
        return False
    begun = session.execute(
        update(OutgoingMessage)
        .where(
            *_under(message_id, lease),
            OutgoingMessage.batch_id.in_(select(OutgoingBatch.id).where(may_go(now))),
        )
        .values(begun_at=now, leased_until=until, tries=OutgoingMessage.tries + 1)
    )
    return bool(begun.rowcount)  # type: ignore[attr-defined]


def record_accepted(
    session: Session,
    message_id: UUID,
    lease: UUID,
    evidence: Mapping[str, Any],
    *,
    now: datetime,
    provider_id: str = "",
    held: bool = False,
) -> Marked:
    """Mark a message as gone, with where it went.

    Args:
        session: the transaction; the caller owns it.
        message_id: which.
        lease: the worker's.
        evidence: where it went, and its digest.
        now: when.
        provider_id: what the provider calls it.
        held: it lies here still and can be taken back, so it is looked at once more.

    Returns:
        ``TAKEN_BACK`` for one that may not go any more (its family was flagged, its reader has
        objected): what was written of it must be taken away before this transaction ends. ``LOST``
        where the lease was lost: another worker has it, or it was reported on.
    """
    row = _in_hand(session, message_id, lease)
    if row is None:
        return Marked.LOST
    if held and _kept_back(session, row, lease, now):
        return Marked.TAKEN_BACK
    row.state = follow(row.state, Step.DISPATCH)
    row.dispatched_at, row.evidence, row.provider_id = now, dict(evidence), provider_id
    row.reason = row.due_at = None
    _let_go(row)
    return Marked.GONE


def put_back(session: Session, message_id: UUID, lease: UUID, *, begun: bool = True) -> bool:
    """Let a message wait again that certainly nobody took; another try may follow at once.

    Args:
        session: the transaction; the caller owns it.
        message_id: which.
        lease: the worker's.
        begun: the try counts; not where the way turned out to be shut.
    """
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    row.state = follow(row.state, Step.PUT_BACK)
    if not begun and row.begun_at is not None:
        row.tries -= 1
    _let_go(row)
    return True


def record_not_now(
    session: Session,
    message_id: UUID,
    lease: UUID,
    reason: str,
    *,
    after: timedelta | None,
    now: datetime,
) -> bool:
    """Nobody took it: try again later, or never once the tries are used up.

    ``after`` is the wait that the provider asked for; ours is no shorter.
    """
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    if row.tries >= MOST_TRIES:
        return _fail(session, row, reason, now)
    row.reason = reason
    wait = min(FIRST_WAIT * 2 ** max(0, row.tries - 1), LONGEST_WAIT)
    row.due_at = now + max(wait, after or timedelta())
    return put_back(session, message_id, lease)


def record_never(
    session: Session,
    message_id: UUID,
    lease: UUID,
    reason: str,
    *,
    suppressing: bool,
    now: datetime,
) -> bool:
    """Refused for good; where the address itself is dead, no later message goes there either."""
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    if suppressing:
        suppress(session, row, SuppressionReason.ADDRESS_REFUSED, now=now)
    return _fail(session, row, reason, now)


def record_perhaps(
    session: Session, message_id: UUID, lease: UUID, reason: str, *, ask_at: datetime
) -> bool:
    """The provider may have it: keep it in hand until the provider can be asked."""
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    row.reason, row.leased_until = reason, ask_at
    return True


def record_doubt(
    session: Session, message_id: UUID, lease: UUID, reason: str, *, now: datetime
) -> bool:
    """The provider may have it and cannot be asked: a person says what became of it."""
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    row.state, row.reason = follow(row.state, Step.DOUBT), reason
    _let_go(row)
    trail.keep(session, Step.DOUBT, "outgoing_message", row.id, now=now, reason=reason)
    return True


def record_not_there(session: Session, message_id: UUID, lease: UUID, *, now: datetime) -> bool:
    """The provider was asked and has never had it: it may go again, unless its tries are used."""
    row = _in_hand(session, message_id, lease)
    if row is None:
        return False
    if row.tries >= MOST_TRIES:
        return _fail(session, row, row.reason or TRIES_USED_UP, now)
    return put_back(session, message_id, lease)


def restate_objected(session: Session, *, now: datetime, batch_id: UUID | None = None) -> bool:
    """Write anew what waits for a carer who has objected to tailoring while it was on its way.

    Returns:
        Whether there was any.
    """
    in_batch = () if batch_id is None else (OutgoingMessage.batch_id == batch_id,)
    carers = session.scalars(
        select(Carer)
        .where(
            Carer.id.in_(
                select(OutgoingMessage.carer_id).where(
                    OutgoingMessage.state == State.APPROVED, objected(), *in_batch
                )
            )
        )
        .order_by(Carer.id)
        .with_for_update()
    ).all()
    for carer in carers:
        restate_neutral(session, carer, now)
    return bool(carers)


def _batches_that_may_go(session: Session, now: datetime, batch_id: UUID | None) -> Sequence[UUID]:
    found = select(OutgoingBatch.id).where(may_go(now)).order_by(OutgoingBatch.id)
    if batch_id is not None:
        found = found.where(OutgoingBatch.id == batch_id)
    return session.scalars(found.with_for_update(read=True, key_share=True)).all()


def _under(message_id: UUID, lease: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        OutgoingMessage.id == message_id,
        OutgoingMessage.lease == lease,
        OutgoingMessage.state == State.SENDING,
    )


def _in_hand(session: Session, message_id: UUID, lease: UUID) -> OutgoingMessage | None:
    return session.scalar(
        select(OutgoingMessage)
        .where(*_under(message_id, lease))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _kept_back(session: Session, row: OutgoingMessage, lease: UUID, now: datetime) -> bool:
    """Take back what may not go any more; put back what its reader has objected to since."""
    if reason := why_stale(session, OutgoingMessage.id == row.id, now=now).get(row.id):
        row.state, row.evidence = follow(row.state, Step.TAKE_BACK), {"refused": reason}
        _let_go(row)
        trail.keep(session, "refuse", "outgoing_message", row.id, now=now, reason=reason)
        return True
    objects = select(OutgoingMessage.id).where(OutgoingMessage.id == row.id, objected())
    if session.scalar(objects) is None:
        return False
    return put_back(session, row.id, lease, begun=False)


def _let_go(row: OutgoingMessage) -> None:
    row.lease = row.leased_until = None


def _fail(session: Session, row: OutgoingMessage, reason: str, now: datetime) -> bool:
    row.state, row.reason = follow(row.state, Step.FAIL), reason
    _let_go(row)
    trail.keep(session, Step.FAIL, "outgoing_message", row.id, now=now, reason=reason)
    return True
