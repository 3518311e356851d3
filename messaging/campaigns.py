"""The campaigns: what each is about, where it may go, and which locked facts it carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from messaging.channels import Channel
from messaging.languages import LANGUAGES
from messaging.offers import Offer


class LockedBlock(StrEnum):
    """The facts that stand in every version of a message alike."""

    OFFERS = "offers"
    MEETING = "meeting"
    ACTIONS = "actions"
    ANSWERS = "answers"
    CHOICE = "choice"
    TERMS = "terms"
    HELP = "help"
    PRIVACY = "privacy"
    FORMATS = "formats"


class Purpose(StrEnum):
    """What a message is for; a carer can stop each purpose on each channel (PECR)."""

    OFFER = "offer"
    CONSULTATION = "consultation"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One kind of message.

    Attributes:
        key: its name in files and commands.
        name: its name for officers; the title of its first copy.
        purpose: what a carer opts out of.
        channels: where its copy can go.
        languages: what it is written in.
        offer: what is offered beside the travel a child has, or none.
    """

    key: str
    name: str
    purpose: Purpose
    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    offer: Offer | None


_LONG_FORMS = (Channel.LETTER, Channel.EMAIL)

_CAMPAIGNS: Mapping[str, Campaign] = {
    campaign.key: campaign
    for campaign in (
        Campaign(
            key="ptb-offer",
            name="A Personal Transport Budget for your family",
            purpose=Purpose.OFFER,
            channels=_LONG_FORMS,
            languages=LANGUAGES,
            offer=Offer.PTB,
        ),
        Campaign(
            key="focus-group-invitation",
            name="An invitation to talk about travel to school",
            purpose=Purpose.CONSULTATION,
            channels=_LONG_FORMS,
            languages=LANGUAGES,
            offer=None,
        ),
    )
}

CAMPAIGN_KEYS: tuple[str, ...] = tuple(_CAMPAIGNS)

CARRIED: Mapping[str, tuple[LockedBlock, ...]] = {
    "ptb-offer": (
        LockedBlock.OFFERS,
        LockedBlock.ACTIONS,
        LockedBlock.ANSWERS,
        LockedBlock.CHOICE,
        LockedBlock.TERMS,
        LockedBlock.HELP,
        LockedBlock.PRIVACY,
        LockedBlock.FORMATS,
    ),
    "focus-group-invitation": (
        LockedBlock.MEETING,
        LockedBlock.ACTIONS,
        LockedBlock.ANSWERS,
        LockedBlock.HELP,
        LockedBlock.PRIVACY,
        LockedBlock.FORMATS,
    ),
}
"""Which facts each message carries, in the order they print.

The first stands after the introduction, the second after the words that lead to it, the others
together. None carries the stages of appeal: neither tells a decision, and both say so.
"""


def load_campaign(key: str) -> Campaign:
    """The campaign of that key.

    Raises:
        KeyError: there is none.
    """
    return _CAMPAIGNS[key]
