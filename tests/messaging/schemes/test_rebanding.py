from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.offers import AgeGroup
from messaging.schemes.journeys import ANY_AGE, Journey, Measure
from messaging.schemes.part_years import PartYear, share_left
from messaging.schemes.rebanding import Holder, reband
from tests.messaging.schemes import published as seen
from tests.messaging.schemes.published import scheme
from tests.messaging.schemes.school_terms import HALVES

YEAR_ENDS = date(2027, 8, 31)
FROM_JANUARY = ("valid_from = 2026-09-01", "valid_from = 2027-01-01")
SWINDON_THEN = scheme(seen.mileage("45").replace(*FROM_JANUARY))
KNOWN = frozenset({AgeGroup.FROM_8})


def swindon(*holders, rule=PartYear.MONTHS):
    return reband(
        holders, scheme(seen.SWINDON), SWINDON_THEN, until=YEAR_ENDS, rule=rule, terms=HALVES
    )


def test_swindons_step_from_55_to_45_pence_is_shown_for_each_holder():
    found = swindon(Holder("a", Journey(Decimal(5))), Holder("b", Journey(Decimal("2.5"))))
    one, other = found.rows
    assert (one.before.pounds_a_year, one.after.pounds_a_year) == (2090, 1710)
    assert (one.difference, one.since) == (-380, date(2027, 1, 1))
    assert one.difference_this_year == Decimal("-253.33")  # 8 of 12 months
    assert other.difference == -190
    assert (found.before, found.after, found.difference) == (3135, 2565, -570)
    assert found.difference_this_year == one.difference_this_year + other.difference_this_year


@given(st.lists(st.decimals("0.1", "60", places=2), max_size=6), st.sampled_from(PartYear))
def test_totals_are_the_sums_of_their_rows(distances, rule):
    holders = [Holder(str(n), Journey(miles)) for n, miles in enumerate(distances)]
    found = swindon(*holders, rule=rule)
    assert len(found.rows) == len(holders)
    assert found.difference == found.after - found.before
    assert found.difference_this_year == sum(row.difference_this_year for row in found.rows)
    assert all(
        row.difference == row.after.pounds_a_year - row.before.pounds_a_year for row in found.rows
    )


def test_a_holder_without_an_amount_stands_apart_and_stops_nobody():
    then = scheme(seen.LEICESTERSHIRE.replace(*FROM_JANUARY))
    holders = (
        Holder("unknown age", Journey(Decimal(3), ANY_AGE)),
        Holder("known", Journey(Decimal(3), KNOWN)),
    )
    found = reband(holders, scheme(seen.SWINDON), then, until=YEAR_ENDS, rule=PartYear.MONDAYS)
    assert [(one.key, one.code) for one in found.refused] == [("unknown age", "age-needed")]
    assert [row.key for row in found.rows] == ["known"]
    assert found.before == found.rows[0].before.pounds_a_year


def test_miles_are_counted_anew_where_the_next_scheme_counts_them_in_another_way():
    then = scheme(seen.KENT.replace(*FROM_JANUARY))
    by_road = Journey(Decimal("6.1"), measured=Measure.BY_ROAD)
    holders = (
        Holder("not counted yet", by_road),
        Holder("counted", by_road, Journey(Decimal("4.2"), measured=Measure.STRAIGHT_LINE)),
    )
    found = reband(holders, scheme(seen.SWINDON), then, until=YEAR_ENDS, rule=PartYear.MONTHS)
    assert [one.code for one in found.refused] == ["measured-otherwise"]
    assert found.rows[0].after.pounds_a_year == 2000


def test_cambridgeshires_mondays_are_those_after_the_month_to_the_end_of_march():
    ends = date(2021, 3, 31)
    begins = [date(2020 + (month > 12), (month - 1) % 12 + 1, 1) for month in range(5, 17)]
    left = [share_left(PartYear.MONDAYS, day, ends) * 52 for day in begins]
    assert left == [48, 44, 39, 35, 30, 26, 22, 17, 13, 9, 5, 0]


@pytest.mark.parametrize(
    ("since", "left"),
    [("2026-09-01", 12), ("2026-09-02", 11), ("2027-01-01", 8), ("2027-08-02", 0)],
)
def test_a_month_counts_from_its_first_day(since, left):
    share = share_left(PartYear.MONTHS, date.fromisoformat(since), YEAR_ENDS)
    assert share == Fraction(left, 12)


def test_school_weeks_are_those_with_a_day_of_term_whose_monday_is_left():
    from_january = share_left(PartYear.SCHOOL_WEEKS, date(2027, 1, 1), YEAR_ENDS, HALVES)
    assert from_january == Fraction(6 + 5 + 7 + 7, 39)
    last = share_left(PartYear.SCHOOL_WEEKS, date(2027, 7, 13), YEAR_ENDS, HALVES)
    assert last == Fraction(1, 39)


@given(st.sampled_from(PartYear), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_a_share_lies_from_nothing_to_all_and_never_grows(rule, since):
    share = share_left(rule, since, YEAR_ENDS, HALVES)
    assert 0 <= share <= 1
    assert share_left(rule, since + timedelta(days=1), YEAR_ENDS, HALVES) <= share
