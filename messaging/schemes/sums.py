"""A worked sum, line by line, in values that any language can print."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import prod

from messaging.offers import AgeGroup
from messaging.schemes.journeys import Journey
from messaging.schemes.money import to_the_penny


class Unit(StrEnum):
    """What the number of a part counts."""

    MILES = "miles"
    PENCE_A_MILE = "pence-a-mile"
    TRIPS_A_DAY = "trips-a-day"
    DAYS_A_YEAR = "days-a-year"
    WEEKS_A_YEAR = "weeks-a-year"
    DAYS_A_WEEK = "days-a-week"
    MONTHS_A_YEAR = "months-a-year"
    DAYS_A_MONTH = "days-a-month"
    TERMS_A_YEAR = "terms-a-year"
    POUNDS_A_DAY = "pounds-a-day"
    POUNDS_A_WEEK = "pounds-a-week"
    POUNDS_A_MONTH = "pounds-a-month"
    POUNDS_A_TERM = "pounds-a-term"
    POUNDS_A_YEAR = "pounds-a-year"


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a product, such as 5 miles or 55 pence a mile."""

    unit: Unit
    number: Decimal

    @property
    def factor(self) -> Decimal:
        """The number, with pence as pounds."""
        return self.number / 100 if self.unit is Unit.PENCE_A_MILE else self.number


@dataclass(frozen=True, slots=True)
class Product:
    """A line of parts multiplied with each other: 5 miles × 55p × 4 trips × 190 days."""

    parts: tuple[Part, ...]

    @property
    def pounds(self) -> Decimal:
        """What the line comes to, to the penny."""
        return to_the_penny(prod((part.factor for part in self.parts), start=Decimal(1)))


class Edge(StrEnum):
    """Whether a band's last mile belongs to it."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Limit:
    """Where a band ends: at so many miles, with them or without."""

    miles: Decimal
    edge: Edge

    def admits(self, miles: Decimal) -> bool:
        """Whether so many miles lie within the limit."""
        return miles < self.miles or (miles == self.miles and self.edge is Edge.INCLUSIVE)


@dataclass(frozen=True, slots=True)
class BandAmount:
    """A line that reads an amount off a table of distances.

    Attributes:
        miles: the journey's, one way.
        beyond: where the band before ends; none for the first band.
        upto: where this band ends; none for the last band.
        higher: whether the amount is the higher one that was recorded for the child.
        parts: the amount, with how often it is paid where the table is not of a whole year.
    """

    miles: Decimal
    beyond: Limit | None
    upto: Limit | None
    higher: bool
    parts: tuple[Part, ...]

    @property
    def pounds(self) -> Decimal:
        """What the line comes to, to the penny."""
        return Product(self.parts).pounds


@dataclass(frozen=True, slots=True)
class LessForAge:
    """A line that takes off what families of that age pay themselves; its pounds are negative."""

    ages: tuple[AgeGroup, ...]
    pounds: Decimal


@dataclass(frozen=True, slots=True)
class NotBelowNothing:
    """A line that makes good what would be below nothing; its pounds are positive."""

    pounds: Decimal


Step = Product | BandAmount | LessForAge | NotBelowNothing


@dataclass(frozen=True, slots=True)
class Payment:
    """One child's worked amount.

    Only a line with miles in it can have part of a penny, no sum has two of those, and each line
    is rounded half a penny up. So the lines as they are printed add up to the year's pounds, which
    are the same as if the whole sum were rounded once at its end.

    Attributes:
        journey: what it was worked out from.
        steps: the lines of the sum, in order.
    """

    journey: Journey
    steps: tuple[Step, ...]

    @property
    def miles(self) -> Decimal:
        """One way."""
        return self.journey.miles

    @property
    def pounds_a_year(self) -> Decimal:
        """The sum of the lines."""
        return to_the_penny(sum((step.pounds for step in self.steps), Decimal(0)))


def payment(journey: Journey, steps: tuple[Step, ...]) -> Payment:
    """A payment of these lines, which is never below nothing."""
    short = sum((step.pounds for step in steps), Decimal(0))
    floor = (NotBelowNothing(-short),) if short < 0 else ()
    return Payment(journey, (*steps, *floor))
