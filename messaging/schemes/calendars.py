"""When the money comes: the year's amount in instalments, each with its day.

A payment day that is no working day gives way to the working day before it, so nobody is paid
late. School years begin on 1 September and go by the year they begin in.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar

from messaging.schemes.money import shared_out
from messaging.schemes.refusals import WorkingOutRefused
from messaging.settings import Problem

SCHOOL_YEAR_BEGINS = 9
MONTHS_A_YEAR = 12
FEWEST_MONTHS = 10
LAST_DAY_OF_EVERY_MONTH = 28
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def school_year_of(day: date) -> int:
    """The school year a day lies in, by the year it begins in."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


@dataclass(frozen=True, slots=True)
class Period:
    """What an instalment is for, and the day it is paid."""

    begins: date
    ends: date
    due: date


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a year, in pounds; the first one is number 1."""

    number: int
    period: Period
    pounds: Decimal


def instalments(pounds: Decimal, periods: Sequence[Period]) -> tuple[Instalment, ...]:
    """An amount in equal instalments that add up to it exactly.

    Args:
        pounds: in whole pence, not negative.
        periods: those it is for, at least one; a family that begins later is paid for the rest.
    """
    parts = zip(periods, shared_out(pounds, len(periods)), strict=True)
    return tuple(
        Instalment(number, period, part) for number, (period, part) in enumerate(parts, start=1)
    )


class Timing(StrEnum):
    """Whether a term is paid before it begins or after it has ended."""

    ADVANCE = "advance"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True)
class Term:
    """A term or a half of one: its first and its last day."""

    begins: date
    ends: date

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if self.ends < self.begins:
            yield "ends", "lies before begins"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCalendar:
    """Payments that go by terms.

    Attributes:
        timing: before or after the term.
        working_days: how many working days before its first day, or after its last.
        terms: the terms of one school year or more, whole years each.
        bank_holidays: days that are no working days, beside Saturdays and Sundays.
    """

    a_year: ClassVar[int]
    timing: Timing
    working_days: int
    terms: tuple[Term, ...]
    bank_holidays: tuple[date, ...] = ()

    def periods(self, school_year: int) -> tuple[Period, ...]:
        """What is paid in a school year, and when.

        Raises:
            WorkingOutRefused: `terms-not-set` for a year nobody set the terms of.
        """
        terms = [term for term in self.terms if school_year_of(term.begins) == school_year]
        if not terms:
            raise WorkingOutRefused("terms-not-set", year=str(school_year))
        return tuple(Period(term.begins, term.ends, self._due(term)) for term in terms)

    def _due(self, term: Term) -> date:
        before = self.timing is Timing.ADVANCE
        day, step = (term.begins, -_ONE_DAY) if before else (term.ends, _ONE_DAY)
        for _ in range(self.working_days):
            day += step
            while not _is_working_day(day, self.bank_holidays):
                day += step
        return day

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        for number, (earlier, later) in enumerate(pairwise(self.terms), start=1):
            if later.begins <= earlier.ends:
                yield f"terms[{number}].begins", "lies in the term before"
        years = Counter(school_year_of(term.begins) for term in self.terms)
        for year, count in years.items():
            if count != self.a_year:
                yield "terms", f"are {count} and not {self.a_year} from September {year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Termly(TermCalendar):
    """Three payments a year, one for each term."""

    kind: ClassVar[str] = "termly"
    a_year: ClassVar[int] = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfTermly(TermCalendar):
    """Six payments a year, one for each half of a term."""

    kind: ClassVar[str] = "half-termly"
    a_year: ClassVar[int] = 6


class PaidIn(StrEnum):
    """In which month a month is paid: in advance, as it runs, or in arrears."""

    MONTH_BEFORE = "month-before"
    SAME_MONTH = "same-month"
    MONTH_AFTER = "month-after"


_MONTHS_ON = {PaidIn.MONTH_BEFORE: -1, PaidIn.SAME_MONTH: 0, PaidIn.MONTH_AFTER: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """Ten, eleven or twelve payments a year.

    Attributes:
        months: how many, one after the other.
        paid_in: in the month that is paid, the one before or the one after.
        day_of_month: the payment day; none for the last working day of the month.
        first_month: the first month that is paid, by its number; September unless stated.
        bank_holidays: days that are no working days, beside Saturdays and Sundays.
    """

    kind: ClassVar[str] = "monthly"
    months: int
    paid_in: PaidIn
    day_of_month: int | None = None
    first_month: int = SCHOOL_YEAR_BEGINS
    bank_holidays: tuple[date, ...] = ()

    def periods(self, school_year: int) -> tuple[Period, ...]:
        """What is paid in a school year, and when."""
        late = self.first_month < SCHOOL_YEAR_BEGINS
        first = (school_year + late) * MONTHS_A_YEAR + self.first_month - 1
        return tuple(
            Period(
                _first_day(month),
                _first_day(month + 1) - _ONE_DAY,
                self._due(month + _MONTHS_ON[self.paid_in]),
            )
            for month in range(first, first + self.months)
        )

    def _due(self, month: int) -> date:
        wanted = (
            _first_day(month + 1) - _ONE_DAY
            if self.day_of_month is None
            else _first_day(month).replace(day=self.day_of_month)
        )
        while not _is_working_day(wanted, self.bank_holidays):
            wanted -= _ONE_DAY
        return wanted

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if not FEWEST_MONTHS <= self.months <= MONTHS_A_YEAR:
            yield "months", f"must be from {FEWEST_MONTHS} to {MONTHS_A_YEAR}"
        if self.first_month > MONTHS_A_YEAR:
            yield "first_month", "must be a month's number, 1 to 12"
        if self.day_of_month is not None and self.day_of_month > LAST_DAY_OF_EVERY_MONTH:
            yield "day_of_month", "must be a day that every month has, 1 to 28"


PaymentCalendar = Termly | HalfTermly | Monthly


def _first_day(month: int) -> date:
    """The first day of a month, counted from the year nought."""
    return date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)


def _is_working_day(day: date, bank_holidays: Collection[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in bank_holidays
