"""Answers of synthetic parents: each leans towards some values, and wavers as people do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME

if TYPE_CHECKING:
    from random import Random

    from segmentation.instrument import Instrument

_USUAL = 2.9
_LEAN = 0.9
_WAVER = 0.9
_LEFT_OUT = 0.02
_FACET_USUAL = {"imprich": 4.3, "ipadvnt": 4.0, "iplylfr": 1.9, "iphlppl": 2.0, "ipeqopt": 2.1}


def answers_of_one(instrument: Instrument, chance: Random) -> dict[str, int]:
    """Ratings by item of a made-up parent, 1 (very much like me) to 6; a few are left out.

    No respondent is behind these numbers: every value has a lean drawn for this parent alone.
    """
    lean = {item.value: chance.gauss(0, _LEAN) for item in instrument.items}
    ratings = {}
    for item in instrument.items:
        if chance.random() < _LEFT_OUT:
            continue
        usual = _FACET_USUAL.get(item.facet, _USUAL)
        rating = round(usual + lean[item.value] + chance.gauss(0, _WAVER))
        ratings[item.code] = min(max(rating, MOST_LIKE_ME), LEAST_LIKE_ME)
    return ratings
