"""What the questionnaire's pages ask of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from parentportal.models import Answer, Invitation, Response, Wave
from segmentation.instrument import Instrument, Item, load_instrument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.sight import Sight


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an invited carer has come, and what of it a visit may see.

    Attributes:
        invitation: whose it is.
        wave: the round of asking.
        response: what was begun; none before the start.
        answers: by item code.
        sight: of the visit that asks.
    """

    invitation: Invitation
    wave: Wave
    response: Response | None
    answers: Mapping[str, Answer]
    sight: Sight

    @property
    def instrument(self) -> Instrument:
        """The questionnaire of the wave."""
        return load_instrument(self.wave.instrument_version)

    @property
    def submitted(self) -> bool:
        """Whether the answers were sent in."""
        return self.response is not None and self.response.submitted_at is not None

    def is_open(self, now: datetime) -> bool:
        """Whether the wave takes answers."""
        return self.wave.opens_at <= now < self.wave.closes_at

    def rating(self, item: Item) -> int | None:
        """The rating to show; none when left out or not for this visit to see."""
        answer = self.answers.get(item.code)
        if answer is None or not self.sight.covers(answer.visit_id):
            return None
        rating: int = answer.rating
        return rating

    def is_hidden(self, item: Item) -> bool:
        """Whether there is an answer that this visit may not see."""
        answer = self.answers.get(item.code)
        return answer is not None and not self.sight.covers(answer.visit_id)

    @property
    def wishes_hidden(self) -> bool:
        """Whether there are wishes that this visit may not see."""
        response = self.response
        if response is None or (response.hear_about_ptb, response.hear_about_itt) == (None, None):
            return False
        return not self.sight.covers(response.wishes_visit_id)

    @property
    def anything_hidden(self) -> bool:
        """Whether there is anything that this visit may not see."""
        return self.wishes_hidden or any(map(self.is_hidden, self.instrument.items))

    def open_question(self) -> int | None:
        """The first question, counted from 1, without an answer; none when each has one."""
        for number, item in enumerate(self.instrument.items, start=1):
            if item.code not in self.answers:
                return number
        return None

    def question_after(self, number: int) -> int | None:
        """The next question this visit may see, answered or not; none after the last."""
        return min((n for n in self._seen_numbers() if n > number), default=None)

    def question_before(self, number: int) -> int | None:
        """The last question before it that this visit may see; none before the first."""
        return max((n for n in self._seen_numbers() if n < number), default=None)

    def _seen_numbers(self) -> list[int]:
        items = enumerate(self.instrument.items, start=1)
        return [number for number, item in items if not self.is_hidden(item)]


_INVITATION: Final = (  # made once: it runs for every page
    select(Invitation, Wave, Response)
    .join(Wave, Wave.id == Invitation.wave_id)
    .outerjoin(Response, Response.invitation_id == Invitation.id)
    .where(Invitation.id == bindparam("invitation"))
)
_ANSWERS: Final = select(Answer).where(Answer.response_id == bindparam("response"))


def progress(session: Session, invitation_id: UUID, sight: Sight) -> Progress | None:
    """How far an invited carer has come, in two selects; none without such an invitation."""
    found = session.execute(_INVITATION, {"invitation": invitation_id}).one_or_none()
    if found is None:
        return None
    invitation, wave, response = found
    answers: dict[str, Answer] = {}
    if response is not None:
        rows = session.scalars(_ANSWERS, {"response": response.id})
        answers = {row.item: row for row in rows}
    return Progress(invitation, wave, response, answers, sight)
