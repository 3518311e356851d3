"""Who was written to, and what they said: what decides whether they are written to again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from messaging.campaigns import load_campaign
from messaging.choosing import Contact, days_of_school_year, school_year, too_often
from messaging.lifecycle import State
from parentportal.models import Campaign as CampaignRow
from parentportal.models import (
    Carer,
    CarerReply,
    CouncilSettings,
    OutgoingBatch,
    OutgoingMessage,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.campaigns import Campaign

LONDON = ZoneInfo("Europe/London")

CAME_TO_NOTHING = frozenset({State.WITHDRAWN, State.FAILED, State.RETURNED})
"""Where a message stands that reached nobody, and so is no contact."""

COUNTED = frozenset(State) - CAME_TO_NOTHING
"""Where a message stands that counts as a contact, or will."""

ON_THE_WAY = frozenset({State.SENDING, State.UNCERTAIN, State.DISPATCHED, State.DELIVERED})
"""Where a message stands that has gone, or may have."""

A_FEW = 500
"""So many families are looked up one by one sooner than by reading every message."""

NEVER_OFFERED = "no-offer-to-follow-up"
TOO_SOON = "too-soon-to-follow-up"
REPLIED = "has-replied"
FOLLOWED_UP = "followed-up-already"


def count_alone(session: Session) -> None:
    """Let nobody else draft until this transaction ends: each counts what the other wrote."""
    newest = select(CouncilSettings.version).order_by(CouncilSettings.version.desc()).limit(1)
    session.execute(newest.with_for_update())


def contacts_in(
    session: Session, year: int, *where: ColumnElement[bool], states: Collection[State] = COUNTED
) -> Mapping[UUID, Sequence[Contact]]:
    """By family, everyone's contacts of a school year, with what is drafted for it; one query.

    A message counts on the day it went, and until then on the day it is dated. Where it stands is
    looked at here and not in the query: a database would look for all that stand there first.
    """
    of = OutgoingMessage
    first, after = days_of_school_year(year)
    rows = session.execute(
        select(Carer.family_id, of.carer_id, CampaignRow.key, of.lot, of.state)
        .join(Carer, Carer.id == of.carer_id)
        .join(CampaignRow, CampaignRow.id == of.campaign_id)
        .join(OutgoingBatch, OutgoingBatch.id == of.batch_id)
        .where(
            or_(
                and_(of.dispatched_at >= _midnight(first), of.dispatched_at < _midnight(after)),
                and_(
                    of.dispatched_at.is_(None),
                    OutgoingBatch.dated >= first,
                    OutgoingBatch.dated < after,
                ),
            ),
            *where,
        )
        .distinct()
    )
    found: dict[UUID, list[Contact]] = defaultdict(list)
    for family_id, carer_id, key, lot, state in rows:
        if state in states:
            found[family_id].append(Contact(key, lot, carer_id))
    return found


def sent_too_often(
    session: Session, *where: ColumnElement[bool], now: datetime
) -> Mapping[UUID, str]:
    """Which of these messages would go beyond a limit if they went now, and why; two queries.

    Drafting has counted what was drafted. Before a message goes, what went is counted once more: it
    may lie in another school year than its date, or something may have gone in between.
    """
    rows = session.execute(
        select(
            OutgoingMessage.id,
            OutgoingMessage.carer_id,
            OutgoingMessage.lot,
            CampaignRow.key,
            Carer.family_id,
        )
        .join(CampaignRow, CampaignRow.id == OutgoingMessage.campaign_id)
        .join(Carer, Carer.id == OutgoingMessage.carer_id)
        .where(*where)
    ).all()
    families: Any = {family_id for *_, family_id in rows}
    if len(families) > A_FEW:  # an index is no help any more
        families = select(Carer.family_id).join(OutgoingMessage).where(*where).correlate(None)
    contacts = contacts_in(
        session,
        school_year(now.astimezone(LONDON).date()),
        Carer.family_id.in_(families),
        states=ON_THE_WAY,
    )
    reasons = {
        message_id: too_often(load_campaign(key), lot, carer_id, contacts.get(family_id, ()))
        for message_id, carer_id, lot, key, family_id in rows
    }
    return {message_id: str(reason) for message_id, reason in reasons.items() if reason}


@dataclass(frozen=True, slots=True)
class FollowUps:
    """What decides whether a carer gets a follow-up, once, of an offer that was not answered.

    Attributes:
        offered_at: when each carer's newest offer went.
        replied: those who answered it.
        followed_up_at: when each carer was last followed up, or is about to be.
        latest: offers that went after this moment are too fresh.
    """

    offered_at: Mapping[UUID, datetime]
    replied: frozenset[UUID]
    followed_up_at: Mapping[UUID, datetime]
    latest: datetime

    def refuse(self, carer_id: UUID) -> str | None:
        """Why this carer gets no follow-up, or none."""
        offered_at = self.offered_at.get(carer_id)
        if offered_at is None:
            return NEVER_OFFERED
        followed_up_at = self.followed_up_at.get(carer_id)
        if followed_up_at is not None and followed_up_at >= offered_at:
            return FOLLOWED_UP
        if carer_id in self.replied:
            return REPLIED
        return TOO_SOON if offered_at > self.latest else None


def follow_ups(
    session: Session,
    campaign: Campaign,
    *where: ColumnElement[bool],
    dated: date,
    weeks: int,
) -> FollowUps:
    """What is known of the carers whom a follow-up may go to; two queries.

    Args:
        session: the transaction; the caller owns it.
        campaign: the follow-up.
        where: which messages to look at; all, where nothing is said.
        dated: the date it carries.
        weeks: how long an offer has to be answered first.
    """
    of = OutgoingMessage
    rows = session.execute(
        select(of.carer_id, CampaignRow.key, of.lot, of.dispatched_at, OutgoingBatch.drafted_at)
        .join(CampaignRow, CampaignRow.id == of.campaign_id)
        .join(OutgoingBatch, OutgoingBatch.id == of.batch_id)
        .where(
            CampaignRow.key.in_((campaign.key, campaign.follows)),
            of.state.not_in(CAME_TO_NOTHING),
            *where,
        )
    )
    offered: dict[UUID, tuple[datetime, str]] = {}
    followed: dict[UUID, datetime] = {}
    for carer_id, key, lot, dispatched_at, drafted_at in rows:
        if key == campaign.key:
            at = dispatched_at or drafted_at
            followed[carer_id] = max(at, followed.get(carer_id, at))
        elif dispatched_at is not None:
            newest = (dispatched_at, lot)
            offered[carer_id] = max(newest, offered.get(carer_id, newest))
    answers = session.execute(
        select(CarerReply.carer_id, of.lot)
        .join(of, of.id == CarerReply.message_id)
        .join(CampaignRow, CampaignRow.id == of.campaign_id)
        .where(CampaignRow.key == campaign.follows, *where)
        .distinct()
    )
    answered = {(carer_id, lot) for carer_id, lot in answers}
    return FollowUps(
        offered_at={carer_id: at for carer_id, (at, _) in offered.items()},
        replied=frozenset(
            carer_id for carer_id, (_, lot) in offered.items() if (carer_id, lot) in answered
        ),
        followed_up_at=followed,
        latest=_midnight(dated - timedelta(weeks=weeks) + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time(), LONDON)
