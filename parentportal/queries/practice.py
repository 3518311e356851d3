"""Whether a database is one for practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from parentportal.models import CouncilSettings, Family, Installation, Officer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def is_practice(session: Session) -> bool:
    """Whether this database was set apart for practice: everybody in it is invented."""
    return session.scalar(select(Installation.practice)) is True


def may_practise(session: Session) -> bool:
    """Whether it was, or can still be: nobody signs in, nothing is set, no family is there."""
    return is_practice(session) or all(
        session.scalar(select(column).limit(1)) is None
        for column in (Officer.id, CouncilSettings.version, Family.id)
    )
