"""The campaigns: what each is about, where it may go, and which locked facts it carries.

A campaign is a folder of `copy`: `campaign.toml` says what it is, and a file for each language has
its words.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from messaging.channels import Channel
from messaging.languages import LANGUAGES
from messaging.offers import Offer


class LockedBlock(StrEnum):
    """The facts that stand in every version of a message alike."""

    OFFERS = "offers"
    MEETING = "meeting"
    SURVEY = "survey"
    AFTER_SURVEY = "after-survey"
    TIMELINE = "timeline"
    SCHOOL = "school"
    REVIEW = "review"
    THANKS = "thanks"
    CHANGES = "changes"
    YOUNG_PERSON = "young-person"
    ACTIONS = "actions"
    ANSWERS = "answers"
    CHOICE = "choice"
    TERMS = "terms"
    APPEAL = "appeal"
    HELP = "help"
    PRIVACY = "privacy"
    FORMATS = "formats"


class Purpose(StrEnum):
    """What a message is for; a carer can stop each purpose on each channel (PECR).

    What a young person stops is theirs alone: it stops nothing that their parent gets.
    """

    SURVEY = "survey"
    OFFER = "offer"
    CONSULTATION = "consultation"
    SERVICE = "service"
    YOUNG_PERSON = "young-person"


class About(StrEnum):
    """What a message needs to be told beside the family it goes to."""

    NOTHING = "nothing"
    MEETING = "meeting"
    SURVEY = "survey"
    REVIEW = "review"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One kind of message.

    Attributes:
        key: its name in files and commands.
        name: its name for officers; the title of its first copy.
        purpose: what a carer opts out of.
        offer: what is offered beside the travel a child has, or none.
        tailored: whether it is written for each segment; else there is the neutral version alone.
        solicited: whether it answers something the family did, and so counts against no cap.
        follows: the campaign that this one follows up, once; or empty.
        about: what it needs to be told beside the family.
        first: the facts that stand after the introduction, before what the reader can do.
        others: the facts that stand together at the end.
        languages: what it is written in: those with a file in its folder.
        channels: where its copy can go.
    """

    key: str
    name: str
    purpose: Purpose
    offer: Offer | None
    tailored: bool
    solicited: bool
    follows: str
    about: About
    first: tuple[LockedBlock, ...]
    others: tuple[LockedBlock, ...]
    languages: tuple[str, ...]
    channels: tuple[Channel, ...] = tuple(Channel)

    @property
    def carried(self) -> tuple[LockedBlock, ...]:
        """Every locked block of the long forms, in the order they print."""
        return (*self.first, LockedBlock.ACTIONS, *self.others)

    @property
    def to_young_person(self) -> bool:
        """Whether a young person reads it, so that nothing behind it is their parent's."""
        return self.first[:1] == (LockedBlock.YOUNG_PERSON,)


_COPY = files("messaging") / "copy"
_ORDER = (
    "survey-invitation",
    "survey-reminder",
    "survey-thanks",
    "first-contact",
    "ptb-offer",
    "ptb-follow-up",
    "itt-offer",
    "itt-follow-up",
    "mini-ptb-offer",
    "focus-group-invitation",
    "place-offered",
    "focus-group-confirmation",
    "focus-group-reminder",
    "focus-group-thanks",
    "focus-group-changes",
    "travel-review",
    "naming-a-school",
    "young-person",
    "call-back",
)
"""The order in which a family may meet them; a campaign that is not named comes last."""


def _keys() -> tuple[str, ...]:
    found = {folder.name for folder in _COPY.iterdir() if (folder / "campaign.toml").is_file()}
    named = [key for key in _ORDER if key in found]
    return (*named, *sorted(found.difference(named)))


CAMPAIGN_KEYS: tuple[str, ...] = _keys()


@cache
def load_campaign(key: str) -> Campaign:
    """The campaign of that key.

    Raises:
        KeyError: there is none.
    """
    if key not in CAMPAIGN_KEYS:
        raise KeyError(key)
    source = _COPY / key / "campaign.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    return Campaign(
        key=key,
        name=str(document["name"]),
        purpose=Purpose(document["purpose"]),
        offer=Offer(document["offer"]) if "offer" in document else None,
        tailored=document["tailored"] is True,
        solicited=document.get("solicited", False) is True,
        follows=str(document.get("follows", "")),
        about=About(document.get("about", About.NOTHING)),
        first=_blocks(document["first"]),
        others=_blocks(document["others"]),
        languages=tuple(
            language for language in LANGUAGES if (_COPY / key / f"{language}.toml").is_file()
        ),
    )


def _blocks(names: object) -> tuple[LockedBlock, ...]:
    if not isinstance(names, list):
        raise TypeError(names)
    return tuple(LockedBlock(name) for name in names)
