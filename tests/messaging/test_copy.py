"""What the shipped wording must and must not be."""

import re

import pytest

from messaging.lexicon import banned_words
from messaging.placeholders import blanks_in
from messaging.variants import load_variant
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


def reading_age(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al. 1975) plus five years."""
    sentences = [s for s in re.split(r"[.?!:\n]+", text) if len(s.split()) > 2]
    words = re.findall(r"[A-Za-z']+", " ".join(sentences))
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59 + 5


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith("le") and groups > 1:
        groups -= 1
    return max(1, groups)
