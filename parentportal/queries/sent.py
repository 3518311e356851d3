"""Answers that were sent in, opened to learn about the typing tool: never to be shown one by one.

Answers in a language that is not typed are left out, since they may mean something else there; so
are those of carers who asked not to be tailored to, and those that were given too fast to be read.
What a round is held against was promised of the adaptive form, so the paper form and the whole bank
are left out of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from parentportal.models import (
    Assignment,
    Carer,
    Form,
    Invitation,
    Mode,
    Response,
    Wave,
)
from parentportal.operations.answering import LANGUAGE_NOT_TYPED, median_seconds
from parentportal.queries.tools import tool_named
from segmentation.drift import profile
from segmentation.retest import Stated
from segmentation.scoring import ENOUGH_ANSWERED
from segmentation.segments import Segment
from segmentation.typing_tool import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from segmentation.drift import DriftReport
    from segmentation.scoring import Floats
    from segmentation.typing_tool import TypingTool

MOST_FORMS = 1000
"""So many tell what there is to tell; their keys are random, so the first of them are a sample."""


@dataclass(frozen=True, slots=True)
class SentForm:
    """One form: what was answered, in the order asked, and whether a segment came of it.

    Attributes:
        answers: item code and rating; what was left out is not there.
        assigned: whether there is a segment.
        seconds: the median time spent on an item; none but for answers over the web.
    """

    answers: tuple[tuple[str, int], ...]
    assigned: bool
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """What was said of the same carers by two rounds.

    Attributes:
        both: first and second, where one version of the tool said both.
        apart: how many carers more were typed by two versions.
    """

    both: tuple[tuple[Stated, Stated], ...]
    apart: int


def sent_forms(session: Session, wave_id: UUID, most: int = MOST_FORMS) -> Sequence[SentForm]:
    """A round's forms, at most so many, picked at random; two queries."""
    rows = session.scalars(
        _typed(select(Response))
        .where(Invitation.wave_id == wave_id, *asked_adaptively(Invitation, Response))
        .options(contains_eager(Response.assignment), selectinload(Response.answers))
        .order_by(Response.id)
        .limit(most)
    )
    return [_form(response) for response in rows]


def round_profile(session: Session, wave: Wave) -> DriftReport:
    """Hold a round's answers against what its typing tool expects; two queries.

    Raises:
        TooFew: too few have answered.
    """
    forms = sent_forms(session, wave.id)
    return profile(
        tool_named(session, wave.tool_version),
        [form.answers for form in forms],
        assigned=sum(form.assigned for form in forms),
        seconds=[form.seconds for form in forms if form.seconds is not None],
    )


def full_forms(session: Session, tool: TypingTool) -> Floats:
    """The ratings of everybody who was asked the whole bank; two queries.

    Returns:
        Shape (people, items) in the tool's order, NaN where left out; in the order of their keys.
    """
    rows = session.scalars(
        _full(_typed(select(Response)), tool.instrument_version)
        .options(selectinload(Response.answers))
        .order_by(Response.id)
    ).all()
    ratings = np.full((len(rows), len(tool.items)), np.nan)
    place_of = {code: place for place, code in enumerate(tool.items)}
    for row, response in enumerate(rows):
        for answer in response.answers:
            if answer.rating_sealed is not None and answer.item in place_of:
                ratings[row, place_of[answer.item]] = answer.rating
    return ratings


def full_form_count(session: Session, instrument_version: str) -> int:
    """How many were asked the whole bank and sent it in; one query."""
    count = _typed(select(func.count(Response.id)))
    return session.scalar(_full(count, instrument_version)) or 0


def retest_pairs(session: Session, wave_id: UUID) -> Pairs:
    """What was said of the carers of a retest then and now; one query."""
    again, then = aliased(Invitation), aliased(Invitation)
    response, response_then = aliased(Response), aliased(Response)
    second, first = aliased(Assignment), aliased(Assignment)
    rows = session.execute(
        select(first, second)
        .select_from(Wave)
        .join(again, again.wave_id == Wave.id)
        .join(Carer, Carer.id == again.carer_id)
        .join(then, (then.carer_id == again.carer_id) & (then.wave_id == Wave.repeats_id))
        .join(response, response.invitation_id == again.id)
        .join(response_then, response_then.invitation_id == then.id)
        .join(second, second.response_id == response.id)
        .join(first, first.response_id == response_then.id)
        .where(
            Wave.id == wave_id,
            Carer.objected_at.is_(None),
            *asked_adaptively(then, response_then),
            *asked_adaptively(again, response),
            is_typed(first),
            is_typed(second),
            is_read(first),
            is_read(second),
        )
        .order_by(second.id)
    ).all()
    both = [pair for pair in rows if pair[0].tool_version == pair[1].tool_version]
    return Pairs(
        tuple((_stated(one), _stated(other)) for one, other in both), len(rows) - len(both)
    )


def is_typed(assignment: Any) -> ColumnElement[bool]:
    """Whether the answers were given in a language that is typed."""
    found: ColumnElement[bool] = or_(
        assignment.reason.is_(None), assignment.reason != LANGUAGE_NOT_TYPED
    )
    return found


def asked_adaptively(invitation: Any, response: Any) -> tuple[ColumnElement[bool], ...]:
    """The adaptive form alone: neither the paper form nor the whole bank."""
    return (invitation.form == Form.ADAPTIVE, response.mode != Mode.PAPER)


def is_read(assignment: Any) -> ColumnElement[bool]:
    """Whether the questions can have been read."""
    found: ColumnElement[bool] = or_(
        assignment.reason.is_(None), assignment.reason != Reason.TOO_FAST
    )
    return found


def _typed(query: Select[Any]) -> Select[Any]:
    """Only typed answers of those who have not objected; joins all that leads to them."""
    return (
        query.join(Response.assignment)
        .join(Response.invitation)
        .join(Carer, Carer.id == Invitation.carer_id)
        .where(is_typed(Assignment), is_read(Assignment), Carer.objected_at.is_(None))
    )


def _full(query: Select[Any], instrument_version: str) -> Select[Any]:
    """Forms with the whole bank, answered well enough to count as a full form."""
    return query.where(
        Invitation.form == Form.FULL,
        Response.mode != Mode.PAPER,
        Assignment.instrument_version == instrument_version,
        Assignment.items_used >= ENOUGH_ANSWERED,
        or_(Assignment.reason.is_(None), Assignment.reason != Reason.STRAIGHT_LINE),
    )


def _form(response: Response) -> SentForm:
    given = [answer for answer in response.answers if answer.rating_sealed is not None]
    return SentForm(
        answers=tuple((answer.item, answer.rating) for answer in given),
        assigned=response.assignment is not None and response.assignment.segment is not None,
        seconds=median_seconds(response, given) if response.mode is Mode.WEB else None,
    )


def _stated(assignment: Assignment) -> Stated:
    posterior = assignment.figures["posterior"]
    return Stated(assignment.segment, {segment: posterior[segment] for segment in Segment})
