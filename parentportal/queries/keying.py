"""What an officer sees of a paper form that came back: whose it is, by reference, and its state."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from parentportal.models import Answer, Carer, Family, Invitation, Mode, Response, Wave
from parentportal.queries.forms import form_language
from parentportal.refusals import NotThere
from segmentation.instrument import Instrument, load_instrument

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from parentportal.access_codes import AccessCode


class Standing(StrEnum):
    """What can be done with a form that came back."""

    READY = "ready"
    ANSWERED = "answered"
    NOT_OPEN = "not-open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form that came back.

    Attributes:
        invitation_id: whose it is.
        reference: the family's, which is all that shows.
        wave: the round of asking.
        language: that of the form it was sent.
        submitted_at: when the answers were sent in; none while they were not.
        mode: how they reached us, or are doing so; none before the start.
        begun: how many answers are kept already.
    """

    invitation_id: UUID
    reference: str
    wave: Wave
    language: str
    submitted_at: datetime | None
    mode: Mode | None
    begun: int

    @property
    def instrument(self) -> Instrument:
        """The questionnaire of the wave."""
        return load_instrument(self.wave.instrument_version)

    def standing(self, now: datetime) -> Standing:
        """Whether the form can be typed in."""
        if self.submitted_at is not None:
            return Standing.ANSWERED
        if now < self.wave.opens_at:
            return Standing.NOT_OPEN
        return Standing.READY if now < self.wave.closes_at else Standing.CLOSED


def sheet_of_code(session: Session, code: AccessCode) -> Sheet | None:
    """The form with this code, in one query; none when it is nobody's."""
    return _found(session, _sheets().where(Invitation.code_key == code.digest()))


def sheet(session: Session, invitation_id: UUID) -> Sheet:
    """The form of an invitation, in one query.

    Raises:
        NotThere: when there is no such invitation.
    """
    found = _found(session, _sheets().where(Invitation.id == invitation_id))
    if found is None:
        raise NotThere
    return found


def _sheets() -> Select[Any]:
    kept = select(func.count(Answer.rating_sealed)).where(Answer.response_id == Response.id)
    return (
        select(
            Invitation.id,
            Family.reference,
            Wave,
            Carer.language,
            Response.submitted_at,
            Response.mode,
            kept.scalar_subquery(),
        )
        .join(Wave, Wave.id == Invitation.wave_id)
        .join(Carer, Carer.id == Invitation.carer_id)
        .join(Family, Family.id == Carer.family_id)
        .outerjoin(Response, Response.invitation_id == Invitation.id)
    )


def _found(session: Session, statement: Select[Any]) -> Sheet | None:
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    key, reference, wave, spoken, submitted_at, mode, begun = row
    return Sheet(key, reference, wave, form_language(spoken), submitted_at, mode, begun)
