"""The council's settings: every version is kept, the highest one is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.council import Council
from parentportal.models import CouncilSettings
from parentportal.operations import trail
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


class NoCouncil(Refusal):
    """The council has not said yet who it is."""

    code = "no-council"


def council_in_force(session: Session) -> Council:
    """The council's settings as they stand.

    Raises:
        NoCouncil: when none were saved yet.
    """
    newest = session.scalar(
        select(CouncilSettings.document).order_by(CouncilSettings.version.desc()).limit(1)
    )
    if newest is None:
        raise NoCouncil
    return Council.from_document(newest)


def save_council(
    session: Session, council: Council, *, now: datetime, by: Officer | None = None
) -> CouncilSettings:
    """Put new settings in force; the ones before stay readable."""
    newest = session.scalar(
        select(CouncilSettings.version).order_by(CouncilSettings.version.desc()).limit(1)
    )
    settings = CouncilSettings(
        version=(newest or 0) + 1,
        document=council.document(),
        saved_at=now,
        saved_by_id=by.id if by else None,
    )
    session.add(settings)
    trail.keep(session, "save", "council_settings", None, now=now, by=by, version=settings.version)
    return settings
