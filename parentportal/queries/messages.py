"""What the page behind a message's link shows, and what was said there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from parentportal.models import (
    CarerReply,
    MessageLink,
    OutgoingMessage,
    Suppression,
    SuppressionReason,
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
