"""Who a campaign writes to, what each message is made from, and who is left out and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from messaging.address import AddressRefused, PostalAddress
from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.composition import Message, Recipient, compose
from messaging.lifecycle import State
from messaging.locked import details_document, read_details
from messaging.offers import AgeBand, ChildOffer
from messaging.printable import tidy
from parentportal.intake.vocabulary import Flag
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
    OutgoingMessage,
    Response,
)
from parentportal.models import Campaign as CampaignRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.council import Council
    from messaging.locked import Details
    from messaging.variants import Variant
    from segmentation.segments import Segment

SUPPRESSING = frozenset(Flag) - {Flag.SHARED_PARENTING}
"""Flags of a family for which nothing is written by itself: an officer looks at it in person.

While an appeal, a tribunal, a complaint, a stay in hospital or a move of school is open, nobody
writes unasked. Parents who share the care are each written to.
"""

UNREACHABLE = "no-address"


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
class Addressee:
    """All that a message to one carer is composed from; it is kept sealed beside the message.

    Attributes:
        recipient: the carer as the copy may name them.
        email: where an email goes, or none.
        link: the page the message leads to.
        details: the meeting, survey, review or changes that the message is about, or none.
    """

    recipient: Recipient
    email: str | None
    link: str | None
    details: Details | None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The ways this carer can be reached: a letter, and an email as well."""
        letter = (Channel.LETTER,) if self.recipient.address else ()
        return (*letter, Channel.EMAIL) if self.email else letter

    def message(
        self, variant: Variant, council: Council, dated: date, *, beside: Variant | None = None
    ) -> Message:
        """The message in one version, and beside it in the language its letters carry as well.

        Raises:
            CompositionRefused: something is missing or cannot be printed.
        """
        return compose(
            variant,
            self.recipient,
            council,
            dated=dated,
            details=self.details,
            portal_link=self.link,
            beside=beside,
        )

    def document(self) -> dict[str, Any]:
        """The same in JSON's types; :meth:`read` reads it back as it was."""
        return {
            "name": self.recipient.name,
            "language": self.recipient.language,
            "address": list(self.recipient.address.lines) if self.recipient.address else None,
            "children": [
                [
                    child.first_name,
                    child.age_band,
                    str(child.miles) if child.miles is not None else None,
                ]
                for child in self.recipient.children
            ],
            "recorded_by": list(self.recipient.recorded_by),
            "email": self.email,
            "link": self.link,
            "details": details_document(self.details) if self.details else None,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """What :meth:`document` wrote."""
        lines = document["address"]
        details = document.get("details") or document.get("invitation")  # as 0.1 named it
        return cls(
            Recipient(
                name=document["name"],
                language=document["language"],
                address=PostalAddress.parse(lines) if lines else None,
                children=tuple(
                    ChildOffer(
                        name, AgeBand(band) if band else None, Decimal(miles) if miles else None
                    )
                    for name, band, miles in document["children"]
                ),
                recorded_by=tuple(document["recorded_by"]),
            ),
            document["email"],
            document["link"],
            read_details(details) if details else None,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A carer a campaign can write to.

    Attributes:
        carer: who; its family is loaded.
        addressee: what the messages are composed from.
        segment: of the newest assignment, none when unassigned or never asked.
        channels: those that were not used for this campaign and lot yet.
    """

    carer: Carer
    addressee: Addressee
    segment: Segment | None
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Who a campaign would write to now, who it leaves out, and how many were written to before."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    written_before: int


def gather(
    session: Session,
    campaign_key: str,
    *,
    lot: str = "",
    carers: Mapping[UUID, Details] | Collection[UUID] | None = None,
    link: str | Callable[[Carer], str] | None = None,
    today: date | None = None,
) -> Gathered:
    """Everyone the campaign would write to now; six queries, whatever their number.

    ``today`` is asked for where messages are drafted: a licence that chooses the wording may be
    over. Without it segments are our own.

    An offer goes to the carers of families with a child for whom an officer opened it; each gets a
    letter of their own. Any other campaign goes to the ``carers`` it is given.
    """
    offered = load_campaign(campaign_key).offer is not None
    children = children_offered(session) if offered else {}
    found = _carers(session, carers, offered=offered)
    segments = _licensed_segments(session, today) if today else None
    if segments is None:
        segments = _segments(session)
    used = _used(session, campaign_key, lot)
    meetings: Mapping[UUID, Any] = carers if hasattr(carers, "items") else {}  # type: ignore[assignment]
    candidates: list[Candidate] = []
    left_out: list[LeftOut] = []
    before = 0
    for carer in found:
        if flag := suppressed_by(carer.family.flags):
            left_out.append(LeftOut(carer.id, flag))
            continue
        named, refused, recorded_by = named_children(children.get(carer.family_id, ()))
        left_out += [LeftOut(carer.id, code) for code in refused]
        if offered and not named:
            continue
        address, code = _address(carer)
        addressee = Addressee(
            Recipient(carer.name, carer.language, address, named, recorded_by),
            carer.email,
            link(carer) if callable(link) else link,
            meetings.get(carer.id),
        )
        channels = tuple(
            channel for channel in addressee.channels if (carer.id, channel) not in used
        )
        before += len(channels) < len(addressee.channels)
        if code:
            left_out.append(LeftOut(carer.id, code))
        if channels:
            candidates.append(Candidate(carer, addressee, segments.get(carer.id), channels))
    return Gathered(tuple(candidates), tuple(left_out), before)


def children_offered(
    session: Session, *where: ColumnElement[bool]
) -> Mapping[UUID, list[tuple[Child, str]]]:
    """The children with an open offer and who recorded it, by family; one query."""
    rows = session.execute(
        select(Child, OpenOffer.decided_by)
        .join(OpenOffer)
        .where(OpenOffer.offer == OfferKind.PTB, *where)
        .order_by(Child.created_at, Child.position, Child.id)
    )
    by_family = defaultdict(list)
    for child, decided_by in rows:
        by_family[child.family_id].append((child, decided_by))
    return by_family


def _carers(session: Session, wanted: Collection[UUID] | None, *, offered: bool) -> Iterable[Carer]:
    query = (
        select(Carer)
        .join(Carer.family)
        .options(contains_eager(Carer.family))
        .order_by(Family.reference, Carer.created_at, Carer.position, Carer.id)
    )
    if offered:
        query = query.where(
            Carer.family_id.in_(
                select(Child.family_id).join(OpenOffer).where(OpenOffer.offer == OfferKind.PTB)
            )
        )
    if wanted is not None or not offered:
        query = query.where(Carer.id.in_(list(wanted or ())))
    return session.scalars(query).all()


def _licensed_segments(session: Session, today: date) -> Mapping[UUID, Segment | None] | None:
    """Segments of the licence that chooses the wording; none at all where our own choose it."""
    licence = session.scalar(
        select(HeldLicence.id).where(
            HeldLicence.chooses_wording.is_(True), HeldLicence.valid_until >= today
        )
    )
    if licence is None:
        return None
    rows = session.execute(
        select(LicensedSegment.carer_id, LicensedSegment.segment).where(
            LicensedSegment.licence_id == licence
        )
    )
    return {carer_id: segment for carer_id, segment in rows}  # noqa: C416 -- rows are no pairs


def _segments(session: Session) -> Mapping[UUID, Segment | None]:
    rows = session.execute(
        select(Invitation.carer_id, Assignment.segment)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Assignment, Assignment.response_id == Response.id)
        .order_by(Response.submitted_at, Assignment.id.desc())
    )
    return {carer_id: segment for carer_id, segment in rows}  # noqa: C416 -- rows are no pairs


def _used(session: Session, campaign_key: str, lot: str) -> set[tuple[UUID, Channel]]:
    """Who has a message of this campaign and lot already; the withdrawn may be written anew."""
    rows = session.execute(
        select(OutgoingMessage.carer_id, OutgoingMessage.channel)
        .join(CampaignRow, CampaignRow.id == OutgoingMessage.campaign_id)
        .where(
            CampaignRow.key == campaign_key,
            OutgoingMessage.lot == lot,
            OutgoingMessage.state != State.WITHDRAWN,
        )
    )
    return {(carer_id, channel) for carer_id, channel in rows}


def named_children(
    children: Iterable[tuple[Child, str]],
) -> tuple[tuple[ChildOffer, ...], list[str], tuple[str, ...]]:
    """The children a letter can name, why others cannot be, and who recorded the offers."""
    named: list[ChildOffer] = []
    refused: list[str] = []
    recorded_by: dict[str, None] = {}  # each once, in the order of their children
    for child, decided_by in children:
        if child.age_band is None:
            refused.append("age-band-missing")
        elif child.miles is None:
            refused.append("miles-missing")
        elif not child.first_name:
            refused.append("child-name-missing")
        else:
            band = AgeBand.read(child.age_band)
            named.append(ChildOffer(child.first_name, band, child.miles))
            recorded_by[decided_by] = None
    return tuple(named), refused, tuple(recorded_by)


def _address(carer: Carer) -> tuple[PostalAddress | None, str | None]:
    lines = list(carer.address_lines or ())
    if not lines:
        return None, UNREACHABLE
    name = tidy(carer.name.strip())
    if lines[0] != name:  # the name prints first, and is a line of the address
        lines.insert(0, name)
    try:
        return PostalAddress.parse(lines), None
    except AddressRefused as refused:
        return None, refused.codes[0]


def suppressed_by(flags: Iterable[str]) -> str | None:
    """The first of a family's flags for which nothing is written, or none."""
    return next((str(flag) for flag in flags if flag in SUPPRESSING), None)
