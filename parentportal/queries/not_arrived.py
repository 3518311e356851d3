"""Where messages did not arrive, and nobody has said yet that the address is right after all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, union

from parentportal.models import Campaign, OutgoingMessage, Suppression
from parentportal.operations.addressees import reached_at
from parentportal.operations.suppressing import CAME_BACK, OF_AN_ADDRESS
from parentportal.queries.outbox import names_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.channels import Channel
    from parentportal.models import Carer

MOST = 100
"""As many as a page shows; what is put right makes room for the others."""

_HELD = (
    Suppression.reason.in_(OF_AN_ADDRESS),
    Suppression.channel.is_not(None),
    Suppression.lifted_at.is_(None),
)
_FAILED = (OutgoingMessage.state.in_(CAME_BACK),)


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A carer who was not reached by a channel.

    Attributes:
        carer: who; the family is loaded.
        channel: by which channel.
        where: where they would be reached now; empty where nothing is known.
        reasons: what a provider found, each once.
        failed: what came to nothing there: batch, message and the campaign's key.
    """

    carer: Carer
    channel: Channel
    where: str
    reasons: tuple[str, ...]
    failed: tuple[tuple[UUID, UUID, str], ...]


def not_arrived(session: Session) -> Sequence[NotArrived]:
    """The first of them, by family; three queries."""
    of = OutgoingMessage
    held = session.execute(
        select(Suppression.carer_id, Suppression.channel, Suppression.reason)
        .where(*_HELD)
        .order_by(Suppression.since, Suppression.id)
    )
    reasons: dict[tuple[UUID, Channel], list[str]] = defaultdict(list)
    for carer_id, channel, suppressed in held:
        if channel is not None:
            reasons[carer_id, channel].append(str(suppressed))
    came_back = session.execute(
        select(of.carer_id, of.channel, of.reason, of.state, of.batch_id, of.id, Campaign.key)
        .join(Campaign, Campaign.id == of.campaign_id)
        .where(*_FAILED)
        .order_by(of.dispatched_at, of.id)
    )
    failed: dict[tuple[UUID, Channel], list[tuple[UUID, UUID, str]]] = defaultdict(list)
    for carer_id, channel, reason, state, batch_id, message_id, campaign in came_back:
        reasons[carer_id, channel].append(reason or str(state))
        failed[carer_id, channel].append((batch_id, message_id, campaign))
    shown = list(reasons)[:MOST]
    carers = names_of(session, list({carer_id for carer_id, _ in shown}))
    listed = [
        NotArrived(
            carers[carer_id],
            channel,
            reached_at(carers[carer_id]).get(channel, ""),
            tuple(dict.fromkeys(reasons[carer_id, channel])),
            tuple(failed[carer_id, channel]),
        )
        for carer_id, channel in shown
    ]
    return sorted(listed, key=lambda one: (one.carer.family.reference, one.carer.name, one.channel))


def not_arrived_count(session: Session) -> int:
    """How many there are; one query."""
    both = union(
        select(Suppression.carer_id, Suppression.channel).where(*_HELD),
        select(OutgoingMessage.carer_id, OutgoingMessage.channel).where(*_FAILED),
    ).subquery()
    return session.scalar(select(func.count()).select_from(both)) or 0
