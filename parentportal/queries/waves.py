"""The rounds of asking, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from parentportal.models import Invitation, Response, Wave
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave in a list: how many carers were asked, entered their code, answered, or skipped."""

    wave: Wave
    invited: int
    opened: int
    answered: int
    skipped: int


def wave_lines(session: Session) -> Sequence[WaveLine]:
    """Every wave, the newest first; one query."""
    rows = session.execute(
        select(
            Wave,
            func.count(Invitation.id),
            func.count(Invitation.opened_at),
            func.count(Response.submitted_at),
            func.count(Invitation.skipped_at),
        )
        .outerjoin(Invitation, Invitation.wave_id == Wave.id)
        .outerjoin(Response, Response.invitation_id == Invitation.id)
        .group_by(Wave.id)
        .order_by(Wave.opens_at.desc(), Wave.name)
    )
    return [WaveLine(*row) for row in rows]


def wave_named(session: Session, name: str) -> UUID:
    """The key of the wave of this name; one query.

    Raises:
        NotThere: there is none.
    """
    found = session.scalar(select(Wave.id).where(Wave.name == name))
    if found is None:
        raise NotThere
    return found
