"""What an editor is told about a copy."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.channels import Channel
from messaging.checks import (
    LIMITS,
    LONGEST_SENTENCE,
    ROOM_IN_LETTER,
    Code,
    Severity,
    Standard,
    check,
    refused,
)
from messaging.composition import TONE_FLAGS, TONE_PLACEHOLDERS
from messaging.facts import locked_text
from messaging.variants import SLOTS, Variant, VariantName, load_variant
from segmentation.readability import reading_age
from tests.messaging.families import VERSIONS, message

LOCKED = "You can stop at any time. We pay £25 within 2 weeks. You can keep it."


def copy(language="en_GB", channel=Channel.LETTER, **slots):
    plain = dict.fromkeys(SLOTS, "We like to hear from you.")
    return Variant(
        "ptb-offer", channel, language, VariantName.NEUTRAL, **{**plain, "sms": "Hello.", **slots}
    )


def standard(**settings):
    usual = {
        "known": TONE_PLACEHOLDERS,
        "flags": TONE_FLAGS,
        "locked": LOCKED,
        "reading_age": reading_age,
    }
    return Standard(**{**usual, **settings})


def found(made, code, **settings):
    return [f for f in check(made, standard(**settings)) if f.code is code]


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_the_shipped_copy_keeps_every_rule(campaign, language, variant):
    wording = load_variant(campaign, language, variant)
    locked = locked_text(message(campaign, language, variant))
    assert [
        f for f in check(wording, standard(locked=locked)) if f.severity is Severity.REFUSE
    ] == []


@pytest.mark.parametrize(
    "word",
    [
        "gu\u0430rantee",
        "\u0420ay",
        "fr\u03bfm",
        "\u0430\u03bf",
        "n\u0301\u043e",
    ],
)
@pytest.mark.parametrize("slot", ["opening", "subject"])
def test_a_word_of_letters_that_only_look_like_others_is_refused(word, slot):
    (finding,) = found(copy(**{slot: f"Hello to {word} all."}), Code.MIXED_SCRIPTS)
    assert (finding.severity, finding.slot) == (Severity.REFUSE, slot)
    assert (finding.place, finding.params["words"]) == ((1, 10), word)


@pytest.mark.parametrize(
    "words", ["Привет to you.", "Ask Ελένη or Zoë.", "5 \u00b5m of żółw.", "آپ Hello"]
)
def test_words_of_one_alphabet_each_may_stand_side_by_side(words):
    assert found(copy(opening=words), Code.MIXED_SCRIPTS) == []


def test_a_plain_copy_has_no_findings():
    assert check(copy(), standard()) == ()
    assert check(copy(channel=Channel.SMS), standard()) == ()


@pytest.mark.parametrize("slot", SLOTS)
def test_an_empty_slot_is_refused(slot):
    (finding,) = found(copy(**{slot: " \n"}), Code.EMPTY)
    assert (finding.slot, finding.severity) == (slot, Severity.REFUSE)


def test_a_slot_that_some_families_would_find_empty_is_refused():
    text = "((one_child??We write about your child.)) ((under_16??Or more.))"
    assert found(copy(facts=text), Code.EMPTY_WITHOUT_FLAG)
    assert not found(copy(facts=f"{text} Or not."), Code.EMPTY_WITHOUT_FLAG)


@pytest.mark.parametrize("slot", SLOTS)
def test_a_slot_holds_so_much_and_no_more(slot):
    limit = LIMITS[slot]
    assert not found(copy(**{slot: "x" * limit}), Code.TOO_LONG)
    (finding,) = found(copy(**{slot: "x" * (limit + 1)}), Code.TOO_LONG)
    assert finding.params == {"length": str(limit + 1), "limit": str(limit)}


def test_the_slots_together_leave_the_facts_their_room():
    slots = {slot: "x" * LIMITS[slot] for slot in SLOTS}
    assert sum(map(len, slots.values())) > ROOM_IN_LETTER
    assert found(copy(**slots), Code.LETTER_TOO_LONG)


def test_a_subject_is_one_plain_line():
    for text in ("One\ntwo", "* One", "**One**"):
        (finding,) = found(copy(subject=text), Code.MARKUP)
        assert finding.params["mark"] in {"line-break", "list", "bold"}


def test_markup_that_is_not_ours_is_told_with_its_place():
    (finding,) = found(copy(opening="Hello.\n\n# Title"), Code.MARKUP)
    assert finding.place == (3, 1)
    assert finding.params == {"mark": "heading", "found": "# Title"}


def test_a_strange_placeholder_is_told_with_the_nearest_one():
    (finding,) = found(copy(closing="Dear ((nmae))."), Code.UNKNOWN_PLACEHOLDER)
    assert finding.params == {"name": "nmae", "nearest": "name"}
    assert found(copy(closing="Dear ((NHS number))."), Code.FORBIDDEN_PLACEHOLDER)
    (flag,) = found(copy(closing="Dear. ((one child s??you))"), Code.UNKNOWN_FLAG)
    assert flag.params["nearest"] == "one_child"


def test_a_long_sentence_is_advice():
    text = f"Short one. {'word ' * LONGEST_SENTENCE}more. Short two."
    (finding,) = found(copy(opening=text), Code.LONG_SENTENCE)
    assert (finding.severity, finding.place) == (Severity.ADVISE, (1, 12))
    assert not refused([finding])


def test_english_that_a_twelve_year_old_cannot_read_is_refused():
    hard = "Organisational considerations necessitate comprehensive administrative reform. " * 3
    (finding,) = found(copy(opening=hard), Code.READING_AGE)
    assert float(finding.params["age"]) > 12
    assert not found(copy("cy", opening=hard), Code.READING_AGE)


def test_a_banned_word_is_told_with_its_kind_and_place():
    (finding,) = found(copy(opening="Hello.\n\nPlease hurry now."), Code.BANNED)
    assert finding.place == (3, 8)
    assert finding.params == {"kind": "urgency", "words": "hurry"}


def test_a_commitment_without_its_fact_is_refused_unless_a_reason_is_written():
    text = "We pay £26 soon."
    assert [f.params["words"] for f in found(copy(facts=text), Code.UNMATCHED)] == ["£26", "soon"]
    reasons = {("facts", "£26"), ("facts", "soon")}
    assert not found(copy(facts=text), Code.UNMATCHED, reasons=reasons)
    assert found(copy(closing=text), Code.UNMATCHED, reasons=reasons)


def test_a_language_without_a_lexicon_is_refused():
    assert found(copy("xx"), Code.NO_LEXICON)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("a" * 160, None),
        ("a" * 161, Severity.ADVISE),
        ("a" * 459, Severity.ADVISE),
        ("a" * 460, Severity.REFUSE),
    ],
)
def test_a_text_message_of_more_than_one_part_is_advised_against_and_of_four_refused(
    text, severity
):
    findings = found(copy(channel=Channel.SMS), Code.TEXT_PARTS, finished=["short", text])
    assert [f.severity for f in findings] == ([severity] if severity else [])


def test_letters_that_make_a_text_message_dearer_are_named():
    findings = found(copy(channel=Channel.SMS), Code.WIDE_TEXT, finished=["ŵ" + "a" * 80 + "ŷ"])
    assert [f.params["characters"] for f in findings] == ["ŵ ŷ"]
    assert not found(copy(channel=Channel.SMS), Code.WIDE_TEXT, finished=["ŵ"])


@given(st.text(st.sampled_from("ab .,!?*-#()[]<>£7\n\0\u202e"), max_size=200))
def test_any_text_is_judged(text):
    made = replace(copy(), opening=text)
    for finding in check(made, standard()):
        assert finding.slot in {"opening", ""}
        if finding.place is not None:
            line, column = finding.place
            assert column <= len(text.split("\n")[line - 1]) + 1
