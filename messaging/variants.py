"""The voices of a campaign: the tone blocks of each, and which of them a family gets."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from messaging.campaigns import Campaign, load_campaign
from messaging.channels import Channel
from messaging.languages import ENGLISH, LANGUAGES, language_beside
from messaging.wording import copy_places
from segmentation.segments import Segment


class VariantName(StrEnum):
    """The versions of a message: one for everybody, and one for each segment."""

    NEUTRAL = "neutral"
    SETTLER = "settler"
    PROSPECTOR = "prospector"
    PIONEER = "pioneer"


class Arm(StrEnum):
    """The two arms of a campaign's trial."""

    TAILORED = "tailored"
    NEUTRAL = "neutral"


class ChoiceReason(StrEnum):
    """Why a family gets the version it gets."""

    CHOSEN = "chosen"
    TAILORED = "tailored"
    NOT_TAILORED = "not-tailored"
    NO_SEGMENT = "no-segment"
    OBJECTION = "objection"
    NEUTRAL_ARM = "neutral-arm"
    NOT_WRITTEN = "not-written"
    LANGUAGE_NOT_TYPED = "language-not-typed"


class ReviewStatus(StrEnum):
    """Where the wording of a language stands."""

    WRITTEN = "written"
    AWAITING_REVIEW = "awaiting review by a native speaker"
    REVIEWED = "reviewed by a native speaker"


SLOTS = ("subject", "opening", "facts", "actions", "closing")
"""The tone of a letter or an email, in the order it prints."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The tone blocks of one version, with their blanks still open.

    Each is text in the Markdown subset of :mod:`messaging.markup`.

    Attributes:
        campaign: the campaign's key.
        channel: the way out it is meant for.
        language: the language it is written in.
        name: which version it is; never printed.
        subject: the title.
        opening: the first paragraphs.
        facts: what leads to the first locked facts.
        actions: what leads to what a parent can do.
        closing: the last words before the name.
        sms: the one sentence of a text message.
        review: where the wording stands.
    """

    campaign: str
    channel: Channel
    language: str
    name: VariantName
    subject: str = ""
    opening: str = ""
    facts: str = ""
    actions: str = ""
    closing: str = ""
    sms: str = ""
    review: ReviewStatus = ReviewStatus.WRITTEN

    def tone(self) -> tuple[tuple[str, str], ...]:
        """Every tone text of the channel with the name of its slot, in the order they print."""
        if self.channel is Channel.SMS:
            return (("sms", self.sms),)
        return tuple((slot, getattr(self, slot)) for slot in SLOTS)


class VariantNotWrittenError(LookupError):
    """This campaign has no copy for that channel, language or version."""


