"""What an invitee answers, by a signed link that says nothing about them."""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from itsdangerous import BadSignature, Signer
from sqlalchemy import select

from parentportal.models import GroupSession, Invitee, InviteeState, Trigger
from parentportal.operations import trail
from parentportal.operations.automatic import fire, rule_in_force
from parentportal.operations.council import council_in_force
from parentportal.operations.groups import invitation_details
from parentportal.refusals import NotThere, Refusal
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.models import OutgoingBatch

PURPOSE = "reply-link"


class LinkUnreadable(Refusal):
    """A reply link that was cut off, mistyped or made up."""

    code = "link-unreadable"


class MeetingBegun(Refusal):
    """The meeting has begun, or is over: there is nothing to reply to any more."""

    code = "meeting-begun"


class ReplyClosed(Refusal):
    """This place is not held for the invitee any more."""

    code = "reply-closed"


class Reply(StrEnum):
    """What an invitee can answer."""

    ACCEPT = "accept"
    DECLINE = "decline"


STEPS: Mapping[tuple[InviteeState, Reply], InviteeState] = MappingProxyType(
    {
        (InviteeState.PENDING, Reply.ACCEPT): InviteeState.ACCEPTED,
        (InviteeState.PENDING, Reply.DECLINE): InviteeState.DECLINED,
        (InviteeState.ACCEPTED, Reply.DECLINE): InviteeState.DECLINED,
        (InviteeState.DECLINED, Reply.ACCEPT): InviteeState.ACCEPTED,
    }
)
"""What follows what, until the meeting begins; the same reply again changes nothing."""


def may_reply(state: InviteeState) -> bool:
    """Whether a reply is open from here."""
    return any(state is before for before, _ in STEPS)


def reply(
    session: Session,
    invitee_id: UUID,
    answer: Reply,
    *,
    now: datetime,
    portal_link: str | None = None,
) -> Invitee:
    """Keep an invitee's reply; the same one again is harmless.

    Who accepts gets a confirmation, once, where a rule says so. It leads to ``portal_link``.

    Raises:
        NotThere: no such invitee.
        MeetingBegun: it is too late.
        ReplyClosed: the place is not held any more.
    """
    found = session.execute(
        select(Invitee, GroupSession.starts_at)
        .join(Invitee.session)
        .where(Invitee.id == invitee_id)
        .with_for_update(of=Invitee)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotThere
    invitee, starts_at = found
    if now >= starts_at:
        raise MeetingBegun
    if not may_reply(invitee.state):
        raise ReplyClosed
    after = STEPS.get((invitee.state, answer))
    if after is None:
        return invitee
    invitee.state, invitee.replied_at = after, now
    trail.keep(session, answer, "invitee", invitee.id, now=now)
    session.flush()
    if after is InviteeState.ACCEPTED:
        write_about_meeting(
            session, Trigger.INVITATION_ACCEPTED, invitee, now=now, portal_link=portal_link
        )
    return invitee


def write_about_meeting(
    session: Session,
    trigger: Trigger,
    invitee: Invitee,
    *,
    now: datetime,
    portal_link: str | None = None,
) -> OutgoingBatch | None:
    """Tell one who was drawn of the meeting, with their own reply link, by the rule in force."""
    if rule_in_force(session, trigger, now) is None:
        return None
    root = (portal_link or council_in_force(session).portal_url).rstrip("/")
    link = f"{root}/account/reply/{reply_token(invitee.id)}"
    return fire(
        session,
        trigger,
        invitee.carer_id,
        invitee.id,
        now=now,
        details=invitation_details(invitee.session, link),
        portal_link=portal_link,
    )


def reply_token(invitee_id: UUID) -> str:
    """What stands in an invitee's link: a random key and its signature, 50 characters."""
    return _signer().sign(base64.urlsafe_b64encode(invitee_id.bytes).rstrip(b"=")).decode()


def invitee_of(token: str) -> UUID:
    """The invitee whose link this is; whether there is such an invitee is another question.

    Raises:
        LinkUnreadable: when the service did not make it.
    """
    try:
        key = _signer().unsign(token)
        invitee = UUID(bytes=base64.urlsafe_b64decode(key + b"=="))
    except (BadSignature, ValueError, binascii.Error) as problem:
        raise LinkUnreadable from problem
    if token != reply_token(invitee):  # base64 spells some signatures in more ways than one
        raise LinkUnreadable
    return invitee


def _signer() -> Signer:
    return Signer(keyring_in_use().derive(PURPOSE), salt=PURPOSE)
