"""What a scheme asks about a child's journey, and nothing else about the child."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from messaging.offers import AgeBand


class Measure(StrEnum):
    """How the miles between home and school are counted."""

    BY_ROAD = "by-road"
    STRAIGHT_LINE = "straight-line"


class AgeGroup(StrEnum):
    """The ages of the cohort's file, in years."""

    FROM_5 = "5-7"
    FROM_8 = "8-10"
    FROM_11 = "11-13"
    FROM_14 = "14-15"
    FROM_16 = "16-18"
    FROM_19 = "19-25"


ANY_AGE = frozenset(AgeGroup)
_POST_16 = frozenset({AgeGroup.FROM_16, AgeGroup.FROM_19})
_OF_BAND: Mapping[AgeBand, frozenset[AgeGroup]] = {
    AgeBand.UNDER_16: ANY_AGE - _POST_16,
    AgeBand.POST_16: _POST_16,
}


def read_ages(text: str) -> frozenset[AgeGroup]:
    """The ages a band of a file stands for: `16-18` one group, `post-16` two, blank any.

    Raises:
        KeyError: an unknown band.
    """
    word = text.strip().casefold()
    if not word:
        return ANY_AGE
    try:
        return frozenset({AgeGroup(word)})
    except ValueError:
        return _OF_BAND[AgeBand.read(word)]


@dataclass(frozen=True, slots=True)
class Journey:
    """One child's way to school, as far as money depends on it.

    Attributes:
        miles: one way.
        ages: the groups the child may belong to: one where it is known, more where it is not.
        higher: whether an officer recorded that the council's higher amount is due. It is never
            worked out from anything else.
        measured: how the miles were counted; none: as the scheme asks.
    """

    miles: Decimal
    ages: frozenset[AgeGroup] = ANY_AGE
    higher: bool = False
    measured: Measure | None = None
