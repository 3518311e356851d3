"""Typing a round's answers anew by another version of the tool: foreseen first, then done.

What a response was taken for before is kept, with its version. No message is touched, nor any
draft: whoever wants letters to follow drafts them anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, selectinload

from parentportal.models import Assignment, Carer, EarlierAssignment, Invitation, Response, Wave
from parentportal.operations import trail
from parentportal.operations.answering import figures_of, typed_by
from parentportal.queries.sent import is_typed
from parentportal.queries.tools import takeable_tools, tool_named
from parentportal.refusals import NotThere, Refusal
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from parentportal.models import Officer
    from segmentation.typing_tool import TypingTool

AT_ONCE = 200
"""Responses a transaction: little is lost when it breaks off, and nobody waits long for a row."""


class ToolNotAdopted(Refusal):
    """Answers are typed by the shipped tool or by one that was adopted, and that reads them."""

    code = "tool-not-adopted"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What typing anew would change.

    Attributes:
        moves: what each response is taken for now and would be taken for, to how many; every
            combination, none for unassigned.
        done: responses that this version has typed already.
        left: responses that are never typed anew, whatever the version: given in a language that is
            not typed, or to another questionnaire, or the carer has objected.
    """

    moves: Mapping[tuple[Segment | None, Segment | None], int]
    done: int
    left: int

    @property
    def to_type(self) -> int:
        """How many would be typed anew."""
        return sum(self.moves.values())


def foresee(session: Session, wave_id: UUID, version: str) -> Foreseen:
    """Say what typing a round anew would change, and change nothing.

    Raises:
        NotThere: no such wave.
        ToolNotAdopted: that version may not be taken for it.
    """
    tool = _tool(session, wave_id, version)
    found = Counter(
        (response.assignment.segment, typed_by(tool, response).segment)
        for response in session.scalars(_to_type(wave_id, tool).execution_options(yield_per=200))
        if response.assignment is not None
    )
    places: tuple[Segment | None, ...] = (*Segment, None)
    everybody = (
        select(func.count(Assignment.id))
        .join(Response, Response.id == Assignment.response_id)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(Invitation.wave_id == wave_id)
    )
    typed = everybody.join(Carer, Carer.id == Invitation.carer_id).where(*_may_be_typed(tool))
    done = session.scalar(typed.where(Assignment.tool_version == version)) or 0
    total = session.scalar(everybody) or 0
    return Foreseen(
        {(one, other): found[one, other] for one in places for other in places},
        done,
        total - done - found.total(),
    )


def retype(
    session: Session,
    wave_id: UUID,
    version: str,
    *,
    now: datetime,
    by: Officer | None = None,
    most: int = AT_ONCE,
) -> int:
    """Type some of a round's responses anew; how many, none when all are done.

    It is called until there is none, each time in a transaction of its own. Broken off and begun
    again it goes on where it stopped: each response is typed once.

    Raises:
        NotThere, ToolNotAdopted: as for :func:`foresee`.
    """
    tool = _tool(session, wave_id, version)
    rows = session.scalars(
        _to_type(wave_id, tool)
        .order_by(Response.id)
        .limit(most)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).all()
    for response in rows:
        kept = response.assignment
        assert kept is not None  # noqa: S101 -- the query joins it
        session.add(_earlier(kept, now))
        found = typed_by(tool, response)
        kept.segment, kept.reason = found.segment, found.reason
        kept.figures = figures_of(found)
        kept.items_used, kept.tool_version = found.items_used, found.tool_version
        kept.instrument_version, kept.assigned_at = found.instrument_version, now
    if rows:
        trail.keep(
            session, "retype", "wave", wave_id, now=now, by=by, tool=version, responses=len(rows)
        )
    session.flush()
    return len(rows)


def _earlier(kept: Assignment, now: datetime) -> EarlierAssignment:
    return EarlierAssignment(
        response_id=kept.response_id,
        segment=kept.segment,
        reason=kept.reason,
        figures=kept.figures,
        items_used=kept.items_used,
        tool_version=kept.tool_version,
        instrument_version=kept.instrument_version,
        assigned_at=kept.assigned_at,
        replaced_at=now,
    )


def _to_type(wave_id: UUID, tool: TypingTool) -> Select[Response]:
    return (
        select(Response)
        .join(Response.assignment)
        .join(Response.invitation)
        .join(Carer, Carer.id == Invitation.carer_id)
        .where(
            Invitation.wave_id == wave_id,
            Assignment.tool_version != tool.version,
            *_may_be_typed(tool),
        )
        .options(contains_eager(Response.assignment), selectinload(Response.answers))
    )


def _may_be_typed(tool: TypingTool) -> tuple[ColumnElement[bool], ...]:
    """What a tool may type: answers to its own questionnaire, in a typed language, unobjected."""
    return (
        Assignment.instrument_version == tool.instrument_version,
        is_typed(Assignment),
        Carer.objected_at.is_(None),
    )


def _tool(session: Session, wave_id: UUID, version: str) -> TypingTool:
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotThere
    if version not in takeable_tools(session, wave.instrument_version):
        raise ToolNotAdopted
    return tool_named(session, version)
