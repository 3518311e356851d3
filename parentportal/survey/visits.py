"""The visit in hand: which invitation this browser has entered, kept in its signed session.

The session holds two random numbers, the name of the questionnaire and a flag; never a code, a name
or an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from flask import session

from parentportal.operations.survey import AlreadySubmitted, SurveyClosed
from parentportal.queries.survey import Progress, progress
from parentportal.sight import Sight
from parentportal.web import now, reading
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from parentportal.models import Invitation
    from segmentation.instrument import Instrument

VISIT: Final = "visit"
LANGUAGE: Final = "language"


class NoVisit(Exception):
    """No code was entered in this browser, or too long ago: the page asks for it again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser that has entered one code.

    Attributes:
        invitation_id: whose code it is.
        sight: what it may see.
        instrument: the questionnaire of its wave, which never changes.
    """

    invitation_id: UUID
    sight: Sight
    instrument: Instrument


def begin_visit(invitation: Invitation) -> None:
    """Begin a visit in a new session: nothing of the one before is left but the language.

    Entering the code of the visit in hand once more goes on with it.
    """
    known = session.get(VISIT)
    if known is not None and known.get("invitation") == str(invitation.id):
        return
    language = session.get(LANGUAGE)
    session.clear()
    response = invitation.response
    if response is not None:
        session[LANGUAGE] = response.language
    elif language:
        session[LANGUAGE] = language
    session[VISIT] = {
        "invitation": str(invitation.id),
        "number": str(uuid4()),
        "confirmed": False,
        "instrument": invitation.wave.instrument_version,
    }


def confirm_visit() -> None:
    """Let this visit see everything: its postcode was right."""
    session[VISIT] = {**session[VISIT], "confirmed": True}


def end_visit() -> None:
    """Forget the visit; what was answered stays in the database."""
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language


def visit_in_hand() -> Visit:
    """The visit of this request.

    Raises:
        NoVisit: when there is none.
    """
    known = session.get(VISIT)
    if known is None:
        raise NoVisit
    try:
        return Visit(
            UUID(known["invitation"]),
            Sight(UUID(known["number"]), confirmed=known["confirmed"]),
            load_instrument(known["instrument"]),
        )
    except (KeyError, ValueError, TypeError, FileNotFoundError) as odd:
        end_visit()  # signed by an earlier edition of this service
        raise NoVisit from odd


def has_visit() -> bool:
    """Whether this browser has entered a code."""
    return VISIT in session


def progress_in_hand() -> Progress:
    """How far the visit of this request has come, for a page that goes on from there.

    Raises:
        NoVisit: when there is no visit, or its invitation is gone.
        AlreadySubmitted: when the answers were sent in.
        SurveyClosed: when the wave is not open.
    """
    found = any_progress_in_hand()
    if found.submitted:
        raise AlreadySubmitted
    if not found.is_open(now()):
        raise SurveyClosed
    return found


def any_progress_in_hand() -> Progress:
    """The same, whether or not anything can still be answered.

    Raises:
        NoVisit: when there is no visit, or its invitation is gone.
    """
    visit = visit_in_hand()
    with reading() as database:
        found = progress(database, visit.invitation_id, visit.sight)
    if found is None:
        end_visit()
        raise NoVisit
    return found
