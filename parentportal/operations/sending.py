"""Dispatch as the database sees it: who holds a batch, what waits, what has gone.

The rows are the truth. A way out (:mod:`parentportal.dispatch`) writes first and is recorded
afterwards; whatever it was doing when it died is done again, under the same name.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from messaging.lifecycle import State, Step, follow
from parentportal.models import OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.outbox import AlreadyGoing, batch_in_hand
from parentportal.operations.taking_out import take_out, take_out_stale
from parentportal.queries.outbox import counts_by_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.models import Officer, OutgoingBatch

LEASE = timedelta(minutes=1)
"""How long a batch stays with a sender that says nothing; each chunk begins it anew."""


def take(session: Session, batch_id: UUID, *, now: datetime, by: Officer | None) -> UUID:
    """Take an approved batch in hand, and nobody else does.

    Returns:
        The lease, to show at each later step.

    Raises:
        AlreadyGoing: another sender has it.
        NotThere, StepNotAllowed: no such batch, or it is not approved.
    """
    batch = batch_in_hand(session, batch_id)
    follow(batch.state, Step.DISPATCH)
    if batch.lease is not None and batch.leased_until is not None and batch.leased_until > now:
        raise AlreadyGoing
    batch.lease, batch.leased_until = uuid4(), now + LEASE
    trail.keep(session, "take", "outgoing_batch", batch_id, now=now, by=by)
    session.flush()
    return batch.lease


def waiting(
    session: Session, batch_id: UUID, lease: UUID, most: int, *, now: datetime
) -> Sequence[OutgoingMessage]:
    """The next approved messages of a batch; those that may not go any more are taken out.

    Raises:
        AlreadyGoing: the lease is lost to another sender.
    """
    _held(session, batch_id, lease)
    approved = (
        select(OutgoingMessage)
        .where(OutgoingMessage.batch_id == batch_id, OutgoingMessage.state == State.APPROVED)
        .order_by(OutgoingMessage.id)
        .limit(most)
    )
    while rows := session.scalars(approved).all():
        stale = take_out_stale(session, OutgoingMessage.id.in_([row.id for row in rows]), now=now)
        if may_go := [row for row in rows if row.id not in stale]:
            return may_go
    return ()


def record_sent(
    session: Session,
    batch_id: UUID,
    lease: UUID,
    evidence: Mapping[UUID, Mapping[str, Any]],
    *,
    now: datetime,
) -> set[UUID]:
    """Mark messages as gone, each with where it went and its digest; keep the lease alive.

    Returns:
        Those that were marked. A message that may not go any more (its reader objected to
        tailoring, or a file closed the offer) is not: what was written of it must be taken away.

    Raises:
        AlreadyGoing: the lease is lost to another sender.
    """
    batch = _held(session, batch_id, lease)
    batch.leased_until = now + LEASE
    take_out_stale(
        session,
        OutgoingMessage.id.in_(evidence),
        OutgoingMessage.state == State.APPROVED,
        now=now,
    )
    after = follow(State.APPROVED, Step.DISPATCH)
    marked = set()
    for message_id, found in evidence.items():
        done = session.execute(
            update(OutgoingMessage)
            .where(
                OutgoingMessage.id == message_id,
                OutgoingMessage.batch_id == batch_id,
                OutgoingMessage.state == State.APPROVED,
            )
            .values(state=after, dispatched_at=now, evidence=dict(found))
        )
        if done.rowcount:  # type: ignore[attr-defined]
            marked.add(message_id)
    return marked


def record_refused(
    session: Session, batch_id: UUID, lease: UUID, reasons: Mapping[UUID, str], *, now: datetime
) -> None:
    """Take messages out that the way out refuses (a letter that cannot be printed), with why.

    Raises:
        AlreadyGoing: the lease is lost to another sender.
    """
    _held(session, batch_id, lease)
    take_out(session, reasons, now=now)


def finish(
    session: Session, batch_id: UUID, lease: UUID, *, now: datetime, by: Officer | None
) -> OutgoingBatch:
    """Close a batch of which nothing waits any more.

    Raises:
        AlreadyGoing: the lease is lost to another sender, or something waits.
    """
    batch = _held(session, batch_id, lease)
    by_state = counts_by_state(session, batch_id)
    if by_state.get(State.APPROVED):
        raise AlreadyGoing
    batch.state = follow(batch.state, Step.DISPATCH)
    batch.dispatched_at = now
    batch.lease = batch.leased_until = None
    trail.keep(
        session,
        Step.DISPATCH,
        "outgoing_batch",
        batch_id,
        now=now,
        by=by,
        messages=by_state.get(State.DISPATCHED, 0),
        refused=by_state.get(State.WITHDRAWN, 0),
    )
    return batch


def let_go(session: Session, batch_id: UUID, lease: UUID) -> Sequence[UUID]:
    """Give the batch back at once after a failure, so that the next try need not wait.

    Returns:
        Messages that have not gone: what was written of them must be taken away before this
        transaction ends. Where another sender holds the batch now, those alone that never go.
    """
    batch = batch_in_hand(session, batch_id)
    loose = {State.WITHDRAWN}
    if batch.lease == lease:
        batch.lease = batch.leased_until = None
        loose.add(State.APPROVED)
    return session.scalars(
        select(OutgoingMessage.id).where(
            OutgoingMessage.batch_id == batch_id, OutgoingMessage.state.in_(loose)
        )
    ).all()


def _held(session: Session, batch_id: UUID, lease: UUID) -> OutgoingBatch:
    batch = batch_in_hand(session, batch_id)
    if batch.lease != lease:
        raise AlreadyGoing
    return batch