Shelf = Callable[[str, str, VariantName, Channel], Variant]
"""Where copy is found: campaign, language, version and channel to the words in use.

It raises `VariantNotWrittenError` where there are none. `load_variant` is the shelf as shipped; a
council that has edited its copy brings one of its own.
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """The version a family gets, and why.

    Attributes:
        variant: its words.
        reason: why this one.
        beside: the same version in the language that the letter carries as well, or none.
    """

    variant: Variant
    reason: ChoiceReason
    beside: Variant | None = None


def voices(campaign: Campaign) -> tuple[VariantName, ...]:
    """The versions a campaign is written in, the neutral one first."""
    return tuple(VariantName) if campaign.tailored else (VariantName.NEUTRAL,)


@cache
def load_variant(
    campaign: str, language: str, name: VariantName, channel: Channel = Channel.LETTER
) -> Variant:
    """The shipped copy of one version.

    Raises:
        VariantNotWrittenError: there is none.
    """
    if channel not in load_campaign(campaign).channels:
        raise VariantNotWrittenError(f"{campaign} is not written for {channel}")
    copy = _copy(campaign, language)
    own = copy.get(name, {})
    slots = ("sms",) if channel is Channel.SMS else SLOTS
    if any(not own.get(slot, "").strip() for slot in slots):
        raise VariantNotWrittenError(f"{campaign} has no {name} {channel} in {language}")
    return Variant(
        campaign=campaign,
        channel=channel,
        language=language,
        name=name,
        review=ReviewStatus(copy["review"]),
        **{slot: text.strip() for slot, text in own.items()},
    )


@cache
def _copy(folder: str, language: str) -> Mapping[str, Any]:
    source = files("messaging") / "copy" / folder / f"{language}.toml"
    if language not in LANGUAGES or not source.is_file():
        return {}
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def review_register() -> dict[tuple[str, str], ReviewStatus]:
    """Where each wording stands in each language: (folder of the copy, language) to status.

    A campaign's folder is its key; what is said or printed beside its messages stands below it.
    """
    return {
        (folder, language): ReviewStatus(_copy(folder, language)["review"])
        for folder in copy_places()
        for language in LANGUAGES
        if _copy(folder, language)
    }


def select_variant(
    campaign: Campaign,
    channel: Channel,
    language: str,
    segment: Segment | None,
    *,
    arm: Arm,
    objected: bool,
    chosen: VariantName | None = None,
    typed_languages: Collection[str] = LANGUAGES,
    shelf: Shelf = load_variant,
) -> Choice:
    """The version for a family: tailored where that is allowed and written, else neutral.

    A carer's own choice of how we write comes first, and it is no profiling: it holds whatever
    the lot or the answers say. An objection forgets the choice that was made before it.

    Args:
        campaign: what is sent.
        channel: how; never chosen by the segment.
        language: the carer's; one that is not written gets English, neutral.
        segment: the carer's, or none if unassigned.
        arm: the trial's arm of the family.
        objected: whether the carer has said no to tailoring; this wins from that moment.
        chosen: the version the carer has picked from the samples, or none.
        typed_languages: languages whose typing is held to be as good as in English.
        shelf: where the words in use are found.

    Raises:
        VariantNotWrittenError: the campaign is not written for the channel at all.
    """
    if not _is_written(campaign, language, channel, shelf):
        neutral = shelf(campaign.key, ENGLISH, VariantName.NEUTRAL, channel)
        return Choice(neutral, ChoiceReason.NOT_WRITTEN)
    typed = language in typed_languages
    name, reason = _voice(campaign, segment, arm=arm, objected=objected, chosen=chosen, typed=typed)
    try:
        variant = shelf(campaign.key, language, name, channel)
    except VariantNotWrittenError:
        name, reason = VariantName.NEUTRAL, ChoiceReason.NOT_WRITTEN
        variant = shelf(campaign.key, language, name, channel)
    return Choice(variant, reason, version_beside(variant, shelf))


def version_beside(variant: Variant, shelf: Shelf = load_variant) -> Variant | None:
    """The words that a letter carries beside a version's own: those of a letter in Welsh.

    Raises:
        VariantNotWrittenError: they are not written.
    """
    beside = language_beside(variant.language)
    if variant.channel is not Channel.LETTER or not beside:
        return None
    return shelf(variant.campaign, beside, variant.name, variant.channel)


def _voice(
    campaign: Campaign,
    segment: Segment | None,
    *,
    arm: Arm,
    objected: bool,
    chosen: VariantName | None,
    typed: bool,
) -> tuple[VariantName, ChoiceReason]:
    """Which version, by the grounds in their order, and the ground."""
    grounds = (
        (not campaign.tailored, ChoiceReason.NOT_TAILORED),
        (chosen is not None, ChoiceReason.CHOSEN),
        (objected, ChoiceReason.OBJECTION),
        (arm is Arm.NEUTRAL, ChoiceReason.NEUTRAL_ARM),
        (segment is None, ChoiceReason.NO_SEGMENT),
        (not typed, ChoiceReason.LANGUAGE_NOT_TYPED),
    )
    reason = next((ground for holds, ground in grounds if holds), ChoiceReason.TAILORED)
    if reason is ChoiceReason.CHOSEN and chosen is not None:
        return chosen, reason
    if reason is ChoiceReason.TAILORED and segment is not None:
        return VariantName(segment.value), reason
    return VariantName.NEUTRAL, reason


def _is_written(campaign: Campaign, language: str, channel: Channel, shelf: Shelf) -> bool:
    if language not in campaign.languages:
        return False
    try:
        shelf(campaign.key, language, VariantName.NEUTRAL, channel)
    except VariantNotWrittenError:
        return False
    return True
