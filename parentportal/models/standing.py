"""Where a carer stands: their segment by the newest answers, or why there is none."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, String, and_, case, func, or_, select, type_coerce

from parentportal.models.people import Carer
from parentportal.models.survey import Assignment, Invitation, Response
from segmentation.segments import Segment

if TYPE_CHECKING:
    from sqlalchemy import Subquery


class Standing(StrEnum):
    """The segments, and the two ways of having none.

    ``UNSURE``: answered, and the answers fit no segment well enough, were given in a language that
    is not typed, or the carer asked not to be tailored to. ``SILENT``: no answers were sent in.
    """

    SETTLER = Segment.SETTLER.value
    PROSPECTOR = Segment.PROSPECTOR.value
    PIONEER = Segment.PIONEER.value
    UNSURE = "unsure"
    SILENT = "silent"


def newest_assignments() -> Subquery:
    """One row for each carer who sent answers in: ``carer_id`` and ``segment`` (or null).

    By when answers were sent in: old ones that are typed anew do not become new.
    """
    order = func.row_number().over(
        partition_by=Invitation.carer_id,
        order_by=(Response.submitted_at.desc(), Assignment.id),
    )
    ranked = (
        select(Invitation.carer_id, Assignment.segment, order.label("place"))
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Assignment, Assignment.response_id == Response.id)
        .subquery()
    )
    newest = select(ranked.c.carer_id, ranked.c.segment).where(ranked.c.place == 1)
    return newest.subquery("newest")


def standing_of(newest: Subquery) -> ColumnElement[str]:
    """The standing of a carer, in a select that outer-joins :func:`newest_assignments`."""
    return case(
        (newest.c.carer_id.is_(None), Standing.SILENT.value),
        (
            or_(newest.c.segment.is_(None), Carer.objected_at.is_not(None)),
            Standing.UNSURE.value,
        ),
        else_=type_coerce(newest.c.segment, String),
    )


def stands_in(newest: Subquery, segment: Segment | None) -> ColumnElement[bool]:
    """Whether a carer belongs to a segment's group, or (none) to the mixed one for all others."""
    if segment is None:
        return or_(newest.c.segment.is_(None), Carer.objected_at.is_not(None))
    return and_(newest.c.segment == segment, Carer.objected_at.is_(None))
