from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.schemes.money import (
    PENNY,
    format_miles,
    format_pence,
    format_pounds,
    shared_out,
    to_the_penny,
)

sums = st.decimals("0", "100000", places=2)


@given(sums, st.integers(1, 60))
def test_shares_add_up_to_the_sum_and_differ_by_a_penny_at_most(pounds, shares):
    parts = shared_out(pounds, shares)
    assert len(parts) == shares
    assert sum(parts) == pounds
    assert max(parts) - min(parts) <= PENNY
    assert list(parts) == sorted(parts, reverse=True)


@given(st.decimals("0", "100000", places=4))
def test_half_a_penny_goes_up_and_less_goes_down(pounds):
    rounded = to_the_penny(pounds)
    assert -PENNY / 2 < rounded - pounds <= PENNY / 2


@given(sums)
def test_printed_pounds_read_back_as_the_amount(pounds):
    assert Decimal(format_pounds(pounds).removeprefix("£").replace(",", "")) == pounds


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
