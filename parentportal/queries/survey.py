"""What the questionnaire's pages ask of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from parentportal.asking import most_questions, planned_item
from parentportal.models import Answer, Form, Invitation, Response, Wave
from parentportal.queries.tools import tool_named
from segmentation.instrument import Answers, Instrument, Item, load_instrument

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.sight import Sight
    from segmentation.typing_tool import TypingTool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an invited carer has come, and what of it a visit may see.

    Questions are counted from 1 in the order in which they were asked; the one after the last of
    them is the planned one, if there is one.

    Attributes:
        invitation: whose it is.
        wave: the round of asking.
        tool: the typing tool that the wave keeps to its end.
        response: what was begun; none before the start.
        answers: by item code, in the order of asking; those left out too.
        sight: of the visit that asks.
    """

    invitation: Invitation
    wave: Wave
    tool: TypingTool
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

    @property
    def is_full(self) -> bool:
        """Whether the whole bank is asked, and not only as many questions as it takes."""
        return self.invitation.form is Form.FULL

    @property
    def most(self) -> int:
        """How many questions are asked at most."""
        return most_questions(self.invitation.form, self.tool)

    @property
    def asked(self) -> int:
        """How many questions were asked."""
        return len(self.answers)

    @property
    def answered(self) -> int:
        """How many of them were answered."""
        return sum(answer.rating_sealed is not None for answer in self.answers.values())

    def is_open(self, now: datetime) -> bool:
        """Whether the wave takes answers."""
        return self.wave.opens_at <= now < self.wave.closes_at

    def planned(self) -> Item | None:
        """The item to ask next; none when there has been enough.

        The plan stands on the answers that this visit may see. Standing on all of them it would
        be an oracle: whoever found a code could answer this way and that, and read from the
        questions that follow what was answered before. So a parent who comes back without the
        postcode may be asked a few questions more, never more than were promised. What remains to
        be found out with a code alone is which questions were asked, for none is asked twice.
        """
        seen = {code: rating for code in self.answers if (rating := self.rating(code)) is not None}
        code = planned_item(self.invitation.form, self.tool, Answers(seen), tuple(self.answers))
        return None if code is None else self.instrument.item(code)

    def item(self, number: int) -> Item | None:
        """The item of a question that was asked; none beyond."""
        codes = tuple(self.answers)
        return self.instrument.item(codes[number - 1]) if 1 <= number <= len(codes) else None

    def rating(self, code: str) -> int | None:
        """The rating of an item to show; none when left out or not for this visit to see."""
        answer = self.answers.get(code)
        if answer is None or not self.sight.covers(answer.visit_id):
            return None
        rating: int | None = answer.rating
        return rating

    def is_hidden(self, code: str) -> bool:
        """Whether an item was asked in a visit that this one may not look into.

        That goes for one that was left out too: that it was planned tells of the answers before.
        """
        answer = self.answers.get(code)
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
        return self.wishes_hidden or any(map(self.is_hidden, self.answers))

    def question_after(self, number: int) -> int:
        """The next question this visit may see, or the place of the planned one."""
        seen = (later for later in self._seen_numbers() if later > number)
        return next(seen, self.asked + 1)

    def question_before(self, number: int) -> int | None:
        """The last question before it that this visit may see; none before the first."""
        return max((n for n in self._seen_numbers() if n < number), default=None)

    def _seen_numbers(self) -> list[int]:
        return [n for n, code in enumerate(self.answers, start=1) if not self.is_hidden(code)]


_INVITATION: Final = (  # made once: it runs for every page
    select(Invitation, Wave, Response)
    .join(Wave, Wave.id == Invitation.wave_id)
    .outerjoin(Response, Response.invitation_id == Invitation.id)
    .where(Invitation.id == bindparam("invitation"))
)
_ANSWERS: Final = (
    select(Answer).where(Answer.response_id == bindparam("response")).order_by(Answer.position)
)


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
    tool = tool_named(session, wave.tool_version)
    return Progress(invitation, wave, tool, response, answers, sight)
