"""The kinds of scheme that councils publish, each a frozen value that a setting states whole.

The shapes are those of published schemes (domain/benefits.md, "PTB schemes seen"); their numbers
are nobody's default.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar

from messaging.offers import AgeGroup
from messaging.schemes.journeys import Journey, Measure
from messaging.schemes.money import is_whole_pence
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import (
    BandAmount,
    Edge,
    LessForAge,
    Limit,
    Part,
    Payment,
    Product,
    Step,
    Unit,
    payment,
)
from messaging.settings import Problem

NOT_WHOLE_PENCE = "must be pounds and whole pence"


@dataclass(frozen=True, slots=True)
class DaysAYear:
    """School days of the year that are paid for."""

    kind: ClassVar[str] = "days"
    days: int

    def parts(self) -> tuple[Part, ...]:
        """What a day's sum is multiplied with."""
        return (Part(Unit.DAYS_A_YEAR, Decimal(self.days)),)


@dataclass(frozen=True, slots=True)
class WeeksAYear:
    """School weeks of the year that are paid for, and the days in each."""

    kind: ClassVar[str] = "weeks"
    weeks: int
    days_a_week: int

    def parts(self) -> tuple[Part, ...]:
        """What a day's sum is multiplied with."""
        return (
            Part(Unit.DAYS_A_WEEK, Decimal(self.days_a_week)),
            Part(Unit.WEEKS_A_YEAR, Decimal(self.weeks)),
        )


@dataclass(frozen=True, slots=True)
class MonthsAYear:
    """Months of the year that are paid for, and the school days counted in each."""

    kind: ClassVar[str] = "months"
    months: int
    days_a_month: int

    def parts(self) -> tuple[Part, ...]:
        """What a day's sum is multiplied with."""
        return (
            Part(Unit.DAYS_A_MONTH, Decimal(self.days_a_month)),
            Part(Unit.MONTHS_A_YEAR, Decimal(self.months)),
        )


PaidYear = DaysAYear | WeeksAYear | MonthsAYear


@dataclass(frozen=True, slots=True)
class AgeReduction:
    """What is taken off the year's amount at some ages, as a family's own share of the cost."""

    ages: tuple[AgeGroup, ...]
    pounds_a_year: Decimal

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if not is_whole_pence(self.pounds_a_year):
            yield "pounds_a_year", NOT_WHOLE_PENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedScheme(ABC):
    """What every kind of scheme states.

    Attributes:
        valid_from: first day of the scheme.
        valid_to: last day of the scheme.
        measured: how its miles are counted.
        age_reductions: what is taken off, by age.
    """

    valid_from: date
    valid_to: date
    measured: Measure
    age_reductions: tuple[AgeReduction, ...] = ()

    def work_out(self, journey: Journey) -> Payment:
        """The payment for a year, to the penny, with the lines of its sum.

        Raises:
            WorkingOutRefused: `measured-otherwise`, `beyond-the-bands` or `age-needed`.
        """
        if journey.measured is not None and journey.measured is not self.measured:
            raise WorkingOutRefused("measured-otherwise", wanted=self.measured)
        reductions = (one for one in self.age_reductions if _falls_on(one, journey))
        less = tuple(LessForAge(one.ages, -one.pounds_a_year) for one in reductions)
        return payment(journey, (*self._amounts(journey), *less))

    @abstractmethod
    def _amounts(self, journey: Journey) -> tuple[Step, ...]:
        """The lines before anything is taken off."""

    @abstractmethod
    def _own_contradictions(self) -> Iterator[Problem]:
        """What no single field of this kind can tell."""

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if self.valid_from > self.valid_to:
            yield "valid_to", "lies before valid_from"
        named = [age for one in self.age_reductions for age in one.ages]
        if len(named) > len(set(named)):
            yield "age_reductions", "take off twice at one age"
        yield from self._own_contradictions()


@dataclass(frozen=True, slots=True, kw_only=True)
class MileageScheme(DatedScheme):
    """Miles × rate × trips × days.

    Attributes:
        pence_per_mile: the rate.
        trips_a_day: single journeys paid for on a school day, of the car, so usually 4.
        year: how much of a year is paid for.
        higher_pence_per_mile: the rate where an officer recorded that a higher one is due.
    """

    kind: ClassVar[str] = "mileage"
    pence_per_mile: Decimal
    trips_a_day: int
    year: PaidYear
    higher_pence_per_mile: Decimal | None = None

    def _amounts(self, journey: Journey) -> tuple[Step, ...]:
        raised = journey.higher and self.higher_pence_per_mile
        rate = raised or self.pence_per_mile
        return (_mileage(journey, rate, self.trips_a_day, self.year),)

    def _own_contradictions(self) -> Iterator[Problem]:
        if self.higher_pence_per_mile and self.higher_pence_per_mile < self.pence_per_mile:
            yield "higher_pence_per_mile", "is less than pence_per_mile"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceScheme(DatedScheme):
    """A sum for each school day, and mileage on top of it.

    Attributes:
        pounds_a_day: for each school day, whatever the distance.
        pence_per_mile: the rate of the mileage.
        trips_a_day: single journeys paid for on a school day.
        year: how much of a year is paid for.
    """

    kind: ClassVar[str] = "daily-allowance"
    pounds_a_day: Decimal
    pence_per_mile: Decimal
    trips_a_day: int
    year: PaidYear

    def _amounts(self, journey: Journey) -> tuple[Step, ...]:
        daily = Product((Part(Unit.POUNDS_A_DAY, self.pounds_a_day), *self.year.parts()))
        return (daily, _mileage(journey, self.pence_per_mile, self.trips_a_day, self.year))

    def _own_contradictions(self) -> Iterator[Problem]:
        if not is_whole_pence(self.pounds_a_day):
            yield "pounds_a_day", NOT_WHOLE_PENCE


