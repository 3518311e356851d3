"""The order and the portions of a print file."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from messaging.print_files import PART, parts, print_file_names, print_order, sorting_key
from tests.messaging.families import message

PLACES = [
    "B1 1AA",
    "EX1 9ZZ",
    "EX2 1AA",
    "EX10 1AA",
    "EX10 2AA",
    "W1A 0AX",
    "France",
    "New Zealand",
]


@given(st.permutations(PLACES))
def test_postcodes_are_sorted_as_they_are_delivered_and_what_goes_abroad_comes_last(places):
    made = message()
    letters = [
        replace(made, address=("Ali Sample", "2 Invented Road", place), subject=str(number))
        for number, place in enumerate(places)
    ]
    assert [letter.address[-1] for letter in print_order(letters)] == PLACES


def test_within_a_postcode_letters_stand_by_their_lines():
    lines = [("Bo", "2 Row", "EX1 1ZZ"), ("Al", "2 Row", "EX1 1ZZ"), ("Al", "1 Row", "EX1 1ZZ")]
    assert sorted(lines, key=sorting_key) == lines[::-1]


@given(st.integers(0, 3 * PART + 1))
def test_every_letter_stands_in_one_portion_and_each_portion_has_a_file(count):
    portions = parts(range(count))
    assert [letter for portion in portions for letter in portion] == list(range(count))
    assert all(0 < len(portion) <= PART for portion in portions)
    names = print_file_names(len(portions))
    assert len(set(names)) == len(portions)
    assert sorted(names) == names
