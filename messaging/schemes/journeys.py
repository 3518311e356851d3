"""What a scheme asks about a child's journey, and nothing else about the child."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from messaging.offers import GROUPS_OF_BAND, AgeGroup, ChildOffer


class Measure(StrEnum):
    """How the miles between home and school are counted."""

    BY_ROAD = "by-road"
    STRAIGHT_LINE = "straight-line"


ANY_AGE = frozenset(AgeGroup)


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


def ages_of(child: ChildOffer) -> frozenset[AgeGroup]:
    """The ages a child may have, by what is known of it."""
    if child.age_group is not None:
        return frozenset({child.age_group})
    return GROUPS_OF_BAND[child.age_band] if child.age_band else ANY_AGE
