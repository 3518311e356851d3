"""Access codes: whatever a tired parent types is read, or told what is odd about it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentportal.access_codes import ALPHABET, LENGTH, LOOK_ALIKES, AccessCode, CodeMistyped

codes = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map(AccessCode)
fillings = st.text(" -‐‑–—−_\t\u00a0\u200b\u200f\u2066", max_size=3)


def misread(character: str, chance: random.Random) -> str:
    mistaken = [seen for seen, meant in LOOK_ALIKES.items() if meant == character]
    return chance.choice([character, character.lower(), *mistaken])


def test_the_alphabet_has_28_characters_and_no_two_that_look_alike():
    assert len(set(ALPHABET)) == len(ALPHABET) == 28
    assert not set(ALPHABET) & (set(LOOK_ALIKES) | set("0O"))
    assert set(LOOK_ALIKES.values()) <= set(ALPHABET)


@given(codes)
def test_a_code_reads_back_as_it_is_shown(code):
    shown = str(code)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    assert AccessCode.parse(shown) == code


@given(codes, st.lists(fillings, min_size=LENGTH, max_size=LENGTH), st.randoms())
def test_case_spaces_dashes_and_look_alikes_do_not_count(code, gaps, chance):
    typed = "".join(
        misread(character, chance) + gap
        for character, gap in zip(code.characters, gaps, strict=True)
    )
    assert AccessCode.parse(typed) == code


@given(st.text())
def test_anything_typed_is_a_code_or_told_what_is_odd(typed):
    try:
        read = AccessCode.parse(typed)
    except CodeMistyped as refused:
        read = refused
    if isinstance(read, AccessCode):
        assert len(read.characters) == LENGTH
        assert set(read.characters) <= set(ALPHABET)
    else:
        assert read.strange or read.length != LENGTH
        assert not set(read.strange) & set(ALPHABET)


@pytest.mark.parametrize(
    ("typed", "length", "strange"),
    [
        ("", 0, ""),
        ("ABCD-EFGH", 8, ""),
        ("ABCD-EFGH-JKLM-N", 13, ""),
        ("ABCD-EFGH-JKL0", 12, "0"),
        ("ABCD-EFGH-JKLo", 12, "O"),
        ("ABC?-EFGH-JK?!", 12, "?!"),
    ],
)
def test_a_mistyped_code_says_exactly_what_is_odd(typed, length, strange):
    with pytest.raises(CodeMistyped) as refused:
        AccessCode.parse(typed)
    assert (refused.value.length, refused.value.strange) == (length, strange)
    assert refused.value.has_nought is (strange in {"0", "O"})


def test_digits_of_other_keyboards_are_the_same_digits():
    assert AccessCode.parse("ABCD-EFGH-JK۳۴") == AccessCode("ABCDEFGHJK34")


def test_chance_is_an_argument_and_every_character_of_the_alphabet_can_come():
    assert AccessCode.draw(lambda _: 0) == AccessCode("A" * LENGTH)
    drawn = random.Random(5)
    codes = {AccessCode.draw(drawn.randrange) for _ in range(200)}
    assert len(codes) == 200
    assert set("".join(code.characters for code in codes)) == set(ALPHABET)


def test_a_code_and_its_digest_do_not_print_it():
    code = AccessCode("ABCDEFGHJKLM")
    assert "ABCD" not in repr(code)
    assert len(code.digest()) == 32
    assert code.digest() != AccessCode("ABCDEFGHJKLN").digest()
    assert b"ABCD" not in code.digest()
