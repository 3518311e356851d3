"""Whether a database is one for practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from parentportal.models import Family

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SYNTHETIC = ("DEMO", "REPLAY")
"""What the references of made-up families begin with."""


def holds_real_families(session: Session) -> bool:
    """Whether there are families that nobody made up: no place for practice or replay."""
    synthetic = or_(*(Family.reference.like(f"{prefix}-%") for prefix in SYNTHETIC))
    return session.scalar(select(Family.id).where(~synthetic).limit(1)) is not None
