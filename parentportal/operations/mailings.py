"""What a mailing has to know of everybody before it writes to anybody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Self

from sqlalchemy import or_, select

from messaging.campaigns import LockedBlock, Purpose
from messaging.channels import Channel
from messaging.choosing import school_year, too_often, ways_to_write
from messaging.languages import ENGLISH
from messaging.lifecycle import State
from messaging.variants import VariantName, VariantNotWrittenError, load_variant
from parentportal.intake.vocabulary import Flag
from parentportal.models import Campaign as CampaignRow
from parentportal.models import Carer, Child, OutgoingMessage, Suppression
from parentportal.operations.addressees import UNREACHABLE
from parentportal.operations.contacts import CAME_TO_NOTHING, contacts_in, follow_ups
from parentportal.operations.open_offers import (
    named_anyway,
    named_for,
    open_children,
    to_young_person,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.campaigns import Campaign
    from messaging.choosing import Contact
    from parentportal.operations.addressees import Addressee
    from parentportal.operations.contacts import FollowUps
    from parentportal.operations.open_offers import Named, OpenChild

SUPPRESSING = frozenset(Flag) - {Flag.SHARED_PARENTING}
"""Flags of a family for which nothing is written by itself: an officer looks at it in person.

Parents who share the care are each written to.
"""

OPEN_CASES = frozenset(
    {
        Flag.APPEAL_OPEN,
        Flag.TRIBUNAL_OPEN,
        Flag.COMPLAINT_OPEN,
        Flag.HOSPITAL_STAY,
        Flag.SCHOOL_MOVE,
    }
)
"""Those that end again: meanwhile nobody writes unasked, and what a family asked for goes."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """What a mailing has to know of everybody before it writes to anybody.

    Attributes:
        campaign: what is to be sent.
        lot: which mailing of it.
        children: what is open to the children of each family.
        contacts: of each family, in the school year of the mailing.
        written: by which channels each carer has this mailing, whatever became of it.
        reached: who has it, or is about to.
        suppressed: why each carer is not written to by a channel; by none at all under none.
        follow_ups: for the follow-up of an offer, who was offered it and has answered.
        asked: the channels the campaign asks for.
    """

    campaign: Campaign
    lot: str
    children: Mapping[UUID, Sequence[OpenChild]]
    contacts: Mapping[UUID, Sequence[Contact]]
    written: Collection[tuple[UUID, Channel]]
    reached: Collection[UUID]
    suppressed: Mapping[UUID, Mapping[Channel | None, str]]
    follow_ups: FollowUps | None
    asked: Sequence[Channel]

    @classmethod
    def ask(
        cls,
        session: Session,
        campaign: Campaign,
        lot: str,
        *,
        dated: date,
        asked: Sequence[Channel],
        follow_up_weeks: int,
        carers: Sequence[UUID],
    ) -> Self:
        """Six queries at most."""
        written, reached = _written(session, campaign, lot)
        return cls(
            campaign,
            lot,
            children=_children(session, campaign, carers),
            contacts=contacts_in(session, school_year(dated)),
            written=written,
            reached=reached,
            suppressed=_suppressed(session, campaign),
            follow_ups=follow_ups(session, campaign, dated=dated, weeks=follow_up_weeks)
            if campaign.offer and campaign.follows
            else None,
            asked=[channel for channel in asked if _is_written(campaign, channel)],
        )

    def named(self, carer: Carer) -> Named:
        """The children a message to this carer is about."""
        children = self.children.get(carer.family_id, ())
        if self.campaign.offer:
            return named_for(self.campaign.offer, children)
        named = named_anyway(children)
        return to_young_person(named) if self.to_young_person else named

    @property
    def to_young_person(self) -> bool:
        """Whether it is not the carer who is written to, but their child of 16 or more."""
        return LockedBlock.YOUNG_PERSON in self.campaign.first

    def refuse(self, carer: Carer) -> str | None:
        """Why this carer is not written to at all, or none."""
        if flag := suppressed_by(carer.family.flags, solicited=self.campaign.solicited):
            return flag
        if everywhere := self.suppressed.get(carer.id, {}).get(None):
            return everywhere
        if self.follow_ups and (code := self.follow_ups.refuse(carer.id)):
            return code
        contacts = self.contacts.get(carer.family_id, ())
        return too_often(self.campaign, self.lot, carer.id, contacts)

    def ways(self, carer: Carer, addressee: Addressee) -> tuple[Channel, ...]:
        """By which channels to write to this carer now."""
        shut = self.suppressed.get(carer.id, {})
        there = {
            Channel.LETTER: addressee.recipient.address,
            Channel.EMAIL: addressee.email,
            Channel.SMS: addressee.phone,
        }
        open_to = {
            channel
            for channel, where in there.items()
            if where
            and channel not in shut
            and (carer.id, channel) not in self.written
            and _is_written(self.campaign, channel)
        }
        return ways_to_write(open_to, self.asked, carer.preferred_channel)

    def closed(self, carer: Carer, channels: Sequence[Channel], address: str | None) -> list[str]:
        """Why they are not written to by ways they want, or that the campaign asks for.

        Args:
            carer: who.
            channels: the ways that are left.
            address: why no letter can go to where they live, or none.
        """
        if carer.preferred_channel in channels:
            return []
        shut = self.suppressed.get(carer.id, {})
        wanted = [*([carer.preferred_channel] if carer.preferred_channel else []), *self.asked]
        if not channels:
            wanted.append(Channel.LETTER)
        codes = [shut[channel] for channel in wanted if channel in shut]
        if address and Channel.LETTER in wanted:
            codes.append(address)
        return list(dict.fromkeys(codes)) or ([] if channels else [UNREACHABLE])


def _children(
    session: Session, campaign: Campaign, carers: Sequence[UUID]
) -> Mapping[UUID, tuple[OpenChild, ...]]:
    """The children that a mailing may name: those with its offer, or all where it names any."""
    if campaign.offer:
        return open_children(session)
    if campaign.purpose is not Purpose.SERVICE and LockedBlock.YOUNG_PERSON not in campaign.first:
        return {}
    theirs = select(Carer.family_id).where(Carer.id.in_(carers))
    return open_children(session, Child.family_id.in_(theirs), every=True)


@cache
def _is_written(campaign: Campaign, channel: Channel) -> bool:
    """Whether there are words for a channel, in the language that everything is written in."""
    try:
        load_variant(campaign.key, ENGLISH, VariantName.NEUTRAL, channel)
    except VariantNotWrittenError:
        return False
    return True


def suppressed_by(flags: Iterable[str], *, solicited: bool = False) -> str | None:
    """The first of a family's flags for which nothing is written, or none.

    Args:
        flags: the family's.
        solicited: whether it answers something the family did: an open case keeps back nothing
            of that.
    """
    stopping = SUPPRESSING - OPEN_CASES if solicited else SUPPRESSING
    return next((str(flag) for flag in flags if flag in stopping), None)


def _written(
    session: Session, campaign: Campaign, lot: str
) -> tuple[set[tuple[UUID, Channel]], set[UUID]]:
    """By which channels who has this mailing already, and whom it reached; one query.

    The withdrawn may be written anew. What failed or came back is not tried again by that channel.
    """
    rows = session.execute(
        select(OutgoingMessage.carer_id, OutgoingMessage.channel, OutgoingMessage.state)
        .join(CampaignRow, CampaignRow.id == OutgoingMessage.campaign_id)
        .where(
            CampaignRow.key == campaign.key,
            OutgoingMessage.lot == lot,
            OutgoingMessage.state != State.WITHDRAWN,
        )
    ).all()
    written = {(carer_id, channel) for carer_id, channel, _ in rows}
    return written, {carer_id for carer_id, _, state in rows if state not in CAME_TO_NOTHING}


def _suppressed(
    session: Session, campaign: Campaign
) -> Mapping[UUID, Mapping[Channel | None, str]]:
    """Why who is not written to for this purpose, by channel; one query."""
    rows = session.execute(
        select(Suppression.carer_id, Suppression.channel, Suppression.reason)
        .where(
            Suppression.lifted_at.is_(None),
            or_(Suppression.purpose.is_(None), Suppression.purpose == campaign.purpose),
        )
        .order_by(Suppression.since.desc(), Suppression.id)
    )
    found: dict[UUID, dict[Channel | None, str]] = defaultdict(dict)
    for carer_id, channel, reason in rows:
        found[carer_id][channel] = str(reason)
    return found
