from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.schemes.calendars import (
    HalfTermly,
    Monthly,
    PaidIn,
    PaymentCalendar,
    Timing,
    instalments,
    school_year_of,
)
from messaging.schemes.refusals import WorkingOutRefused
from messaging.settings import written
from tests.messaging.schemes.published import problems, read
from tests.messaging.schemes.school_terms import HALVES

CHRISTMAS = "bank_holidays = [2026-12-25, 2026-12-28, 2027-01-01, 2027-03-26, 2027-03-29]\n"
TERMS = """terms = [
  { begins = 2026-09-02, ends = 2026-12-18 },
  { begins = 2027-01-04, ends = 2027-03-25 },
  { begins = 2027-04-12, ends = 2027-07-21 },
]
"""
YORK = f'kind = "termly"\ntiming = "advance"\nworking_days = 1\n{TERMS}{CHRISTMAS}'
KENT = 'kind = "monthly"\nmonths = 11\npaid_in = "same-month"\nday_of_month = 15\n'
BUCKINGHAMSHIRE = 'kind = "monthly"\nmonths = 12\npaid_in = "same-month"\n'

calendars = st.one_of(
    st.builds(
        Monthly,
        months=st.sampled_from((10, 11, 12)),
        paid_in=st.sampled_from(PaidIn),
        day_of_month=st.none() | st.integers(1, 28),
        first_month=st.integers(1, 12),
    ),
    st.builds(
        HalfTermly,
        timing=st.sampled_from(Timing),
        working_days=st.integers(1, 20),
        terms=st.just(HALVES),
    ),
)


def days(calendar, year=2026):
    return [period.due.isoformat() for period in calendar.periods(year)]


@given(calendars, st.decimals("0", "20000", places=2))
def test_instalments_always_add_up_to_the_year(calendar, pounds):
    parts = instalments(pounds, calendar.periods(2026))
    assert sum(part.pounds for part in parts) == pounds
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@given(calendars, st.integers(2020, 2060))
def test_payment_days_are_working_days_and_follow_each_other(calendar, year):
    if isinstance(calendar, HalfTermly):
        year = 2026
    periods = calendar.periods(year)
    dues = [period.due for period in periods]
    assert dues == sorted(set(dues))
    assert all(due.weekday() < 5 for due in dues)
    assert all(period.begins <= period.ends for period in periods)
    assert all(earlier.ends < later.begins for earlier, later in pairwise(periods))


@given(st.sampled_from((10, 11, 12)), st.integers(1, 12), st.integers(2020, 2060))
def test_months_follow_each_other_without_a_gap(months, first, year):
    calendar = Monthly(months=months, paid_in=PaidIn.SAME_MONTH, first_month=first)
    periods = calendar.periods(year)
    assert len(periods) == months
    assert school_year_of(periods[0].begins) == year
    for earlier, later in pairwise(periods):
        assert later.begins - earlier.ends == timedelta(days=1)


def test_york_pays_three_terms_on_the_working_day_before_each():
    calendar = read(PaymentCalendar, YORK)
    assert days(calendar) == ["2026-09-01", "2026-12-31", "2027-04-09"]
    paid = instalments(Decimal(1824), calendar.periods(2026))
    assert [part.pounds for part in paid] == [608, 608, 608]


def test_a_term_in_arrears_is_paid_so_many_working_days_after_it():
    late = read(PaymentCalendar, YORK.replace("advance", "arrears").replace("days = 1", "days = 3"))
    assert days(late) == ["2026-12-23", "2027-04-01", "2027-07-26"]


def test_kent_pays_11_months_on_the_15th_or_the_working_day_before():
    calendar = read(PaymentCalendar, KENT)
    paid = days(calendar)
    assert len(paid) == 11
    assert (paid[0], paid[2], paid[-1]) == ("2026-09-15", "2026-11-13", "2027-07-15")
    amounts = [part.pounds for part in instalments(Decimal(2000), calendar.periods(2026))]
    assert amounts == [Decimal("181.82")] * 9 + [Decimal("181.81")] * 2


def test_buckinghamshire_pays_12_months_to_august():
    calendar = read(PaymentCalendar, BUCKINGHAMSHIRE)
    assert calendar.periods(2026)[-1].ends == date(2027, 8, 31)
    assert days(calendar)[:5] == [
        "2026-09-30",
        "2026-10-30",
        "2026-11-30",
        "2026-12-31",
        "2027-01-29",
    ]


@pytest.mark.parametrize(
    ("paid_in", "first"), [("month-before", "2026-08-31"), ("month-after", "2026-10-30")]
)
def test_a_month_is_paid_in_advance_or_in_arrears(paid_in, first):
    calendar = read(PaymentCalendar, BUCKINGHAMSHIRE.replace("same-month", paid_in))
    assert days(calendar)[0] == first


def test_a_bank_holiday_gives_way_to_the_working_day_before_it():
    calendar = read(PaymentCalendar, KENT.replace("15", "25") + CHRISTMAS)
    assert days(calendar)[3] == "2026-12-24"


def test_who_begins_later_is_paid_for_the_rest():
    periods = read(PaymentCalendar, KENT).periods(2026)
    rest = [period for period in periods if period.begins >= date(2027, 1, 1)]
    parts = instalments(Decimal(1000), rest)
    assert len(parts) == 7
    assert sum(part.pounds for part in parts) == 1000


def test_a_year_whose_terms_nobody_set_is_refused():
    with pytest.raises(WorkingOutRefused) as refused:
        read(PaymentCalendar, YORK).periods(2027)
    assert refused.value.code == "terms-not-set"


@pytest.mark.parametrize("text", [YORK, KENT, BUCKINGHAMSHIRE])
def test_a_calendar_comes_back_from_its_document_as_it_was(text):
    calendar = read(PaymentCalendar, text)
    assert read(PaymentCalendar, written(calendar)) == calendar


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (KENT.replace("11", "9"), ["months"]),
        (KENT.replace("15", "29"), ["day_of_month"]),
        (KENT + "first_month = 13\n", ["first_month"]),
        (KENT.replace("same-month", "yearly"), ["paid_in"]),
        (YORK.replace("termly", "half-termly"), ["terms"]),
        (YORK.replace("2027-01-04", "2026-12-18"), ["terms[1].begins", "terms"]),
        (YORK.replace("2026-12-18", "2026-08-18"), ["terms[0].ends"]),
        (YORK.replace("advance", "later"), ["timing"]),
    ],
)
def test_an_impossible_calendar_is_refused_at_its_place(text, places):
    assert set(problems(PaymentCalendar, text)) <= set(places)
    assert problems(PaymentCalendar, text)
