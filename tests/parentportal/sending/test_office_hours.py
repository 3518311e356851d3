"""When somebody is in, by the clocks of England."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from parentportal.office_hours import OfficeHours
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
    ],
)
def test_somebody_is_in_on_weekdays_between_the_hours(moment, there):
    assert HOURS.are_open(moment) is there


def test_hours_are_read_as_they_are_written():
    assert OfficeHours.read(" 08:00 - 18:00 ") == HOURS
    assert OfficeHours.read("any") is None


@pytest.mark.parametrize("text", ["", "8-18 h", "18:00-08:00", "08:00", "08:00-08:00", "a-b-c"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(SettingsWrong, match="PARENTPORTAL_OFFICE_HOURS"):
        OfficeHours.read(text)
