import re
from dataclasses import replace
from itertools import pairwise

import pytest

from messaging.campaigns import load_campaign
from messaging.composition import CompositionRefused, terms_of
from messaging.council import demonstration_council
from messaging.facts import locked_text
from messaging.lexicon import banned_words, unmatched
from messaging.placeholders import blanks_in
from messaging.scripts import StepKind, build_script, script_tone
from messaging.variants import VariantName
from messaging.wording import copy_of, written_languages
from segmentation.readability import reading_age
from tests.messaging.families import DATED, MEETING, ROBIN, SAM, message, recipient

SCRIPTED = ("ptb-offer", "itt-offer", "focus-group-invitation")
WRITTEN = [(key, language) for key in SCRIPTED for language in written_languages(f"{key}/script")]
CALLS = [(*one, version) for one in WRITTEN for version in VariantName]


def script(campaign="ptb-offer", version=VariantName.NEUTRAL, language="en_GB", to=None, **more):
    to = to or recipient(SAM, ROBIN, language=language)
    terms = terms_of(campaign, language, to, demonstration_council(), dated=DATED, **more)
    return build_script(terms, to, version, caller="Pat Sample")


@pytest.mark.parametrize(("campaign", "language"), WRITTEN)
def test_the_same_facts_are_read_out_whatever_the_version(campaign, language):
    neutral, *others = (script(campaign, version, language).facts() for version in VariantName)
    assert neutral
    assert all(facts == neutral for facts in others)


@pytest.mark.parametrize(("campaign", "language"), WRITTEN)
def test_what_is_read_out_is_what_the_letter_says(campaign, language):
    spoken = "\n".join(step.text for step in script(campaign, language=language).facts())
    letter = message(campaign, language, VariantName.NEUTRAL, SAM, ROBIN)
    carried = {*load_campaign(campaign).carried} - {"privacy", "formats"}
    for block in letter.blocks:
        if block.locked and block.part in carried and hasattr(block, "text"):
            assert block.text in spoken


@pytest.mark.parametrize(("campaign", "language", "version"), CALLS)
def test_an_officers_own_words_hold_no_fact_that_is_not_read_out(campaign, language, version):
    locked = locked_text(message(campaign, language, VariantName.NEUTRAL, SAM, ROBIN))
    for line in script_tone(copy_of(f"{campaign}/script", language), version):
        plain = re.sub(r"\(\(\w+\)\)", " ", line)
        assert unmatched(plain, locked, language) == (), line
        assert banned_words(plain, language) == (), line
        assert not re.search(r"[0-9£€$%@]|https?:|www\.", line)
        assert set(blanks_in(line)) <= {"caller", "name", "children", "council_name"}


@pytest.mark.parametrize(("campaign", "language", "version"), CALLS)
def test_a_call_leaves_room_to_answer_and_offers_it_in_writing(campaign, language, version):
    steps = script(campaign, version, language).steps
    pauses = [step.part for step in steps if step.kind is StepKind.LISTEN]
    assert {"opening", "prompts", "questions", "in_writing"} <= set(pauses)
    assert {step.part for step in steps[-1:]} == {"closing"}
    parts = list(dict.fromkeys(step.part for step in steps))
    assert parts.index("opening") < parts.index("reason") < parts.index("prompts")
    assert parts.index("questions") < parts.index("in_writing") < parts.index("closing")
    for before, after in pairwise(steps):
        assert not before.kind is after.kind is StepKind.LISTEN


@pytest.mark.parametrize("campaign", SCRIPTED)
def test_the_english_is_easy_to_say(campaign):
    for version in VariantName:
        lines = script_tone(copy_of(f"{campaign}/script", "en_GB"), version)
        said = " ".join(re.sub(r"\(\(\w+\)\)", "Sam", line) for line in lines)
        assert reading_age(said) <= 12
        for sentence in re.split(r"(?<=[.?!])\s+", said):
            assert len(sentence.split()) <= 20, sentence


def test_every_child_is_read_out_with_an_amount_of_its_own():
    text = "\n".join(step.text for step in script().facts())
    assert "£2,090 a year" in text
    assert "£3,030.50 a year" in text


def test_a_settled_meeting_is_read_out_with_its_place():
    facts = script("focus-group-invitation", details=MEETING).facts()
    assert any("Invented Library, Exampleton" in step.text for step in facts)


def test_a_caller_says_who_is_speaking_and_without_a_name_there_is_no_call():
    first = script().steps[0].text
    assert first.startswith("Hello, this is Pat Sample from Exampleshire County Council.")
    with pytest.raises(CompositionRefused):
        script(to=replace(recipient(), name=" "))


def test_a_language_without_a_script_is_said_to_have_none():
    with pytest.raises(LookupError):
        script("young-person")
