"""When a council writes to people's telephones and mailboxes: on working days, in office hours."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time
from importlib.resources import files
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from parentportal.ways_out import SettingsWrong

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = 5
ANY_TIME = "any"
USUAL = "08:00-18:00"
WRONG = "PARENTPORTAL_OFFICE_HOURS is neither hours such as 08:00-18:00 nor “any”: {text}"


def _bank_holidays() -> Mapping[date, str]:
    table = (files("parentportal") / "bank_holidays.toml").read_text(encoding="utf-8")
    return {one["day"]: one["name"] for one in tomllib.loads(table)["england"]}


BANK_HOLIDAYS = _bank_holidays()
"""England's bank holidays; in a year that is not in the table every weekday counts as one to work.
"""


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Monday to Friday between two times of day, by the clocks of England; no bank holidays.

    Attributes:
        opens: from this time on.
        closes: until just before this time.
    """

    opens: time
    closes: time

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Hours as ``08:00-18:00``, or none for ``any``.

        Raises:
            SettingsWrong: it is neither, or ends before it begins.
        """
        if text.strip() == ANY_TIME:
            return None
        try:
            opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError:
            opens = closes = time()
        if opens >= closes:
            raise SettingsWrong([WRONG.format(text=text)])
        return cls(opens, closes)

    def are_open(self, moment: datetime) -> bool:
        """Whether somebody is in at this moment."""
        here = moment.astimezone(LONDON)
        works = here.weekday() < WEEKDAYS and here.date() not in BANK_HOLIDAYS
        return works and self.opens <= here.time() < self.closes
