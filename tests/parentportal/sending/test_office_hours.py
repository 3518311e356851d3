"""When somebody is in, by the clocks of England."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time

import pytest

from parentportal.office_hours import BANK_HOLIDAYS, LONDON, OfficeHours
from parentportal.ways_out import SettingsWrong

HOURS = OfficeHours(time(8), time(18))


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), True),  # a Monday in winter
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 18, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 7, 30, tzinfo=UTC), True),  # half past eight in summer
        (datetime(2026, 7, 1, 17, 30, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 12, 0, tzinfo=UTC), False),  # a Saturday
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), False),  # a Friday
        (datetime(2026, 12, 28, 12, 0, tzinfo=UTC), False),  # for Boxing Day, which is a Saturday
        (datetime(2026, 12, 29, 12, 0, tzinfo=UTC), True),
        (datetime(2027, 5, 2, 23, 30, tzinfo=UTC), False),  # past midnight in summer
    ],
)
def test_somebody_is_in_on_weekdays_between_the_hours(moment, there):
    assert HOURS.are_open(moment) is there


def test_every_bank_holiday_is_a_weekday_of_its_year_and_each_year_has_eight():
    assert [day for day in BANK_HOLIDAYS if day.weekday() > 4] == []
    by_year = Counter(day.year for day in BANK_HOLIDAYS)
    assert list(by_year) == list(range(min(by_year), max(by_year) + 1))
    assert min(by_year.values()) >= 8


def test_the_bank_holidays_reach_beyond_this_year():
    last = max(BANK_HOLIDAYS).year
    source = "https://www.gov.uk/bank-holidays"
    assert last > datetime.now(LONDON).year, f"add the next years to bank_holidays.toml: {source}"


def test_hours_are_read_as_they_are_written():
    assert OfficeHours.read(" 08:00 - 18:00 ") == HOURS
    assert OfficeHours.read("any") is None


@pytest.mark.parametrize("text", ["", "8-18 h", "18:00-08:00", "08:00", "08:00-08:00", "a-b-c"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(SettingsWrong, match="PARENTPORTAL_OFFICE_HOURS"):
        OfficeHours.read(text)
