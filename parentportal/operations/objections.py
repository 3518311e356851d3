"""A carer objects to tailoring: from that moment on only the neutral version goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from messaging.variants import ChoiceReason
from parentportal.models import Carer, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.preferences import carer_in_hand
from parentportal.operations.restating import restate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from parentportal.models import Officer


def object_to_tailoring(
    session: Session, carer_id: UUID, *, now: datetime, by: Officer | None
) -> Sequence[OutgoingMessage]:
    """Keep that a carer objects to tailoring, and restate what is not sent yet.

    The version they chose before is forgotten. One they choose afterwards is their own wish, and
    holds.

    Returns:
        The messages put right, as they were: see :func:`parentportal.operations.restating.restate`.

    Raises:
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    carer.chosen_voice = carer.chosen_voice_at = None
    if carer.objected_at is None:
        carer.objected_at = now
        trail.keep(session, "object-to-tailoring", "carer", carer_id, now=now, by=by)
    return restate_neutral(session, carer, now)


def restate_neutral(session: Session, carer: Carer, now: datetime) -> Sequence[OutgoingMessage]:
    """Put the neutral version in place of what a carer who objects has not been sent yet."""
    return restate(session, carer, now, reason=ChoiceReason.OBJECTION)


def objected() -> ColumnElement[bool]:
    """Tailored, and its reader has objected since: it goes in the neutral version or not at all."""
    return and_(
        OutgoingMessage.choice_reason == ChoiceReason.TAILORED,
        OutgoingMessage.carer_id.in_(select(Carer.id).where(Carer.objected_at.is_not(None))),
    )


def allow_tailoring(session: Session, carer_id: UUID, *, now: datetime, by: Officer | None) -> None:
    """Take an objection back; what was restated stays neutral, and the next draft asks anew.

    Raises:
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    if carer.objected_at is not None:
        carer.objected_at = None
        trail.keep(session, "allow-tailoring", "carer", carer_id, now=now, by=by)
