import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.address import (
    MOST_LINES,
    AddressReason,
    AddressRefused,
    PostalAddress,
    normalise_postcode,
)

GOOD = ("Ali Sample", "2 Invented Road", "EX1 1ZZ")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ex11zz", "EX1 1ZZ"),
        ("  sw1a1aa ", "SW1A 1AA"),
        ("M1 1AE", "M1 1AE"),
        ("b33 8th", "B33 8TH"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("W1A 0AX", "W1A 0AX"),
        ("EC1A1BB", "EC1A 1BB"),
        ("gir 0aa", "GIR 0AA"),
        ("BF1 2AA", "BF1 2AA"),
    ],
)
def test_a_real_postcode_is_printed_with_one_blank_and_capitals(text, printed):
    assert normalise_postcode(text) == printed


@pytest.mark.parametrize(
    "text", ["", "EX1", "EX1 1Z", "ZZ1 1ZZ", "QX1 1AA", "EX1 ZZ1", "EX111 1ZZ", "EX1 1CK", "１ＥＸ"]
)
def test_what_cannot_be_a_postcode_is_none(text):
    assert normalise_postcode(text) is None


def test_blank_lines_are_left_out_and_the_rest_is_tidied():
    address = PostalAddress.parse(["  Ali   Sample ", "", "2 Invented Road", " ", "ex11zz", ""])
    assert address.lines == GOOD
    assert address.postcode == "EX1 1ZZ"
    assert address.name == "Ali Sample"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("Ali Sample", "EX1 1ZZ"), AddressReason.TOO_FEW_LINES),
        (
            ("Ali", *(f"{n} Invented Road" for n in range(6)), "EX1 1ZZ"),
            AddressReason.TOO_MANY_LINES,
        ),
        (("Ali Sample", "2 Invented Road", "Exampleton"), AddressReason.NO_POSTCODE),
        (("Ali Sample", "2 Invented Road", "Exampleton EX1 1ZZ"), AddressReason.NO_POSTCODE),
        (("Ali Sample", "---", "EX1 1ZZ"), AddressReason.NO_LETTER_OR_DIGIT),
        (("...", "2 Invented Road", "EX1 1ZZ"), AddressReason.NO_LETTER_OR_DIGIT),
        (("Ali Sample", "No fixed  abode", "EX1 1ZZ"), AddressReason.NO_FIXED_ABODE),
        (("Ali Sample", "NFA", "EX1 1ZZ"), AddressReason.NO_FIXED_ABODE),
        (("Ali Sample", "x" * 101, "EX1 1ZZ"), AddressReason.LINE_TOO_LONG),
        (("Ali Sample", "x" * 10_000, "EX1 1ZZ"), AddressReason.LINE_TOO_LONG),
        (("Ali\0Sample", "2 Invented Road", "EX1 1ZZ"), AddressReason.UNPRINTABLE),
        (("Ali \u202eelpmaS", "2 Invented Road", "EX1 1ZZ"), AddressReason.UNPRINTABLE),
        *(
            (("Ali Sample", f"{mark}2 Invented Road", "EX1 1ZZ"), AddressReason.BAD_OPENING)
            for mark in '@()=[]"\\/,<>~（＝'
        ),
    ],
)
def test_each_fault_is_refused_with_its_reason(lines, reason):
    with pytest.raises(AddressRefused) as refused:
        PostalAddress.parse(lines)
    assert refused.value.reasons == (reason,)
    assert reason.words in str(refused.value)


def test_all_faults_are_told_at_once():
    with pytest.raises(AddressRefused) as refused:
        PostalAddress.parse(["(Ali", "Nowhere"])
    assert refused.value.codes == ("too-few-lines", "no-postcode", "bad-opening")


def test_no_lines_at_all_are_refused():
    with pytest.raises(AddressRefused) as refused:
        PostalAddress.parse([])
    assert "too-few-lines" in refused.value.codes


def test_a_country_may_stand_last_and_the_united_kingdom_need_not():
    abroad = PostalAddress.parse(["Ali Sample", "2 Invented Road", "Paris", "France"])
    assert (abroad.lines[-1], abroad.postcode) == ("France", "")
    at_home = PostalAddress.parse([*GOOD, "United Kingdom"])
    assert at_home.lines == GOOD


@given(st.lists(st.text(max_size=120), max_size=10))
def test_whatever_comes_is_refused_or_fits_the_rules(lines):
    try:
        address = PostalAddress.parse(lines)
    except AddressRefused as refused:
        reasons = refused.reasons
    else:
        reasons = ()
        assert 3 <= len(address.lines) <= MOST_LINES
        assert all(line == line.strip() for line in address.lines)
        assert not any(line[0] in '@()=[]"\\/,<>~' for line in address.lines)
    assert len(set(reasons)) == len(reasons)


_line = st.text(string.ascii_letters + string.digits + " '-éŁ", min_size=1, max_size=40).filter(
    lambda line: any(c.isalnum() for c in line) and line.strip().casefold() != "nfa"
)


@given(st.lists(_line, min_size=2, max_size=6))
def test_parsing_what_was_parsed_changes_nothing(lines):
    once = PostalAddress.parse([*lines, "ex1 1zz"])
    assert PostalAddress.parse(once.lines) == once
