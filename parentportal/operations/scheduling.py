"""When a batch goes: released by an officer, paused, resumed, cancelled, too late, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, or_, select

from messaging.lifecycle import BATCH_STEPS, GONE, State, Step, follow
from parentportal.models import OutgoingBatch, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.outbox import AlreadyGoing, batch_in_hand
from parentportal.operations.taking_out import take_out
from parentportal.queries.outbox import counts_by_state
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.channels import Channel
    from parentportal.models import Officer

LONDON = ZoneInfo("Europe/London")

CLOSING_LEASE = timedelta(minutes=10)
CLOSING_LEASE_A_MESSAGE = timedelta(seconds=0.1)
"""How long closing a batch stays with one worker: its letters are printed once more, as one file.

A letter takes some 0.03 seconds.
"""

BY_OFFICER = "by-officer"
CANCELLED = "cancelled"
TOO_LATE = "too-late"

WAITING = (State.APPROVED, State.SENDING)


class LastDayTooSoon(Refusal):
    """The day from which on nothing goes lies before, or on, the day of the first sending."""

    code = "last-day-too-soon"


def may_go(now: datetime) -> ColumnElement[bool]:
    """Whether the messages of a batch may go now, for a ``where``."""
    today = now.astimezone(LONDON).date()
    return and_(
        OutgoingBatch.state == State.APPROVED,
        OutgoingBatch.send_from <= now,
        OutgoingBatch.cancelled_at.is_(None),
        or_(OutgoingBatch.send_before.is_(None), OutgoingBatch.send_before > today),
    )


def release(
    session: Session,
    batch_id: UUID,
    *,
    send_from: datetime,
    send_before: date | None = None,
    now: datetime,
    by: Officer | None,
) -> OutgoingBatch:
    """Let an approved batch go: from a moment on, and before a day.

    Args:
        session: the transaction; the caller owns it.
        batch_id: which.
        send_from: nothing goes before.
        send_before: nothing goes from this day on; what is left then is withdrawn.
        now: when.
        by: the officer who sends.

    Raises:
        AlreadyGoing: it was released before.
        LastDayTooSoon: nothing could ever go.
        NotThere, StepNotAllowed: no such batch, or it is not approved.
    """
    batch = batch_in_hand(session, batch_id)
    follow(batch.state, Step.DISPATCH, BATCH_STEPS)
    if batch.send_from is not None:
        raise AlreadyGoing
    if send_before is not None and send_before <= max(send_from, now).astimezone(LONDON).date():
        raise LastDayTooSoon
    batch.send_from, batch.send_before = send_from, send_before
    trail.keep(session, "release", "outgoing_batch", batch_id, now=now, by=by)
    session.flush()
    return batch


def pause(
    session: Session, batch_id: UUID, *, because: str, now: datetime, by: Officer | None
) -> None:
    """Hold a batch back; the one message that is on its way just now still goes.

    Raises:
        NotThere, StepNotAllowed: no such batch, or it is not about to go.
    """
    batch = batch_in_hand(session, batch_id)
    batch.state = follow(batch.state, Step.PAUSE, BATCH_STEPS)
    batch.paused_because = because
    batch.lease = batch.leased_until = None
    trail.keep(session, Step.PAUSE, "outgoing_batch", batch_id, now=now, by=by, because=because)


def pause_waiting(
    session: Session, channels: Collection[Channel], *, because: str, now: datetime
) -> None:
    """Pause every batch that has something to go by these channels."""
    waiting = exists().where(
        OutgoingMessage.batch_id == OutgoingBatch.id,
        OutgoingMessage.state == State.APPROVED,
        OutgoingMessage.channel.in_(channels),
    )
    for batch_id in session.scalars(select(OutgoingBatch.id).where(may_go(now), waiting)).all():
        pause(session, batch_id, because=because, now=now, by=None)


def resume(session: Session, batch_id: UUID, *, now: datetime, by: Officer | None) -> None:
    """Let a paused batch go on.

    Raises:
        NotThere, StepNotAllowed: no such batch, or it is not paused.
    """
    batch = batch_in_hand(session, batch_id)
    batch.state = follow(batch.state, Step.RESUME, BATCH_STEPS)
    batch.paused_because = None
    trail.keep(session, Step.RESUME, "outgoing_batch", batch_id, now=now, by=by)


def cancel(session: Session, batch_id: UUID, *, now: datetime, by: Officer | None) -> int:
    """Withdraw what has not gone of a batch that was released; what has gone stays gone.

    A message on its way just now still goes; if nobody took it, it is withdrawn then.

    Returns:
        How many were withdrawn.

    Raises:
        NotThere, StepNotAllowed: no such batch, or nothing of it can go any more.
    """
    batch = batch_in_hand(session, batch_id)
    if batch.state is State.PAUSED:
        batch.state, batch.paused_because = State.APPROVED, None
    follow(batch.state, Step.DISPATCH, BATCH_STEPS)
    batch.cancelled_at = now
    session.flush()
    withdrawn = _withdraw_rest(session, batch, CANCELLED, now)
    trail.keep(session, "cancel", "outgoing_batch", batch_id, now=now, by=by, messages=withdrawn)
    return withdrawn


def withdraw_late(session: Session, *, now: datetime) -> None:
    """Withdraw what is left of batches whose day has come, or that were cancelled meanwhile."""
    today = now.astimezone(LONDON).date()
    over = or_(OutgoingBatch.send_before <= today, OutgoingBatch.cancelled_at.is_not(None))
    left = exists().where(
        OutgoingMessage.batch_id == OutgoingBatch.id, OutgoingMessage.state == State.APPROVED
    )
    found = select(OutgoingBatch.id).where(
        OutgoingBatch.state.in_((State.APPROVED, State.PAUSED)), over, left
    )
    for batch_id in session.scalars(found.order_by(OutgoingBatch.id)).all():
        batch = batch_in_hand(session, batch_id)
        reason = TOO_LATE if batch.cancelled_at is None else CANCELLED
        _withdraw_rest(session, batch, reason, now)
        if batch.state is State.PAUSED:
            batch.state, batch.paused_because = State.APPROVED, None


def take_to_close(
    session: Session, *, now: datetime, batch_id: UUID | None = None
) -> Sequence[tuple[UUID, UUID]]:
    """Batches of which nothing waits any more, each with a lease to close it by."""
    waits = exists().where(
        OutgoingMessage.batch_id == OutgoingBatch.id, OutgoingMessage.state.in_(WAITING)
    )
    found = (
        select(OutgoingBatch)
        .where(
            OutgoingBatch.state == State.APPROVED,
            or_(OutgoingBatch.send_from <= now, OutgoingBatch.cancelled_at.is_not(None)),
            or_(OutgoingBatch.leased_until.is_(None), OutgoingBatch.leased_until <= now),
            ~waits,
            *(() if batch_id is None else (OutgoingBatch.id == batch_id,)),
        )
        .order_by(OutgoingBatch.id)
        .with_for_update(skip_locked=True)
    )
    taken = []
    for batch in session.scalars(found).all():
        messages = sum(counts_by_state(session, batch.id).values())
        lasts = CLOSING_LEASE + messages * CLOSING_LEASE_A_MESSAGE
        batch.lease, batch.leased_until = uuid4(), now + lasts
        taken.append((batch.id, batch.lease))
    return taken


def finish(session: Session, batch_id: UUID, lease: UUID, *, now: datetime) -> bool:
    """Close a batch whose papers are made up.

    Returns:
        Whether it is closed: not where another worker has it, or something waits again.
    """
    batch = batch_in_hand(session, batch_id)
    if batch.lease != lease:
        return False
    batch.lease = batch.leased_until = None
    by_state = counts_by_state(session, batch_id)
    if any(by_state.get(state) for state in WAITING):
        return False
    batch.state = follow(batch.state, Step.DISPATCH, BATCH_STEPS)
    batch.dispatched_at = now
    trail.keep(
        session,
        Step.DISPATCH,
        "outgoing_batch",
        batch_id,
        now=now,
        messages=sum(by_state.get(state, 0) for state in GONE),
        refused=by_state.get(State.WITHDRAWN, 0) + by_state.get(State.FAILED, 0),
        uncertain=by_state.get(State.UNCERTAIN, 0),
    )
    return True


def leave_closing(session: Session, batch_id: UUID, lease: UUID, *, until: datetime) -> None:
    """Close it later: its papers could not be made up now."""
    batch = batch_in_hand(session, batch_id)
    if batch.lease == lease:
        batch.leased_until = until


def _withdraw_rest(session: Session, batch: OutgoingBatch, reason: str, now: datetime) -> int:
    left = session.scalars(
        select(OutgoingMessage.id)
        .where(OutgoingMessage.batch_id == batch.id, OutgoingMessage.state == State.APPROVED)
        .order_by(OutgoingMessage.id)
        .with_for_update()
    ).all()
    take_out(session, dict.fromkeys(left, reason), now=now)
    return len(left)
