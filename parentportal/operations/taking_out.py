"""Messages that may not go any more: looked for again before each step towards the parent.

A message is stored as it was drafted, and days may pass before it goes. Meanwhile a file may have
said that the family is bereaved, or appeals, or that its offer is closed; or an earlier letter may
have come back.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from messaging.campaigns import LockedBlock, load_campaign
from messaging.channels import Channel
from messaging.lifecycle import State, Step, may_follow
from parentportal.models import Campaign, Carer, Child, Family, OutgoingMessage, Suppression
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee, mobile, postal_address
from parentportal.operations.contacts import REPLIED, follow_ups, sent_too_often
from parentportal.operations.mailings import suppressed_by
from parentportal.operations.open_offers import open_children, still_offered
from parentportal.operations.suppressing import in_force

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

log = logging.getLogger(__name__)

UNSENT = tuple(state for state in State if may_follow(state, Step.WITHDRAW))
"""Where a message stands that can still be taken out."""

OFFER_CHANGED = "offer-changed"
UNREADABLE = "unreadable"
ADDRESS_CHANGED = "address-changed"


def take_out_stale(
    session: Session, *where: ColumnElement[bool], now: datetime
) -> Mapping[UUID, str]:
    """Take out those of these messages that may not go any more; six queries, or eight.

    Returns:
        Each one taken out, with why: see :func:`why_stale`.
    """
    reasons = why_stale(session, *where, now=now)
    take_out(session, reasons, now=now)
    return reasons


def why_stale(session: Session, *where: ColumnElement[bool], now: datetime) -> Mapping[UUID, str]:
    """Which of these messages may not go any more, and why; six queries, or eight.

    Returns:
        For each: the family's flag, the reason of a suppression of the carer, or ``OFFER_CHANGED``
        where a child that the message names has that offer no longer, or not with those miles; or
        the limit it would break: see :mod:`parentportal.operations.contacts`; ``ADDRESS_CHANGED``
        where it would go to an address, email or telephone that is the carer's no longer;
        ``REPLIED`` where a follow-up comes after the answer; or
        ``UNREADABLE``, for one that cannot be read stops no other.
    """
    found = session.execute(
        select(OutgoingMessage, Campaign.key, Carer, Family.flags)
        .join(Campaign, Campaign.id == OutgoingMessage.campaign_id)
        .join(Carer, Carer.id == OutgoingMessage.carer_id)
        .join(Family)
        .where(*where)
    ).all()
    theirs = select(Carer.family_id).join(OutgoingMessage).where(*where)
    offered = open_children(session, Child.family_id.in_(theirs))
    too_often = sent_too_often(session, *where, now=now)
    suppressed = _suppressed(session, *where)
    replied = _replied(session, {key for _, key, *_ in found}, *where, now=now)
    reasons = {}
    for row, key, carer, flags in found:
        campaign = load_campaign(key)
        try:
            addressee = Addressee.read(row.recipient)
        except Exception:  # whatever is wrong with what is stored
            log.exception("message %s", row.id)
            reasons[row.id] = UNREADABLE
            continue
        named = addressee.recipient.children
        if flag := suppressed_by(flags, solicited=campaign.solicited):
            reasons[row.id] = flag
        elif row.id in suppressed:
            reasons[row.id] = suppressed[row.id]
        elif not still_offered(campaign.offer, named, offered.get(carer.family_id, ())):
            reasons[row.id] = OFFER_CHANGED
        elif LockedBlock.YOUNG_PERSON not in campaign.first and _moved(row, addressee, carer):
            reasons[row.id] = ADDRESS_CHANGED
        elif carer.id in replied.get(key, ()):
            reasons[row.id] = REPLIED
        elif row.id in too_often:
            reasons[row.id] = too_often[row.id]
    return reasons


def _moved(row: OutgoingMessage, addressee: Addressee, carer: Carer) -> bool:
    """Whether a message would go where its carer is not reached any more."""
    match row.channel:
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
