"""What a carer says to a message: on its page, on the telephone, or on the slip that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.campaigns import load_campaign
from messaging.lifecycle import State
from parentportal.models import Campaign, CarerReply, OutgoingMessage, ReplyKind, Trigger
from parentportal.operations import trail
from parentportal.operations.automatic import fire
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

WITH_THEM = frozenset(
    {
        State.SENDING,
        State.UNCERTAIN,
        State.DISPATCHED,
        State.DELIVERED,
        State.FAILED,
        State.RETURNED,
    }
)
"""Where a message stands whose page is open: it went, or may have."""


class ReplyNotOpen(Refusal):
    """This message asks no such thing, or it has not gone out."""

    code = "reply-not-open"


def kinds_open(campaign_key: str) -> tuple[ReplyKind, ...]:
    """What can be said to a campaign's messages: a yes or a no only where there is an offer."""
    return tuple(ReplyKind) if load_campaign(campaign_key).offer else (ReplyKind.CALL,)


def reply_to(
    session: Session,
    message_id: UUID,
    kind: ReplyKind,
    *,
    now: datetime,
    by: Officer | None,
    portal_link: str | None = None,
) -> CarerReply:
    """Keep what a carer says; the same again is harmless, and keeps its first moment.

    It decides nothing. Whoever has answered an offer gets no follow-up of it. Whoever asks on
    their own page for a call is told that it was heard, where a rule says so; an officer who takes
    the wish down has said it already. A young person is told on the page alone.

    Args:
        session: the transaction; the caller owns it.
        message_id: what they answer.
        kind: what they say.
        now: when.
        by: the officer they told; none where they said it on their own page.
        portal_link: where what goes out by itself leads; as the council has set it by default.

    Raises:
        NotThere: no such message.
        ReplyNotOpen: the message asks no such thing, or has not gone.
    """
    row = session.get(OutgoingMessage, message_id, with_for_update=True)
    if row is None:
        raise NotThere
    campaign = session.get_one(Campaign, row.campaign_id)
    if kind not in kinds_open(campaign.key) or row.state not in WITH_THEM:
        raise ReplyNotOpen
    kept = session.scalar(
        select(CarerReply).where(CarerReply.message_id == message_id, CarerReply.kind == kind)
    )
    if kept is None:
        kept = CarerReply(
            campaign_id=row.campaign_id,
            message_id=row.id,
            carer_id=row.carer_id,
            kind=kind,
            at=now,
            recorded_by_id=by.id if by else None,
        )
        session.add(kept)
        trail.keep(session, kind, "outgoing_message", row.id, now=now, by=by)
        session.flush()
        # What goes by itself goes to the parent: what a young person asks for is theirs alone.
        if (
            kind is ReplyKind.CALL
            and by is None
            and not load_campaign(campaign.key).to_young_person
        ):
            fire(
                session,
                Trigger.CALL_ASKED,
                row.carer_id,
                kept.id,
                now=now,
                portal_link=portal_link,
            )
    return kept
