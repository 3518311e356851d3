"""Messages that may not go any more: looked for again before each step towards the parent.

A message is stored as it was drafted, and days may pass before it goes. Meanwhile a file may have
said that the family is bereaved, or appeals, or that its offer is closed; an earlier letter may
have come back; the council's settings may say something else; or the day to answer by is over.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from messaging.campaigns import LockedBlock, load_campaign
from messaging.channels import Channel
from messaging.lifecycle import State, Step, may_follow
from parentportal.models import (
    Campaign,
    Carer,
    Child,
    CouncilSettings,
    Family,
    OutgoingBatch,
    OutgoingMessage,
    Suppression,
)
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee, mobile, postal_address
from parentportal.operations.contacts import LONDON, REPLIED, follow_ups, sent_too_often
from parentportal.operations.council import council_in_force
from parentportal.operations.mailings import suppressed_by
from parentportal.operations.open_offers import open_children, still_offered
from parentportal.operations.outdated import answer_by, states_otherwise
from parentportal.operations.suppressing import in_force

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.council import Council
    from parentportal.operations.open_offers import OpenChild

log = logging.getLogger(__name__)

UNSENT = tuple(state for state in State if may_follow(state, Step.WITHDRAW))
"""Where a message stands that can still be taken out."""

OFFER_CHANGED = "offer-changed"
UNREADABLE = "unreadable"
ADDRESS_CHANGED = "address-changed"
SETTINGS_CHANGED = "settings-changed"
REPLY_DATE_PAST = "reply-date-past"


def take_out_stale(
    session: Session, *where: ColumnElement[bool], now: datetime
) -> Mapping[UUID, str]:
    """Take out those of these messages that may not go any more; queries as :func:`why_stale`.

    Returns:
        Each one taken out, with why: see :func:`why_stale`.
    """
    reasons = why_stale(session, *where, now=now)
    take_out(session, reasons, now=now)
    return reasons


def why_stale(session: Session, *where: ColumnElement[bool], now: datetime) -> Mapping[UUID, str]:
    """Which of these messages may not go any more, and why; five queries.

    Two more for each follow-up among them, and one where a day is over or settings were saved since
    the draft; without the latter nothing is composed anew.

    Returns:
        For each: the family's flag, the reason of a suppression of the carer, or ``OFFER_CHANGED``
        where a child that the message names has that offer no longer, or not with those miles; or
        the limit it would break: see :mod:`parentportal.operations.contacts`; ``ADDRESS_CHANGED``
        where it would go to an address, email or telephone that is the carer's no longer;
        ``REPLIED`` where a follow-up comes after the answer; ``SETTINGS_CHANGED`` where it states
        what the council's settings do not say any more; ``REPLY_DATE_PAST`` where it asks for an
        answer by a day that is over; or ``UNREADABLE``, for one that cannot be read stops no other.
    """
    newest = select(func.max(CouncilSettings.saved_at)).scalar_subquery()
    found = session.execute(
        select(
            OutgoingMessage,
            Campaign.key,
            Carer,
            Family.flags,
            OutgoingBatch.dated,
            OutgoingBatch.drafted_at < newest,
        )
        .join(Campaign, Campaign.id == OutgoingMessage.campaign_id)
        .join(OutgoingBatch, OutgoingBatch.id == OutgoingMessage.batch_id)
        .join(Carer, Carer.id == OutgoingMessage.carer_id)
        .join(Family)
        .where(*where)
    ).all()
    stored = [_Stored(*columns) for columns in found]
    theirs = select(Carer.family_id).join(OutgoingMessage).where(*where)
    today = now.astimezone(LONDON).date()
    known = _Known(
        offered=open_children(session, Child.family_id.in_(theirs)),
        too_often=sent_too_often(session, *where, now=now),
        suppressed=_suppressed(session, *where),
        replied=_replied(session, {one.key for one in stored}, *where, now=now),
        council=council_in_force(session)
        if any(one.settings_saved_since or one.dated < today for one in stored)
        else None,
        today=today,
    )
    reasons = {}
    for one in stored:
        try:
            reason = known.why(one)
        except Exception:  # whatever is wrong with what is stored
            log.exception("message %s", one.row.id)
            reason = UNREADABLE
        if reason is not None:
            reasons[one.row.id] = reason
    return reasons


@dataclass(frozen=True, slots=True)
class _Stored:
    """A message with what stands beside it.

    ``dated`` is its batch's, and ``settings_saved_since`` whether the council saved any settings
    since that was drafted.
    """

    row: OutgoingMessage
    key: str
    carer: Carer
    flags: Sequence[str]
    dated: date
    settings_saved_since: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known now of some messages: nothing more is asked for them."""

    offered: Mapping[UUID, Sequence[OpenChild]]
    too_often: Mapping[UUID, str]
    suppressed: Mapping[UUID, str]
    replied: Mapping[str, Collection[UUID]]
    council: Council | None
    today: date

    def why(self, one: _Stored) -> str | None:
        """Why a message may not go any more; the first that holds."""
        campaign, addressee = load_campaign(one.key), Addressee.read(one.row.recipient)
        if flag := suppressed_by(one.flags, solicited=campaign.solicited):
            return flag
        if suppressed := self.suppressed.get(one.row.id):
            return suppressed
        offered = self.offered.get(one.carer.family_id, ())
        if not still_offered(campaign.offer, addressee.recipient.children, offered):
            return OFFER_CHANGED
        if LockedBlock.YOUNG_PERSON not in campaign.first and _moved(one, addressee):
            return ADDRESS_CHANGED
        if one.carer.id in self.replied.get(one.key, ()):
            return REPLIED
        return self._outdated(one, addressee) or self.too_often.get(one.row.id)

    def _outdated(self, one: _Stored, addressee: Addressee) -> str | None:
        """Why what it states does not hold any more."""
        if self.council is None:
            return None
        if one.settings_saved_since and states_otherwise(one.row, addressee, self.council):
            return SETTINGS_CHANGED
        last = answer_by(one.key, one.dated, addressee, one.row.language, self.council)
        return REPLY_DATE_PAST if last and last < self.today else None


