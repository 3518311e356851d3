"""Text messages in parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.sms import BASIC, EXTENSION, Alphabet, cut

GSM = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=700)
ANY = st.text(
    st.one_of(st.sampled_from("ab€ŵ😀یہ"), st.characters(exclude_categories=["Cs"])), max_size=300
)


def test_the_alphabet_has_the_size_the_standard_gives_it():
    assert len(BASIC) == 127  # and the escape
    assert len(EXTENSION) == 10
    assert not BASIC & EXTENSION


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_a_text_takes_the_parts_of_the_standard(text, parts):
    assert len(cut(text).parts) == parts


def test_what_made_it_wider_is_named():
    made = cut("Dŵr a thŷ, dŵr £5")
    assert made.alphabet is Alphabet.UCS_2
    assert made.outside == ("ŵ", "ŷ")


def test_an_escaped_character_is_not_cut_in_two():
    made = cut("a" * 152 + "€" + "a" * 10)
    assert made.parts == ("a" * 152, "€" + "a" * 10)


def test_a_surrogate_pair_is_not_cut_in_two():
    made = cut("ŵ" * 66 + "😀" + "ŵ" * 10)
    assert made.parts == ("ŵ" * 66, "😀" + "ŵ" * 10)


def fewest_parts(units, room):
    """The fewest parts by trying, from the end, every place where the first part may end."""
    fewest = {len(units): 0}
    for start in range(len(units) - 1, -1, -1):
        ends = [end for end in range(start + 1, len(units) + 1) if sum(units[start:end]) <= room]
        fewest[start] = 1 + min(fewest[end] for end in ends)
    return fewest[0]


def slow_units(text, alphabet):
    if alphabet is Alphabet.UCS_2:
        return [len(c.encode("utf-16-be")) // 2 for c in text]
    return [2 if c in "\f^{}\\[~]|€" else 1 for c in text]


@given(st.one_of(GSM, ANY))
def test_parts_are_whole_and_as_few_as_a_slow_count_finds(text):
    made = cut(text)
    units = slow_units(text, made.alphabet)
    alone, room = (160, 153) if made.alphabet is Alphabet.GSM_7 else (70, 67)
    assert "".join(made.parts) == text
    assert made.units == sum(units)
    assert bool(made.outside) == (made.alphabet is Alphabet.UCS_2)
    if made.units <= alone:
        assert len(made.parts) == bool(text)
    else:
        assert all(sum(slow_units(part, made.alphabet)) <= room for part in made.parts)
        assert len(made.parts) == fewest_parts(units, room)
