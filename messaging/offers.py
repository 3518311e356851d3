"""What can be offered to a family, and the arithmetic of a mileage payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Self

PENNY = Decimal("0.01")
LONGEST_JOURNEY = Decimal(150)  # miles one way: above this a typing error is likelier


class Offer(StrEnum):
    """What a family may choose, in the order in which it is always printed."""

    KEEP = "keep"
    PTB = "ptb"


class AgeBand(StrEnum):
    """The two ages between which the law on travel to school differs (Education Act 1996)."""

    UNDER_16 = "under-16"
    POST_16 = "post-16"

    @classmethod
    def read(cls, text: str) -> "AgeBand":
        """The band of a cohort's finer band (`8-10`) or of its own name.

        Raises:
            KeyError: an unknown band; nobody may be sent an offer then.
        """
        return _BANDS[text.strip().casefold()]


_BANDS: Mapping[str, AgeBand] = {
    "under-16": AgeBand.UNDER_16,
    "5-7": AgeBand.UNDER_16,
    "8-10": AgeBand.UNDER_16,
    "11-13": AgeBand.UNDER_16,
    "14-15": AgeBand.UNDER_16,
    "post-16": AgeBand.POST_16,
    "16-18": AgeBand.POST_16,
    "19-25": AgeBand.POST_16,
}


def read_miles(text: str) -> Decimal:
    """Miles one way, from what stands in a file.

    Raises:
        ValueError: not a plain decimal number above 0 and at most `LONGEST_JOURNEY`.
    """
    compact = text.strip()
    if not (compact.isascii() and compact.replace(".", "", 1).isdigit()):
        raise ValueError(text)
    try:
        miles = Decimal(compact)
    except InvalidOperation as wrong:
        raise ValueError(text) from wrong
    if not 0 < miles <= LONGEST_JOURNEY:
        raise ValueError(text)
    return miles


@dataclass(frozen=True, slots=True)
class MileageScheme:
    """How a Personal Transport Budget is worked out: miles × rate × trips × days.

    Attributes:
        pence_per_mile: the rate, in pence.
        trips_a_day: single journeys that are paid for on a school day, of the car, so usually 4.
        days_a_year: school days that are paid for.
        valid_from: first day of the rate.
        valid_to: last day of the rate.
    """

    pence_per_mile: Decimal
    trips_a_day: int
    days_a_year: int
    valid_from: date
    valid_to: date

    def work_out(self, miles: Decimal) -> "MileagePayment":
        """The payment for a year for a journey of so many miles one way, to the penny."""
        pounds = miles * self.pence_per_mile * self.trips_a_day * self.days_a_year / 100
        return MileagePayment(self, miles, pounds.quantize(PENNY, ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class MileagePayment:
    """One child's worked amount: the scheme, the miles one way, and pounds a year."""

    scheme: MileageScheme
    miles: Decimal
    pounds_a_year: Decimal


@dataclass(frozen=True, slots=True)
class ChildOffer:
    """One child of a letter, with what is needed to print the offer and nothing else.

    Attributes:
        first_name: as it prints; may be empty where a message names no child.
        age_band: none if it is not known; no offer goes out then.
        miles: one way, or none if not known.
    """

    first_name: str
    age_band: AgeBand | None = None
    miles: Decimal | None = None

    @classmethod
    def read(cls, first_name: str, age_band: str = "", miles: str = "") -> Self:
        """A child from the words of a file; blank means not known.

        Raises:
            KeyError: an age band nobody knows.
            ValueError: miles that are no number of miles.
        """
        return cls(
            first_name.strip(),
            AgeBand.read(age_band) if age_band.strip() else None,
            read_miles(miles) if miles.strip() else None,
        )


def format_pence(pence: Decimal) -> str:
    """A rate as it is printed: `55p`, `62.5p`."""
    return f"{_without_trailing_noughts(pence)}p"


def format_pounds(pounds: Decimal) -> str:
    """A sum as it is printed: `£2,090`, and with its pence where there are any: `£2,090.40`."""
    exact = pounds.quantize(PENNY, ROUND_HALF_UP)
    return f"£{exact:,.0f}" if exact == exact.to_integral_value() else f"£{exact:,.2f}"


def format_miles(miles: Decimal) -> str:
    """Miles as they are printed: `5`, `4.75`."""
    return _without_trailing_noughts(miles)


def _without_trailing_noughts(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