def _moved(one: _Stored, addressee: Addressee) -> bool:
    """Whether a message would go where its carer is not reached any more."""
    carer = one.carer
    match one.row.channel:
        case Channel.LETTER:
            address, _ = postal_address(carer, addressee.recipient.name)
            return address != addressee.recipient.address
        case Channel.EMAIL:
            return bool(carer.email != addressee.email)
        case Channel.SMS:
            return mobile(carer.phone) != addressee.phone


def _replied(
    session: Session, keys: Iterable[str], *where: ColumnElement[bool], now: datetime
) -> Mapping[str, Collection[UUID]]:
    """By follow-up, who has answered its offer by now; two queries for each follow-up."""
    carers = select(OutgoingMessage.carer_id).where(*where).correlate(None)
    these = OutgoingMessage.carer_id.in_(carers)
    return {
        campaign.key: follow_ups(session, campaign, these, dated=now.date(), weeks=0).replied
        for campaign in map(load_campaign, keys)
        if campaign.offer and campaign.follows
    }


def _suppressed(session: Session, *where: ColumnElement[bool]) -> Mapping[UUID, str]:
    """Which of these messages a suppression stops: for all purposes, or for their campaign's."""
    rows = session.execute(
        select(OutgoingMessage.id, Campaign.key, Suppression.purpose, Suppression.reason)
        .join(Campaign, Campaign.id == OutgoingMessage.campaign_id)
        .join(Suppression, in_force(OutgoingMessage.carer_id, OutgoingMessage.channel))
        .where(*where)
        .order_by(Suppression.since.desc(), Suppression.id)
    )
    return {
        message_id: str(reason)
        for message_id, key, purpose, reason in rows
        if purpose is None or purpose == load_campaign(key).purpose
    }


def take_out(session: Session, reasons: Mapping[UUID, str], *, now: datetime) -> None:
    """Withdraw messages one by one, each with why as its evidence."""
    for message_id, reason in reasons.items():
        session.execute(
            update(OutgoingMessage)
            .where(OutgoingMessage.id == message_id, OutgoingMessage.state.in_(UNSENT))
            .values(state=State.WITHDRAWN, evidence={"refused": reason})
        )
        trail.keep(session, "refuse", "outgoing_message", message_id, now=now, reason=reason)
