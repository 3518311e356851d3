"""Messages that may not go any more: looked for again before each step towards the parent.

A message is stored as it was drafted, and days may pass before it goes. Meanwhile a file may have
said that the family is bereaved, or appeals, or that its offer is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from messaging.lifecycle import State, Step, may_follow
from parentportal.models import Carer, Child, Family, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.recipients import (
    Addressee,
    children_offered,
    named_children,
    suppressed_by,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

UNSENT = tuple(state for state in State if may_follow(state, Step.WITHDRAW))
"""Where a message stands that can still be taken out."""

OFFER_CHANGED = "offer-changed"


def take_out_stale(
    session: Session, *where: ColumnElement[bool], now: datetime
) -> Mapping[UUID, str]:
    """Take out those of these messages that may not go any more; three queries.

    Returns:
        Each one taken out, with why: the family's flag, or ``OFFER_CHANGED`` where a child that
        the message names has that offer no longer, or not with those miles.
    """
    found = session.execute(
        select(OutgoingMessage, Family.id, Family.flags)
        .join(Carer, Carer.id == OutgoingMessage.carer_id)
        .join(Family)
        .where(*where)
    ).all()
    theirs = select(Carer.family_id).join(OutgoingMessage).where(*where)
    offered = {
        family_id: set(named_children(children)[0])
        for family_id, children in children_offered(session, Child.family_id.in_(theirs)).items()
    }
    reasons = {}
    for row, family_id, flags in found:
        named = set(Addressee.read(row.recipient).recipient.children)
        if flag := suppressed_by(flags):
            reasons[row.id] = flag
        elif not named <= offered.get(family_id, set()):
            reasons[row.id] = OFFER_CHANGED
    take_out(session, reasons, now=now)
    return reasons


def take_out(session: Session, reasons: Mapping[UUID, str], *, now: datetime) -> None:
    """Withdraw messages one by one, each with why as its evidence."""
    for message_id, reason in reasons.items():
        session.execute(
            update(OutgoingMessage)
            .where(OutgoingMessage.id == message_id, OutgoingMessage.state.in_(UNSENT))
            .values(state=State.WITHDRAWN, evidence={"refused": reason})
        )
        trail.keep(session, "refuse", "outgoing_message", message_id, now=now, reason=reason)
