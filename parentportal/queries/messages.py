"""What the page behind a message's link shows, and what was said there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from messaging.campaigns import load_campaign
from parentportal.models import (
    Campaign,
    CarerReply,
    MessageLink,
    OutgoingMessage,
    Suppression,
    SuppressionReason,
    TrialFamily,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.campaigns import Purpose


def message_behind(session: Session, token_key: bytes) -> OutgoingMessage | None:
    """The message a link leads to, with its campaign, batch and carer; one query."""
    link = session.scalar(
        select(MessageLink)
        .join(MessageLink.message)
        .where(MessageLink.token_key == token_key)
        .options(
            contains_eager(MessageLink.message).options(
                joinedload(OutgoingMessage.campaign),
                joinedload(OutgoingMessage.batch),
                joinedload(OutgoingMessage.carer),
            )
        )
    )
    return link.message if link else None


def replies_to(session: Session, message_id: UUID) -> Sequence[CarerReply]:
    """What was said to a message, the first first; one query."""
    return session.scalars(
        select(CarerReply)
        .where(CarerReply.message_id == message_id)
        .order_by(CarerReply.at, CarerReply.kind)
    ).all()


def opted_out(session: Session, carer_id: UUID, purpose: Purpose) -> Sequence[Suppression]:
    """What of this purpose a carer asked to stop, by channel or altogether; one query."""
    return session.scalars(
        select(Suppression)
        .where(
            Suppression.carer_id == carer_id,
            Suppression.reason == SuppressionReason.OPT_OUT,
            Suppression.lifted_at.is_(None),
            or_(Suppression.purpose.is_(None), Suppression.purpose == purpose),
        )
        .order_by(Suppression.since, Suppression.id)
    ).all()


def drew_a_lot(session: Session, row: OutgoingMessage) -> bool:
    """Whether this message's family is in the contrast of its trial; one query.

    A follow-up belongs to the trial of what it follows. A family that stands apart drew nothing.
    """
    tried = load_campaign(row.campaign.key).follows or row.campaign.key
    lot = (
        select(TrialFamily.id)
        .join(Campaign, Campaign.id == TrialFamily.campaign_id)
        .where(
            Campaign.key == tried,
            TrialFamily.family_id == row.carer.family_id,
            TrialFamily.stratum.is_not(None),
        )
    )
    return session.scalar(lot) is not None
