"""What a person says of a message that may have arrived and cannot be asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messaging.lifecycle import BATCH_STEPS, State, Step, follow, may_follow
from parentportal.models import OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.outbox import batch_in_hand
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

BY_OFFICER = {"told": "by-officer"}


def say_it_arrived(
    session: Session, message_id: UUID, *, now: datetime, by: Officer | None
) -> None:
    """It arrived: it counts as gone.

    Raises:
        NotThere, StepNotAllowed: no such message, or it is not uncertain any more.
    """
    row = _in_hand(session, message_id)
    row.state = follow(row.state, Step.DISPATCH)
    row.dispatched_at, row.evidence = row.begun_at or now, BY_OFFICER
    trail.keep(session, "say-it-arrived", "outgoing_message", message_id, now=now, by=by)


def send_it_again(session: Session, message_id: UUID, *, now: datetime, by: Officer | None) -> None:
    """It did not arrive: it waits to be sent, and so does its batch, if that was closed.

    Raises:
        NotThere, StepNotAllowed: no such message, or it is not uncertain any more.
    """
    row = _in_hand(session, message_id)
    row.state = follow(row.state, Step.SEND_AGAIN)
    row.tries, row.due_at, row.begun_at, row.reason = 0, None, None, None
    batch = batch_in_hand(session, row.batch_id)
    if may_follow(batch.state, Step.SEND_AGAIN, BATCH_STEPS):
        batch.state = follow(batch.state, Step.SEND_AGAIN, BATCH_STEPS)
    trail.keep(session, Step.SEND_AGAIN, "outgoing_message", message_id, now=now, by=by)


def _in_hand(session: Session, message_id: UUID) -> OutgoingMessage:
    """The message, after its batch, as every other step locks them."""
    found = session.get(OutgoingMessage, message_id)
    if found is None:
        raise NotThere
    batch_in_hand(session, found.batch_id)
    row = session.get_one(OutgoingMessage, message_id, with_for_update=True, populate_existing=True)
    if row.state is not State.UNCERTAIN:
        follow(row.state, Step.SEND_AGAIN)
    return row
