"""Whether a family may be written to once more, and by which channel; no segment comes into it.

A school year is the council's year of counting, from 1 September to 31 August. The limits are those
of the ICO's guidance on direct marketing and of good practice: one offer and one follow-up, then
silence, and at most four unsolicited contacts over all purposes.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from messaging.campaigns import Campaign, load_campaign
from messaging.channels import Channel

MOST_CONTACTS = 4
"""Unsolicited contacts of a family in one school year, over all purposes."""

USUAL_CHANNELS: tuple[Channel, ...] = (Channel.LETTER, Channel.EMAIL)
"""What a campaign asks for unless an officer says otherwise: each that there is."""

_SEPTEMBER = 9


class TooOften(StrEnum):
    """Why somebody is not written to once more this school year."""

    OFFER = "offer-made-this-year"
    FOLLOW_UP = "followed-up-this-year"
    CONTACTS = "contacts-this-year"


@dataclass(frozen=True, slots=True)
class Contact:
    """One mailing that reached one carer, by however many channels.

    Attributes:
        campaign: the campaign's key.
        lot: which mailing of that campaign.
        carer_id: whom it reached.
    """

    campaign: str
    lot: str
    carer_id: UUID


def school_year(day: date) -> int:
    """The year in which the school year of a day began."""
    return day.year if day.month >= _SEPTEMBER else day.year - 1


def days_of_school_year(year: int) -> tuple[date, date]:
    """The first day of a school year, and the first of the next."""
    return date(year, _SEPTEMBER, 1), date(year + 1, _SEPTEMBER, 1)


def lot_of(campaign: Campaign, lot: str, dated: date) -> str:
    """What a mailing is called: an offer without a name of its own by its school year, `2026-27`.

    So the same offer can be made again in the next school year, and not before.
    """
    year = school_year(dated)
    return lot or (f"{year}-{(year + 1) % 100:02}" if campaign.offer else "")


def too_often(
    campaign: Campaign, lot: str, carer_id: UUID, family: Iterable[Contact]
) -> TooOften | None:
    """Why this mailing may not go to this carer, or none.

    Two carers of a family get the same mailing: that is one contact of the family. What answers
    something the family did counts for nothing, and nothing counts against it.

    Args:
        campaign: what is to be sent.
        lot: which mailing of it.
        carer_id: who is to get it.
        family: the family's contacts of the same school year; this mailing's own do not count.
    """
    if campaign.solicited:
        return None
    others = [one for one in family if (one.campaign, one.lot) != (campaign.key, lot)]
    mine = [load_campaign(one.campaign) for one in others if one.carer_id == carer_id]
    if campaign.offer and any(_same_offer(campaign, before) for before in mine):
        return TooOften.FOLLOW_UP if campaign.follows else TooOften.OFFER
    unasked = {
        (one.campaign, one.lot) for one in others if not load_campaign(one.campaign).solicited
    }
    return TooOften.CONTACTS if len(unasked) >= MOST_CONTACTS else None


def _same_offer(campaign: Campaign, before: Campaign) -> bool:
    """Whether both make the same offer, or both follow it up."""
    return campaign.offer == before.offer and bool(campaign.follows) == bool(before.follows)


def ways_to_write(
    open_to: Collection[Channel], asked: Sequence[Channel], preferred: Channel | None
) -> tuple[Channel, ...]:
    """The channels of one message to one carer: theirs, else the campaign's, else a letter.

    Args:
        open_to: those by which the carer can be reached and may be written to.
        asked: those the campaign asks for.
        preferred: the one the carer asked for, or none.
    """
    if preferred in open_to and preferred is not None:
        return (preferred,)
    by_campaign = tuple(channel for channel in asked if channel in open_to)
    return by_campaign or tuple(channel for channel in (Channel.LETTER,) if channel in open_to)
