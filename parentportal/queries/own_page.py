"""What a carer sees on their own page: their own, and never another carer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from messaging.campaigns import load_campaign
from parentportal.models import (
    Carer,
    CarerReply,
    CarerRequest,
    Child,
    Family,
    Invitation,
    OfferKind,
    OutgoingMessage,
)
from parentportal.operations.addressees import Addressee
from parentportal.operations.carer_replies import WITH_THEM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

MOST_MESSAGES = 20
"""The newest; a family gets four unsolicited messages a school year at the most."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that went to this carer.

    Attributes:
        campaign_key: what it was.
        sent_at: when it went.
        link: where its page is; empty where it has none.
    """

    campaign_key: str
    sent_at: datetime
    link: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """All that stands on a carer's own page.

    Attributes:
        carer: whose it is, with their family, its children and what is open to each.
        messages: what went to them, the newest first; a young person's own letters are not theirs.
        requests: what they asked for on their page or told an officer, the newest first.
        replies: what they said to a message, the newest first.
        invitations: the rounds they were asked in, the newest first.
    """

    carer: Carer
    messages: Sequence[SentMessage]
    requests: Sequence[CarerRequest]
    replies: Sequence[CarerReply]
    invitations: Sequence[Invitation]

    @property
    def offers(self) -> frozenset[OfferKind]:
        """What is open to any of the children."""
        return frozenset(offer.offer for child in self.children for offer in child.offers)

    @property
    def children(self) -> Sequence[Child]:
        """The family's children."""
        return self.carer.family.children


def own_page(session: Session, carer_id: UUID) -> OwnPage | None:
    """A carer's own page; none where they are gone; seven queries, however much there is."""
    carer = session.scalar(
        select(Carer)
        .where(Carer.id == carer_id)
        .options(
            joinedload(Carer.family, innerjoin=True)
            .selectinload(Family.children)
            .selectinload(Child.offers)
        )
    )
    if carer is None:
        return None
    rows = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.carer_id == carer_id, OutgoingMessage.dispatched_at.is_not(None))
        .options(joinedload(OutgoingMessage.campaign, innerjoin=True))
        .order_by(OutgoingMessage.dispatched_at.desc(), OutgoingMessage.id)
        .limit(MOST_MESSAGES)
    )
    return OwnPage(
        carer,
        [_sent(row) for row in rows if _is_theirs(row)],
        session.scalars(
            select(CarerRequest)
            .where(CarerRequest.carer_id == carer_id)
            .order_by(CarerRequest.asked_at.desc(), CarerRequest.id)
        ).all(),
        session.scalars(
            select(CarerReply)
            .where(CarerReply.carer_id == carer_id)
            .order_by(CarerReply.at.desc(), CarerReply.id)
        ).all(),
        session.scalars(
            select(Invitation)
            .where(Invitation.carer_id == carer_id)
            .options(joinedload(Invitation.wave, innerjoin=True), selectinload(Invitation.response))
            .order_by(Invitation.id)
        ).all(),
    )


def _is_theirs(row: OutgoingMessage) -> bool:
    return row.state in WITH_THEM and not load_campaign(row.campaign.key).to_young_person


def _sent(row: OutgoingMessage) -> SentMessage:
    link = Addressee.read(row.recipient).link or ""
    sent_at = row.dispatched_at
    if sent_at is None:
        raise ValueError("it has not gone")
    return SentMessage(row.campaign.key, sent_at, link)
