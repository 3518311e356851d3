"""A carer takes their answers back: they are deleted, and what was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from parentportal.models import Answer, Assignment, EarlierAssignment, Invitation, Response
from parentportal.operations import trail
from parentportal.operations.preferences import carer_in_hand
from parentportal.operations.restating import restate

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

ANSWERS_TAKEN_BACK = "answers-taken-back"
"""Why a message was taken out whose words were chosen by answers that are deleted now."""


def withdraw_answers(session: Session, carer_id: UUID, *, now: datetime, by: Officer | None) -> int:
    """Delete every answer of a carer with its scores and segment; the neutral text goes from now.

    What is not sent yet is put in the neutral words. Nobody asks again in the same round, unless
    the carer begins by themselves. What was sent stays as it was sent.

    Returns:
        How many questionnaires were deleted.

    Raises:
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    invitations = session.scalars(
        select(Invitation).where(Invitation.carer_id == carer_id).with_for_update()
    ).all()
    responses = session.scalars(
        select(Response.id).where(Response.invitation_id.in_([one.id for one in invitations]))
    ).all()
    for table in (Answer, Assignment, EarlierAssignment):
        session.execute(delete(table).where(table.response_id.in_(responses)))
    session.execute(delete(Response).where(Response.id.in_(responses)))
    for invitation in invitations:
        session.expire(invitation, ["response"])
        if invitation.skipped_at is None:
            invitation.skipped_at = now
    if responses:
        trail.keep(session, "withdraw-answers", "carer", carer_id, now=now, by=by)
    session.flush()
    restate(session, carer, now, reason=ANSWERS_TAKEN_BACK, answers_gone=True)
    return len(responses)
