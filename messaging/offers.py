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


class AgeGroup(StrEnum):
    """The finer ages of a cohort's file, in years: some amounts go by them."""

    FROM_5 = "5-7"
    FROM_8 = "8-10"
    FROM_11 = "11-13"
    FROM_14 = "14-15"
    FROM_16 = "16-18"
    FROM_19 = "19-25"

    @classmethod
    def of(cls, text: str) -> "AgeGroup | None":
        """The group a file names, or none where it names only a band of the law."""
        word = text.strip().casefold()
        return cls(word) if word in set(cls) else None


GROUPS_OF_BAND: Mapping[AgeBand, frozenset[AgeGroup]] = {
    AgeBand.UNDER_16: frozenset(
        {AgeGroup.FROM_5, AgeGroup.FROM_8, AgeGroup.FROM_11, AgeGroup.FROM_14}
    ),
    AgeBand.POST_16: frozenset({AgeGroup.FROM_16, AgeGroup.FROM_19}),
}
_BANDS: Mapping[str, AgeBand] = {str(band): band for band in AgeBand} | {
    str(group): band for band, groups in GROUPS_OF_BAND.items() for group in groups
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
        age_group: the finer age, where it is known.
        higher: whether an officer recorded that the scheme's higher amount is due.
    """

    first_name: str
    age_band: AgeBand | None = None
    miles: Decimal | None = None
    also: tuple[Offer, ...] = ()
    age_group: AgeGroup | None = None
    higher: bool = False

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
            age_group=AgeGroup.of(age_band),
        )
