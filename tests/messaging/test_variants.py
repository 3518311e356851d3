from dataclasses import replace
from importlib.resources import files

import pytest

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.languages import LANGUAGES, read_language
from messaging.variants import (
    Arm,
    ChoiceReason,
    ReviewStatus,
    VariantName,
    VariantNotWrittenError,
    load_variant,
    review_register,
    select_variant,
    voices,
)
from segmentation.segments import Segment
from tests.messaging.families import COPIES, VERSIONS

PTB = load_campaign("ptb-offer")


def chosen(language="en_GB", segment=Segment.PIONEER, arm=Arm.TAILORED, objected=False, **more):
    choice = select_variant(
        PTB, Channel.LETTER, language, segment, arm=arm, objected=objected, **more
    )
    return choice.variant.name, choice.variant.language, choice.reason


@pytest.mark.parametrize("segment", Segment)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_known_segment_in_the_tailored_arm_gets_its_own_words(segment, language):
    assert chosen(language, segment) == (
        VariantName(segment.value),
        language,
        ChoiceReason.TAILORED,
    )


def test_everybody_else_gets_the_neutral_words_with_the_reason():
    neutral = VariantName.NEUTRAL
    assert chosen(segment=None) == (neutral, "en_GB", ChoiceReason.NO_SEGMENT)
    assert chosen(arm=Arm.NEUTRAL) == (neutral, "en_GB", ChoiceReason.NEUTRAL_ARM)
    assert chosen(objected=True) == (neutral, "en_GB", ChoiceReason.OBJECTION)
    assert chosen("fr") == (neutral, "en_GB", ChoiceReason.NOT_WRITTEN)
    assert chosen("ur", typed_languages=("en_GB",)) == (
        neutral,
        "ur",
        ChoiceReason.LANGUAGE_NOT_TYPED,
    )


def test_an_objection_wins_over_the_lot():
    assert chosen(arm=Arm.NEUTRAL, objected=True)[2] is ChoiceReason.OBJECTION


def test_a_channel_without_copy_is_said_to_have_none():
    def letters_only(campaign, language, name, channel):
        if channel is not Channel.LETTER:
            raise VariantNotWrittenError(channel)
        return load_variant(campaign, language, name, channel)

    assert chosen(shelf=letters_only)[0] is VariantName.PIONEER
    with pytest.raises(VariantNotWrittenError):
        select_variant(
            PTB,
            Channel.SMS,
            "en_GB",
            None,
            arm=Arm.TAILORED,
            objected=False,
            shelf=letters_only,
        )


def test_a_language_of_one_campaign_only_falls_back_to_english():
    english_only = replace(PTB, languages=("en_GB",))
    choice = select_variant(
        english_only, Channel.LETTER, "pl", Segment.SETTLER, arm=Arm.TAILORED, objected=False
    )
    assert (choice.variant.language, choice.variant.name) == ("en_GB", VariantName.NEUTRAL)


@pytest.mark.parametrize(("campaign", "language", "name"), VERSIONS)
def test_every_version_is_written_and_no_two_are_the_same(campaign, language, name):
    tone = load_variant(campaign, language, name).tone()
    others = [
        load_variant(campaign, language, other).tone()
        for other in voices(load_campaign(campaign))
        if other != name
    ]
    assert all(text.strip() for _, text in tone)
    assert tone not in others


def test_every_translation_awaits_its_review_until_somebody_says_otherwise():
    register = review_register()
    beside = ("locked", "form", "paper", "pack", "ptb-offer/script", "survey-invitation/easy-read")
    assert set(register) >= {
        *COPIES,
        *((part, language) for part in beside for language in LANGUAGES),
    }
    waiting = {key for key, status in register.items() if status is ReviewStatus.AWAITING_REVIEW}
    assert waiting == {key for key in register if key[1] != "en_GB"}
    assert (
        load_variant("ptb-offer", "cy", VariantName.NEUTRAL).review is ReviewStatus.AWAITING_REVIEW
    )


def test_no_words_of_the_copy_are_left_out_of_the_register():
    copy = files("messaging") / "copy"
    written = {
        str(file.relative_to(copy).parent)
        for file in copy.rglob("*.toml")
        if file.stem in LANGUAGES
    }
    assert {place for place, _ in review_register()} == written


@pytest.mark.parametrize(
    ("text", "language"),
    [("en", "en_GB"), ("en-gb", "en_GB"), (" CY ", "cy"), ("fr", None), ("", None)],
)
def test_a_language_is_read_as_people_write_it(text, language):
    assert read_language(text) == language
