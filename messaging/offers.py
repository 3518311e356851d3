"""What can be offered to a family, and what an offer has to know of a child."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Self

LONGEST_JOURNEY = Decimal(150)  # miles one way: above this a typing error is likelier


class Offer(StrEnum):
    """What a family may choose, in the order in which it is always printed."""

    KEEP = "keep"
    PTB = "ptb"
    ITT = "itt"
    MINI_PTB = "mini-ptb"


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
class ChildOffer:
    """One child of a letter, with what is needed to print the offer and nothing else.

    Attributes:
        first_name: as it prints; may be empty where a message names no child.
        age_band: none if it is not known; no offer goes out then.
        miles: one way, or none if not known.
        also: the offers that are open to the child beside the campaign's own, as recorded.
    """

    first_name: str
    age_band: AgeBand | None = None
    miles: Decimal | None = None
    also: tuple[Offer, ...] = ()

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
