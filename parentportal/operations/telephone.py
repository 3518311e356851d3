"""Whom an officer rings up: the family's own facts, in the voice that a letter to them would have.

The voice follows from the same choice as a letter's. A family that has drawn no lot yet hears the
neutral one wherever voices are compared: a call must not tell it more than its letters will.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, terms_of
from messaging.languages import ENGLISH
from messaging.printable import fold
from messaging.scripts import build_script
from messaging.trials.plan import NEUTRAL_SHARE
from messaging.variants import Arm, load_variant
from messaging.wording import written_languages
from parentportal.access_codes import AccessCode, CodeMistyped
from parentportal.intake.rows import CarerEntry
from parentportal.models import (
    Campaign,
    Carer,
    Child,
    Family,
    GroupSession,
    Invitation,
    Invitee,
    InviteeState,
    Suppression,
    TrialFamily,
)
from parentportal.operations import trail
from parentportal.operations.council import council_in_force
from parentportal.operations.groups import CAMPAIGN as GROUP_INVITATION
from parentportal.operations.groups import LONDON, invitation_details
from parentportal.operations.mailings import suppressed_by
from parentportal.operations.matching import name_key
from parentportal.operations.open_offers import named_anyway, named_for, open_children
from parentportal.operations.recipients import segments_known
from parentportal.operations.writing import choose
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.locked import Details
    from messaging.scripts import Script
    from parentportal.models import Officer
    from parentportal.operations.open_offers import Named


@dataclass(frozen=True, slots=True)
class Call:
    """What an officer has before them for one family; of the voice it says nothing.

    Attributes:
        carer: who is rung up; its family is loaded.
        language: the language of the call.
        script: what is said, or none.
        refused: why there is none, as a code; or empty.
        unnamed: why a child of theirs is not named in it, as codes.
    """

    carer: Carer
    language: str
    script: Script | None = None
    refused: str = ""
    unnamed: tuple[str, ...] = ()


def find_carers(session: Session, typed: str) -> Sequence[Carer]:
    """Whoever has this family reference, this name as a whole, or this access code; two queries.

    Case does not count. Their families are loaded.
    """
    wanted = [
        Family.reference_key == fold(typed),
        Carer.name_key == name_key(CarerEntry(typed)),
    ]
    try:
        invited = select(Invitation.carer_id).where(
            Invitation.code_key == AccessCode.parse(typed).digest()
        )
        wanted.append(Carer.id.in_(invited))
    except CodeMistyped:
        pass
    return session.scalars(
        select(Carer)
        .join(Carer.family)
        .options(joinedload(Carer.family))
        .where(or_(*wanted))
        .order_by(Family.reference, Carer.created_at, Carer.position, Carer.id)
    ).all()


def read_script(
    session: Session,
    carer_id: UUID,
    campaign_key: str,
    *,
    language: str = "",
    now: datetime,
    by: Officer,
    portal_link: str | None = None,
) -> Call:
    """The script for a call to one carer; the trail keeps that it was read.

    Args:
        session: the transaction; the caller owns it.
        carer_id: who is rung up.
        campaign_key: what the call is about.
        language: the language of the call; empty for the carer's own, or English without a script.
        now: when.
        by: the officer who rings.
        portal_link: where parents reach the portal; as the council has set it by default.

    Raises:
        NotThere: no such carer, or no script for that.
    """
    carer = session.get(Carer, carer_id, options=[joinedload(Carer.family)])
    written = written_languages(f"{campaign_key}/script")
    if carer is None or not written or (language and language not in written):
        raise NotThere
    campaign = load_campaign(campaign_key)
    version = choose(
        campaign_key,
        Channel.LETTER,
        carer,
        segments_known(session, now.date(), [carer.id]).get(carer.id),
        arm=_arm(session, campaign_key, carer.family_id),
        shelf=load_variant,
    ).variant
    own = version.language if version.language in written else ENGLISH
    spoken = language or own
    stopped = _stopped(session, carer, campaign_key)
    if stopped:
        return Call(carer, spoken, refused=stopped)
    named = _named(session, carer, campaign_key)
    if campaign.offer and not named.children:
        return Call(carer, spoken, refused=named.refused[0] if named.refused else "no-children")
    recipient = Recipient(
        carer.name, spoken, children=named.children, recorded_by=named.recorded_by
    )
    try:
        terms = terms_of(
            campaign_key,
            spoken,
            recipient,
            council_in_force(session),
            dated=now.astimezone(LONDON).date(),
            details=_meeting(session, carer.id, campaign_key, now),
            portal_link=portal_link,
        )
        script = build_script(terms, recipient, version.name, caller=by.name)
    except CompositionRefused as refused:
        return Call(carer, spoken, refused=refused.code)
    trail.keep(
        session,
        "read-script",
        "carer",
        carer.id,
        now=now,
        by=by,
        campaign=campaign_key,
        language=spoken,
    )
    return Call(carer, spoken, script, unnamed=named.refused)


def _named(session: Session, carer: Carer, campaign_key: str) -> Named:
    offer = load_campaign(campaign_key).offer
    theirs = open_children(session, Child.family_id == carer.family_id, every=True)
    children = theirs.get(carer.family_id, ())
    return named_for(offer, children) if offer else named_anyway(children)


def _stopped(session: Session, carer: Carer, campaign_key: str) -> str:
    """Why nobody rings this carer about it, or empty: a flag, or what they asked us to stop."""
    campaign = load_campaign(campaign_key)
    if flag := suppressed_by(carer.family.flags, solicited=campaign.solicited):
        return flag
    reason = session.scalar(
        select(Suppression.reason)
        .where(
            Suppression.carer_id == carer.id,
            Suppression.channel.is_(None),
            Suppression.lifted_at.is_(None),
            or_(Suppression.purpose.is_(None), Suppression.purpose == campaign.purpose),
        )
        .limit(1)
    )
    return str(reason) if reason else ""


def _arm(session: Session, campaign_key: str, family_id: UUID) -> Arm:
    """What a family drew; neutral before it draws, wherever there is something to compare."""
    tried = load_campaign(campaign_key).follows or campaign_key
    found = session.execute(
        select(Campaign.neutral_share, TrialFamily.arm)
        .outerjoin(
            TrialFamily,
            and_(TrialFamily.campaign_id == Campaign.id, TrialFamily.family_id == family_id),
        )
        .where(Campaign.key == tried)
    ).one_or_none()
    share, drawn = found or (NEUTRAL_SHARE, None)
    if drawn is not None:
        return Arm(drawn)
    return Arm.NEUTRAL if share else Arm.TAILORED


def _meeting(session: Session, carer_id: UUID, campaign_key: str, now: datetime) -> Details | None:
    """The next meeting that this carer is drawn for; a link of theirs cannot be said aloud."""
    if campaign_key != GROUP_INVITATION:
        return None
    meeting = session.scalar(
        select(GroupSession)
        .join(Invitee)
        .where(
            Invitee.carer_id == carer_id,
            Invitee.state.in_((InviteeState.PENDING, InviteeState.ACCEPTED)),
            GroupSession.starts_at > now,
        )
        .order_by(GroupSession.starts_at)
        .limit(1)
    )
    return invitation_details(meeting) if meeting else None
