"""When something is due next, for a worker that has nothing to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.lifecycle import State
from parentportal.models import OutgoingBatch, OutgoingMessage, WayPace

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def next_due(session: Session, now: datetime) -> datetime | None:
    """The next moment at which a message, a lease or a batch is due, or none; four queries.

    What is due already and waits all the same (a lease another worker holds, the office hours) is
    not counted, but for what waits for its turn on a way that takes so many a minute.
    """
    waiting = OutgoingMessage.state == State.APPROVED
    moments = [
        session.scalar(
            select(func.min(OutgoingMessage.due_at))
            .join(OutgoingBatch)
            .where(waiting, OutgoingMessage.due_at > now, OutgoingBatch.state == State.APPROVED)
        ),
        session.scalar(
            select(func.min(OutgoingMessage.leased_until)).where(
                OutgoingMessage.state == State.SENDING
            )
        ),
        session.scalar(
            select(func.min(OutgoingBatch.send_from)).where(
                OutgoingBatch.state == State.APPROVED, OutgoingBatch.send_from > now
            )
        ),
        session.scalar(select(func.min(WayPace.next_at)).where(WayPace.next_at > now)),
    ]
    return min((moment for moment in moments if moment is not None), default=None)
