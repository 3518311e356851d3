"""What the shipped wording must and must not be."""

import re

import pytest

from messaging.channels import Channel
from messaging.checks import MOST_PARTS
from messaging.lexicon import banned_words
from messaging.placeholders import blanks_in
from messaging.sms import Alphabet, cut
from messaging.variants import load_variant
from segmentation.readability import reading_age
from tests.messaging.families import VERSIONS, message

ENGLISH_VERSIONS = [(key, name) for key, language, name in VERSIONS if language == "en_GB"]
NAMES_OF_SEGMENTS = re.compile(r"settler|prospector|pioneer", re.IGNORECASE)
TONE_MAY_NAME = {"name", "children", "council_name", "contact_name"}
OLDEST_READER = 12  # years


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_no_parent_reads_the_name_of_a_segment(campaign, language, variant):
    made = message(campaign, language, variant)
    for form in (made.plain_text(), made.html(), made.to_json()):
        assert not NAMES_OF_SEGMENTS.search(form)
        assert not re.search(r"posterior|segment|score", form, re.IGNORECASE)


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_no_version_presses_flatters_or_threatens(campaign, language, variant):
    """The facts may say what a council must do; the words around them press nobody."""
    for _, text in load_variant(campaign, language, variant).tone():
        assert banned_words(text, language) == ()


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_tone_names_people_and_no_terms(campaign, language, variant):
    for _, text in load_variant(campaign, language, variant).tone():
        assert set(blanks_in(text)) <= TONE_MAY_NAME


@pytest.mark.parametrize(("campaign", "variant"), ENGLISH_VERSIONS)
def test_a_twelve_year_old_can_read_the_english(campaign, variant):
    made = message(campaign, "en_GB", variant)
    text = re.sub(r"https?://\S+|\S+\.example\S*", "", made.plain_text())
    assert reading_age(text) <= OLDEST_READER


@pytest.mark.parametrize(("campaign", "variant"), ENGLISH_VERSIONS)
def test_no_english_tone_sentence_runs_on(campaign, variant):
    for _, text in load_variant(campaign, "en_GB", variant).tone():
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            assert len(sentence.split()) <= 20, sentence


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_a_text_message_fits_two_parts_with_a_familys_own_link(campaign, language, variant):
    """Beyond GSM-7 a part holds less than half as much, and a text may take one more."""
    if not load_variant(campaign, language, variant).sms:
        pytest.skip("this text is not written yet")
    text = cut(text_message(campaign, language, variant))
    if language == "en_GB":
        assert text.outside == ()
    assert len(text.parts) <= (2 if text.alphabet is Alphabet.GSM_7 else MOST_PARTS), text.units


@pytest.mark.parametrize(("campaign", "variant"), ENGLISH_VERSIONS)
def test_an_english_text_message_is_one_sentence(campaign, variant):
    sentence = load_variant(campaign, "en_GB", variant, Channel.SMS).sms
    assert sentence.endswith((".", "?"))
    assert not re.search(r"[.?!;]\s", sentence)
    assert len(sentence.split()) <= 30


@pytest.mark.parametrize(("campaign", "variant"), ENGLISH_VERSIONS)
def test_a_twelve_year_old_can_read_an_english_text_message(campaign, variant):
    assert reading_age(load_variant(campaign, "en_GB", variant, Channel.SMS).sms) <= OLDEST_READER


def text_message(campaign, language, variant):
    link = "https://travel.exampleshire.example/m/Q7w-ZkT3vN1sYx8LbR2mDA"
    return message(campaign, language, variant, channel=Channel.SMS, portal_link=link).plain_text()
