"""Who a campaign writes to, what each message is made from, and who is left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from messaging.campaigns import load_campaign
from messaging.choosing import USUAL_CHANNELS, lot_of
from messaging.composition import Recipient
from parentportal.models import (
    Assignment,
    Carer,
    Child,
    Family,
    HeldLicence,
    Invitation,
    LicensedSegment,
    OfferKind,
    OpenOffer,
    Response,
)
from parentportal.operations.addressees import (
    UNREACHABLE,
    Addressee,
    edition_of,
    mobile,
    postal_address,
)
from parentportal.operations.contacts import FOLLOWED_UP
from parentportal.operations.mailings import SUPPRESSING, Mailing, suppressed_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.campaigns import Campaign
    from messaging.channels import Channel
    from messaging.locked import Details
    from segmentation.segments import Segment

__all__ = [
    "FOLLOW_UP_WEEKS",
    "SUPPRESSING",
    "UNREACHABLE",
    "Addressee",
    "Candidate",
    "Gathered",
    "LeftOut",
    "gather",
    "suppressed_by",
]

FOLLOW_UP_WEEKS = 4
"""How long an offer has to be answered before it is followed up, unless the council says more."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A carer who gets no letter, or whose letter does not name every child, and why.

    Attributes:
        carer_id: who.
        code: why: a flag of the family, an address reason, a refusal of composition.
    """

    carer_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carer a campaign can write to.

    Attributes:
        carer: who; its family is loaded.
        addressee: what the messages are composed from.
        segment: of the newest assignment, none when unassigned or never asked.
        channels: by which to write to them now.
    """

    carer: Carer
    addressee: Addressee
    segment: Segment | None
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Who a campaign would write to now, who it leaves out, and how many were written to before.

    ``lot`` is what this mailing is called.
    """

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    written_before: int
    lot: str


def gather(
    session: Session,
    campaign_key: str,
    *,
    dated: date,
    lot: str = "",
    carers: Mapping[UUID, Details] | Collection[UUID] | None = None,
    asked: Sequence[Channel] = USUAL_CHANNELS,
    follow_up_weeks: int = FOLLOW_UP_WEEKS,
    today: date | None = None,
) -> Gathered:
    """Everyone the campaign would write to now; eleven queries at most, whatever their number.

    An offer goes to the carers of families with a child for whom an officer opened it; each gets
    one message of their own, which names all of these children. A follow-up goes to those of them
    who had the offer some weeks ago and have not answered. Any other campaign goes to the
    ``carers`` it is given. Nobody is written to beyond the limits of :mod:`messaging.choosing`, nor
    by a way that is closed to them.

    Args:
        session: the transaction; the caller owns it.
        campaign_key: which campaign.
        dated: the date the messages carry; what was sent is counted in its school year.
        lot: tells mailings that may write to the same carer again.
        carers: these alone; with what each is told, where there is something.
        asked: the channels the campaign asks for.
        follow_up_weeks: how long an offer has to be answered.
        today: asked for where messages are drafted, for a licence that chooses the wording may be
            over; without it segments are our own.
    """
    campaign = load_campaign(campaign_key)
    lot = lot_of(campaign, lot, dated)
    found = _carers(session, carers, campaign)
    known = Mailing.ask(
        session,
        campaign,
        lot,
        dated=dated,
        asked=asked,
        follow_up_weeks=follow_up_weeks,
        carers=[carer.id for carer in found],
    )
    segments = segments_known(session, today)
    details: Mapping[UUID, Any] = carers if hasattr(carers, "items") else {}  # type: ignore[assignment]
    candidates: list[Candidate] = []
    left_out: list[LeftOut] = []
    before = 0
    for carer in found:
        if carer.id in known.reached:
            before += 1
            continue
        code = known.refuse(carer)
        if code == FOLLOWED_UP:
            before += 1
            continue
        if code:
            left_out.append(LeftOut(carer.id, code))
            continue
        named = known.named(carer)
        left_out += [LeftOut(carer.id, refused) for refused in named.refused]
        if (campaign.offer or known.to_young_person) and not named.children:
            continue
        reader = named.children[0].first_name if known.to_young_person else carer.name
        address, unposted = postal_address(carer, reader)
        own = not known.to_young_person  # email and telephone are the carer's
        addressee = Addressee(
            Recipient(
                reader,
                carer.written_language,
                address,
                named.children,
                named.recorded_by,
                edition=edition_of(carer),
            ),
            carer.email if own else None,
            None,
            details.get(carer.id),
            mobile(carer.phone) if own else None,
        )
        channels = known.ways(carer, addressee)
        left_out += [
            LeftOut(carer.id, closed) for closed in known.closed(carer, channels, unposted)
        ]
        if channels:
            candidates.append(Candidate(carer, addressee, segments.get(carer.id), channels))
    return Gathered(tuple(candidates), tuple(left_out), before, lot)


def _carers(
    session: Session, wanted: Collection[UUID] | None, campaign: Campaign
) -> Iterable[Carer]:
    query = (
        select(Carer)
        .join(Carer.family)
        .options(contains_eager(Carer.family))
        .order_by(Family.reference, Carer.created_at, Carer.position, Carer.id)
    )
    if campaign.offer:
        kind = OfferKind(campaign.offer.value)
        query = query.where(
            Carer.family_id.in_(
                select(Child.family_id).join(OpenOffer).where(OpenOffer.offer == kind)
            )
        )
    if wanted is not None or not campaign.offer:
        query = query.where(Carer.id.in_(list(wanted or ())))
    return session.scalars(query).all()


def segments_known(
    session: Session, today: date | None, carers: Collection[UUID] | None = None
) -> Mapping[UUID, Segment | None]:
    """The segment by which words are chosen for each carer who was typed; two queries at most.

    Args:
        session: the transaction.
        today: for a licence that chooses the wording; without it segments are our own.
        carers: these alone.
    """
    licensed = _licensed_segments(session, today, carers) if today else None
    return _own_segments(session, carers) if licensed is None else licensed


def _licensed_segments(
    session: Session, today: date, carers: Collection[UUID] | None
) -> Mapping[UUID, Segment | None] | None:
    """Segments of the licence that chooses the wording; none at all where our own choose it."""
    licence = session.scalar(
        select(HeldLicence.id).where(
            HeldLicence.chooses_wording.is_(True), HeldLicence.valid_until >= today
        )
    )
    if licence is None:
        return None
    query = select(LicensedSegment.carer_id, LicensedSegment.segment).where(
        LicensedSegment.licence_id == licence
    )
    if carers is not None:
        query = query.where(LicensedSegment.carer_id.in_(carers))
    return {carer_id: segment for carer_id, segment in session.execute(query)}  # noqa: C416 -- rows are no pairs


def _own_segments(
    session: Session, carers: Collection[UUID] | None
) -> Mapping[UUID, Segment | None]:
    query = (
        select(Invitation.carer_id, Assignment.segment)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Assignment, Assignment.response_id == Response.id)
        .order_by(Response.submitted_at, Assignment.id.desc())
    )
    if carers is not None:
        query = query.where(Invitation.carer_id.in_(carers))
    return {carer_id: segment for carer_id, segment in session.execute(query)}  # noqa: C416 -- rows are no pairs