class Per(StrEnum):
    """What the amounts of a table of distances are for."""

    YEAR = "year"
    TERM = "term"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


_POUNDS_PER = {
    Per.YEAR: Unit.POUNDS_A_YEAR,
    Per.TERM: Unit.POUNDS_A_TERM,
    Per.MONTH: Unit.POUNDS_A_MONTH,
    Per.WEEK: Unit.POUNDS_A_WEEK,
    Per.DAY: Unit.POUNDS_A_DAY,
}
_TIMES = {
    Per.TERM: Unit.TERMS_A_YEAR,
    Per.MONTH: Unit.MONTHS_A_YEAR,
    Per.WEEK: Unit.WEEKS_A_YEAR,
    Per.DAY: Unit.DAYS_A_YEAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """One row of a table of distances.

    Attributes:
        pounds: the amount.
        higher_pounds: the amount where an officer recorded that the higher one is due.
        upper_miles: where the band ends; none for a last band without an end.
        upper: whether `upper_miles` itself belongs to the band.
    """

    pounds: Decimal
    higher_pounds: Decimal | None = None
    upper_miles: Decimal | None = None
    upper: Edge | None = None

    @property
    def limit(self) -> Limit | None:
        """Where the band ends, if it does."""
        if self.upper_miles is None or self.upper is None:
            return None
        return Limit(self.upper_miles, self.upper)

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if (self.upper_miles is None) != (self.upper is None):
            yield "upper", "and upper_miles are stated together"
        if not is_whole_pence(self.pounds):
            yield "pounds", NOT_WHOLE_PENCE
        if self.higher_pounds is None:
            return
        if not is_whole_pence(self.higher_pounds):
            yield "higher_pounds", NOT_WHOLE_PENCE
        if self.higher_pounds < self.pounds:
            yield "higher_pounds", "is less than pounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class BandScheme(DatedScheme):
    """An amount read off a table of distances.

    Attributes:
        bands: the nearest first; a journey belongs to the first band it is within.
        per: what an amount is for.
        times_a_year: how many terms, months, weeks or days are paid; none for amounts a year.
    """

    kind: ClassVar[str] = "distance-bands"
    bands: tuple[Band, ...]
    per: Per
    times_a_year: int | None = None

    def _amounts(self, journey: Journey) -> tuple[Step, ...]:
        beyond: Limit | None = None
        for band in self.bands:
            if band.limit is None or band.limit.admits(journey.miles):
                return (self._read_off(band, beyond, journey),)
            beyond = band.limit
        raise WorkingOutRefused("beyond-the-bands", miles=str(journey.miles))

    def _read_off(self, band: Band, beyond: Limit | None, journey: Journey) -> BandAmount:
        higher = journey.higher and band.higher_pounds is not None
        pounds = band.higher_pounds if higher and band.higher_pounds else band.pounds
        parts = [Part(_POUNDS_PER[self.per], pounds)]
        if self.times_a_year is not None:
            parts.append(Part(_TIMES[self.per], Decimal(self.times_a_year)))
        return BandAmount(journey.miles, beyond, band.limit, higher, tuple(parts))

    def _own_contradictions(self) -> Iterator[Problem]:
        if (self.per is Per.YEAR) != (self.times_a_year is None):
            yield (
                "times_a_year",
                "is stated for amounts that are not of a year",
            )
        for number, (nearer, farther) in enumerate(pairwise(self.bands), start=1):
            if nearer.upper_miles is None:
                yield f"bands[{number}]", "stands after a band without an end"
            elif farther.upper_miles is not None and farther.upper_miles <= nearer.upper_miles:
                yield f"bands[{number}].upper_miles", "does not lie beyond the band before"


Scheme = MileageScheme | AllowanceScheme | BandScheme


def _mileage(journey: Journey, pence: Decimal, trips: int, year: PaidYear) -> Product:
    return Product(
        (
            Part(Unit.MILES, journey.miles),
            Part(Unit.PENCE_A_MILE, pence),
            Part(Unit.TRIPS_A_DAY, Decimal(trips)),
            *year.parts(),
        )
    )


def _falls_on(reduction: AgeReduction, journey: Journey) -> bool:
    """Whether the reduction is for a child of this age.

    Raises:
        WorkingOutRefused: `age-needed`: the age is not known well enough to tell.
    """
    hit = journey.ages & set(reduction.ages)
    if hit and hit != journey.ages:
        raise WorkingOutRefused("age-needed", ages=", ".join(reduction.ages))
    return bool(hit)
