from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.schemes.attendance import (
    AttendanceRule,
    Effect,
    LegalSignOff,
    NoThreshold,
    SchoolDays,
    Threshold,
    payable,
)
from messaging.schemes.money import PENNY
from messaging.settings import written
from tests.messaging.schemes.published import problems, read

LIVERPOOL = 'kind = "threshold"\nper_cent = 80\neffect = "days-attended"\n'
BUCKINGHAMSHIRE = 'kind = "threshold"\nper_cent = 90\neffect = "talk"\n'
CUTS = "illness_counts = true\n"
SIGNED = """[legal_sign_off]
name = "Robin Sample"
role = "Monitoring Officer"
signed_on = 2026-06-01
reference = "LEGAL/2026/014"
"""
SIGN_OFF = LegalSignOff("Robin Sample", "Monitoring Officer", date(2026, 6, 1), "LEGAL/2026/014")

sums = st.decimals("0", "5000", places=2)
unsigned = st.one_of(
    st.just(NoThreshold()),
    st.builds(
        Threshold,
        per_cent=st.integers(1, 100),
        effect=st.sampled_from(Effect),
        illness_counts=st.booleans(),
    ),
)


@st.composite
def school_days(draw):
    open_days = draw(st.integers(1, 70))
    ill = draw(st.integers(0, open_days))
    return SchoolDays(open_days, ill, draw(st.integers(0, open_days - ill)))


@given(sums, school_days(), unsigned)
def test_illness_never_reduces_a_payment_without_a_legal_sign_off(pounds, days, rule):
    well = replace(days, ill=0)
    assert payable(pounds, days, rule) == payable(pounds, well, rule)


@given(sums, st.integers(1, 70), unsigned)
def test_a_child_who_was_only_ill_is_paid_whole(pounds, days, rule):
    assert payable(pounds, SchoolDays(days, days, 0), rule).pounds == pounds


@given(sums, school_days(), unsigned, st.booleans())
def test_what_is_paid_is_whole_pence_from_nothing_to_all(pounds, days, rule, signed):
    if signed and isinstance(rule, Threshold):
        rule = replace(rule, legal_sign_off=SIGN_OFF)
    paid = payable(pounds, days, rule).pounds
    assert 0 <= paid <= pounds
    assert paid % PENNY == 0


def test_the_threshold_itself_is_enough():
    rule = read(AttendanceRule, LIVERPOOL)
    assert payable(Decimal(100), SchoolDays(10, 0, 2), rule).effect is None
    below = payable(Decimal(100), SchoolDays(10, 0, 3), rule)
    assert (below.effect, below.pounds) == (Effect.DAYS_ATTENDED, Decimal("70.00"))
    assert below.attended == Fraction(7, 10)


def test_buckinghamshire_talks_first_and_pays_whole():
    paid = payable(Decimal(190), SchoolDays(19, 0, 9), read(AttendanceRule, BUCKINGHAMSHIRE))
    assert (paid.pounds, paid.effect) == (190, Effect.TALK)


def test_a_pause_keeps_the_instalment_back():
    rule = Threshold(per_cent=90, effect=Effect.PAUSE)
    assert payable(Decimal(190), SchoolDays(19, 0, 9), rule).pounds == 0


def test_without_a_threshold_or_without_school_days_all_is_paid():
    none = read(AttendanceRule, 'kind = "none"')
    assert payable(Decimal(190), SchoolDays(19, 0, 19), none).pounds == 190
    rule = read(AttendanceRule, LIVERPOOL)
    assert payable(Decimal(190), SchoolDays(0, 0, 0), rule).pounds == 190


def test_cuts_for_illness_are_refused_unless_somebody_answers_for_them():
    assert problems(AttendanceRule, LIVERPOOL + CUTS) == {
        "legal_sign_off": (
            "is missing: absence through illness or disability reduces no payment without it"
        )
    }
    signed = read(AttendanceRule, LIVERPOOL + CUTS + SIGNED)
    assert signed.legal_sign_off == SIGN_OFF
    paid = payable(Decimal(100), SchoolDays(10, 3, 0), signed)
    assert paid.pounds == Decimal("70.00")


@pytest.mark.parametrize("line", SIGNED.splitlines()[1:])
def test_a_sign_off_lacks_nothing(line):
    name = line.split(" ")[0]
    text = LIVERPOOL + CUTS + SIGNED.replace(line + "\n", "")
    assert problems(AttendanceRule, text) == {f"legal_sign_off.{name}": "is missing"}


def test_a_sign_off_alone_changes_nothing():
    rule = read(AttendanceRule, LIVERPOOL + SIGNED)
    assert payable(Decimal(100), SchoolDays(10, 3, 0), rule).pounds == 100


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LIVERPOOL.replace("80", "101"), "per_cent"),
        (LIVERPOOL.replace("80", "0"), "per_cent"),
        (LIVERPOOL.replace("days-attended", "stop"), "effect"),
        (LIVERPOOL + "illness_counts = 1\n", "illness_counts"),
        (LIVERPOOL.replace("threshold", "strict"), "kind"),
    ],
)
def test_an_impossible_rule_is_refused_at_its_place(text, place):
    assert list(problems(AttendanceRule, text)) == [place]


@pytest.mark.parametrize("text", ['kind = "none"', BUCKINGHAMSHIRE, LIVERPOOL + CUTS + SIGNED])
def test_a_rule_comes_back_from_its_document_as_it_was(text):
    rule = read(AttendanceRule, text)
    assert read(AttendanceRule, written(rule)) == rule
