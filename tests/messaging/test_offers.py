from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.offers import (
    LONGEST_JOURNEY,
    AgeBand,
    ChildOffer,
    MileageScheme,
    format_miles,
    format_pence,
    format_pounds,
    read_miles,
)

HERTFORDSHIRE = MileageScheme(Decimal(55), 4, 190, date(2026, 9, 1), date(2027, 8, 31))
LIVERPOOL = MileageScheme(Decimal(60), 4, 190, date(2026, 9, 1), date(2027, 8, 31))

miles = st.decimals("0.01", LONGEST_JOURNEY, places=2)


def test_the_published_examples_come_out_to_the_penny():
    assert HERTFORDSHIRE.work_out(Decimal(5)).pounds_a_year == Decimal("2090.00")
    assert LIVERPOOL.work_out(Decimal(5)).pounds_a_year == Decimal("2280.00")


@given(miles)
def test_an_amount_is_whole_pence_and_within_half_a_penny_of_the_sum(distance):
    amount = HERTFORDSHIRE.work_out(distance).pounds_a_year
    assert amount.as_tuple().exponent == -2
    assert abs(amount * 100 - distance * 55 * 4 * 190) <= Decimal("0.5")


@given(miles, miles)
def test_the_longer_journey_is_never_paid_less(one, other):
    nearer, farther = sorted((one, other))
    assert (
        HERTFORDSHIRE.work_out(nearer).pounds_a_year
        <= HERTFORDSHIRE.work_out(farther).pounds_a_year
    )


@given(miles)
def test_printed_pounds_read_back_as_the_amount(distance):
    amount = HERTFORDSHIRE.work_out(distance).pounds_a_year
    assert Decimal(format_pounds(amount).removeprefix("£").replace(",", "")) == amount


@pytest.mark.parametrize(
    ("pounds", "printed"),
    [("2090", "£2,090"), ("2090.4", "£2,090.40"), ("0.005", "£0.01"), ("1234567", "£1,234,567")],
)
def test_pence_are_printed_only_where_there_are_any(pounds, printed):
    assert format_pounds(Decimal(pounds)) == printed


def test_rates_and_miles_print_without_idle_noughts():
    assert format_pence(Decimal("55.0")) == "55p"
    assert format_pence(Decimal("62.5")) == "62.5p"
    assert format_miles(Decimal("10.00")) == "10"
    assert format_miles(Decimal(100)) == "100"


@pytest.mark.parametrize(
    "text",
    ["", "five", "-1", "0", "0.0", "151", "NaN", "1e2", "Infinity", "5,5", "٥", "1.2.3", "."],
)
def test_miles_that_are_no_miles_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_miles(text)


def test_every_band_of_the_cohort_is_one_of_the_two_of_the_law():
    assert {AgeBand.read(band) for band in ("5-7", "8-10", "11-13", "14-15", " Under-16 ")} == {
        AgeBand.UNDER_16
    }
    assert {AgeBand.read(band) for band in ("16-18", "19-25", "post-16")} == {AgeBand.POST_16}


def test_an_unknown_band_is_an_error_and_a_blank_one_is_unknown():
    with pytest.raises(KeyError):
        ChildOffer.read("Sam", "26-30")
    assert ChildOffer.read(" Sam ", " ", "") == ChildOffer("Sam", None, None)
