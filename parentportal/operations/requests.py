"""What parents ask for on their own pages, or tell an officer; it is kept, and decides nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.offers import Offer
from parentportal.models import CarerRequest, RequestEnd, RequestKind
from parentportal.operations import trail
from parentportal.operations.contacts import LONDON
from parentportal.operations.preferences import carer_in_hand
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.council import Council
    from parentportal.models import Officer

COMPLAINT_DAYS = 30
"""A complaint about personal data is answered for by then (Data Protection Act 2018 s164A)."""
CORRECTION_DAYS = 28
"""A calendar month at the latest (UK GDPR article 12(3)); the shortest has 28 days."""


class RequestEnded(Refusal):
    """Somebody saw to it already, or it was taken back."""

    code = "request-ended"


def ask(
    session: Session,
    carer_id: UUID,
    kind: RequestKind,
    council: Council,
    *,
    about: str = "",
    said: Mapping[str, str] | None = None,
    now: datetime,
    by: Officer | None = None,
) -> CarerRequest:
    """Keep what a carer asks for; asking once more keeps the first day and the newest words.

    Args:
        session: the transaction; the caller owns it.
        carer_id: who asks.
        kind: what for.
        council: whose promises hold.
        about: the :class:`parentportal.models.OfferKind` it is about, or nothing.
        said: what they wrote.
        now: when.
        by: the officer whom they told; none on their own page.

    Raises:
        NotThere: no such carer.
    """
    carer_in_hand(session, carer_id)
    kept = session.scalar(
        select(CarerRequest).where(
            CarerRequest.carer_id == carer_id,
            CarerRequest.kind == kind,
            CarerRequest.about == about,
            CarerRequest.ended_at.is_(None),
        )
    )
    if kept is None:
        kept = CarerRequest(
            carer_id=carer_id,
            kind=kind,
            about=about,
            asked_at=now,
            due_on=promised_day(kind, about, council, now.astimezone(LONDON).date()),
            recorded_by_id=by.id if by else None,
        )
        session.add(kept)
        trail.keep(session, f"ask-{kind}", "carer_request", kept.id, now=now, by=by)
    if said:
        kept.said = dict(said)
    session.flush()
    return kept


def take_back(session: Session, carer_id: UUID, request_id: UUID, *, now: datetime) -> None:
    """A carer does not want it any more.

    Raises:
        NotThere: no such request, or another carer's.
        RequestEnded: it came to its end before.
    """
    _end(session, request_id, RequestEnd.TAKEN_BACK, now=now, by=None, carer_id=carer_id)


def see_to(session: Session, request_id: UUID, *, now: datetime, by: Officer | None) -> None:
    """An officer has done what was asked for.

    Raises:
        NotThere: no such request.
        RequestEnded: it came to its end before.
    """
    _end(session, request_id, RequestEnd.DONE, now=now, by=by)


def promised_day(kind: RequestKind, about: str, council: Council, asked: date) -> date | None:
    """The day by which the council promises to have done it; none where it promises none.

    The way back takes no longer than it took the family that waited longest.
    """
    match kind:
        case RequestKind.WAY_BACK:
            training = council.independent_travel_training
            terms = (
                training
                if about == Offer.ITT and training is not None
                else council.personal_transport_budget
            )
            return asked + timedelta(days=terms.restore_longest_days)
        case RequestKind.COMPLAINT:
            return asked + timedelta(days=COMPLAINT_DAYS)
        case RequestKind.CORRECTION:
            return asked + timedelta(days=CORRECTION_DAYS)
        case _:
            return None


def _end(
    session: Session,
    request_id: UUID,
    how: RequestEnd,
    *,
    now: datetime,
    by: Officer | None,
    carer_id: UUID | None = None,
) -> None:
    kept = session.get(CarerRequest, request_id, with_for_update=True, populate_existing=True)
    if kept is None or (carer_id is not None and kept.carer_id != carer_id):
        raise NotThere
    if kept.ended_at is not None:
        raise RequestEnded
    kept.ended_at, kept.ended = now, how
    kept.ended_by_id = by.id if by else None
    trail.keep(session, f"request-{how}", "carer_request", kept.id, now=now, by=by)
