"""The voices of a campaign: the tone blocks of each, and which of them a family gets."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from messaging.campaigns import Campaign, load_campaign
from messaging.channels import Channel
from messaging.languages import ENGLISH, LANGUAGES
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

    TAILORED = "tailored"
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


@dataclass(frozen=True, slots=True)
class Variant:
    """The tone blocks of one version, with their blanks still open.

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
        review: where the wording stands.
    """

    campaign: str
    channel: Channel
    language: str
    name: VariantName
    subject: str
    opening: tuple[str, ...]
    facts: str
    actions: str
    closing: str
    review: ReviewStatus = ReviewStatus.WRITTEN

    def tone(self) -> tuple[tuple[str, str], ...]:
        """Every tone text with the name of its slot, in the order they print."""
        return (
            ("subject", self.subject),
            *(("opening", text) for text in self.opening),
            ("facts", self.facts),
            ("actions", self.actions),
            ("closing", self.closing),
        )


class VariantNotWrittenError(LookupError):
    """This campaign has no copy for that channel, language or version."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The version a family gets, and why."""

    variant: Variant
    reason: ChoiceReason


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
    source = files("messaging") / "copy" / campaign / language / f"{name}.toml"
    if language not in LANGUAGES or not source.is_file():
        raise VariantNotWrittenError(f"{campaign} has no {name} copy in {language}")
    copy = tomllib.loads(source.read_text(encoding="utf-8"))
    return Variant(
        campaign=campaign,
        channel=channel,
        language=language,
        name=name,
        subject=copy["subject"],
        opening=tuple(copy["opening"]),
        facts=copy["facts"],
        actions=copy["actions"],
        closing=copy["closing"],
        review=review_register()[campaign, language],
    )


@cache
def review_register() -> dict[tuple[str, str], ReviewStatus]:
    """Where each campaign's wording stands in each language: (campaign, language) to status."""
    source = files("messaging") / "copy" / "review.toml"
    register = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        (campaign, language): ReviewStatus(status)
        for campaign, languages in register.items()
        for language, status in languages.items()
    }


def select_variant(  # noqa: PLR0911 -- each is a ground of its own for the choice
    campaign: Campaign,
    channel: Channel,
    language: str,
    segment: Segment | None,
    *,
    arm: Arm,
    objected: bool,
    typed_languages: Collection[str] = LANGUAGES,
) -> Choice:
    """The version for a family: tailored where that is allowed and written, else neutral.

    Args:
        campaign: what is sent.
        channel: how; never chosen by the segment.
        language: the carer's; one that is not written gets English, neutral.
        segment: the carer's, or none if unassigned.
        arm: the trial's arm of the family.
        objected: whether the carer has said no to tailoring; this wins from that moment.
        typed_languages: languages whose typing is held to be as good as in English.

    Raises:
        VariantNotWrittenError: the campaign is not written for the channel at all.
    """

    def neutral(reason: ChoiceReason, in_language: str = language) -> Choice:
        return Choice(load_variant(campaign.key, in_language, VariantName.NEUTRAL, channel), reason)

    if language not in campaign.languages:
        return neutral(ChoiceReason.NOT_WRITTEN, ENGLISH)
    if objected:
        return neutral(ChoiceReason.OBJECTION)
    if arm is Arm.NEUTRAL:
        return neutral(ChoiceReason.NEUTRAL_ARM)
    if segment is None:
        return neutral(ChoiceReason.NO_SEGMENT)
    if language not in typed_languages:
        return neutral(ChoiceReason.LANGUAGE_NOT_TYPED)
    try:
        variant = load_variant(campaign.key, language, VariantName(segment.value), channel)
    except VariantNotWrittenError:
        return neutral(ChoiceReason.NOT_WRITTEN)
    return Choice(variant, ChoiceReason.TAILORED)
