"""The council's settings: every version is kept, the highest one is in force."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.council import Council
from messaging.schemes.attendance import Threshold
from parentportal.models import CouncilSettings, SignOffKind
from parentportal.operations import trail
from parentportal.operations.signoffs import sign_offs
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


class NoCouncil(Refusal):
    """The council has not said yet who it is."""

    code = "no-council"


class IllnessCutsNotSignedOff(Refusal):
    """Absence through illness may reduce no payment before the legal sign-off is on record."""

    code = "illness-cuts-not-signed-off"


def council_in_force(session: Session) -> Council:
    """The council's settings as they stand; one query, and each version is read but once.

    Raises:
        NoCouncil: when none were saved yet.
    """
    newest = session.scalar(
        select(CouncilSettings.document).order_by(CouncilSettings.version.desc()).limit(1)
    )
    if newest is None:
        raise NoCouncil
    return _read(json.dumps(newest))


@lru_cache(maxsize=4)
def _read(document: str) -> Council:
    """The settings of a document; reading one takes as long as composing several letters."""
    return Council.from_document(json.loads(document))


def save_council(
    session: Session, council: Council, *, now: datetime, by: Officer | None = None
) -> CouncilSettings:
    """Put new settings in force; the ones before stay readable.

    Raises:
        IllnessCutsNotSignedOff: they let absence through illness or disability reduce a payment,
            and the sign-off that they name is not on record here, or is withdrawn.
    """
    _ask_for_sign_off(session, council)
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


def _ask_for_sign_off(session: Session, council: Council) -> None:
    rule = council.personal_transport_budget.attendance
    if not isinstance(rule, Threshold) or not rule.illness_counts or not rule.legal_sign_off:
        return
    on_record = {signed.reference for signed in sign_offs(session, SignOffKind.ILLNESS_CUTS)}
    if rule.legal_sign_off.reference not in on_record:
        raise IllnessCutsNotSignedOff
