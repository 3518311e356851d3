"""Figures with their intervals, in closed form: what a web page can work out as it is read."""

from dataclasses import dataclass
from math import atanh, sqrt, tanh
from statistics import NormalDist
from typing import Final

import numpy as np

from segmentation.scoring import Floats

CONFIDENCE: Final = 0.95


class TooFew(ValueError):
    """There are not enough people to say anything of them.

    Attributes:
        missing: how many more are needed.
    """

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} more people are needed")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its interval."""

    value: float
    low: float
    high: float


def normal_quantile(confidence: float = CONFIDENCE, comparisons: int = 1) -> float:
    """Give how many standard errors an interval reaches either way.

    Args:
        confidence: that all the intervals together hold what they are about.
        comparisons: how many are looked at together (Bonferroni's correction).
    """
    return NormalDist().inv_cdf(1 - (1 - confidence) / 2 / comparisons)


def wilson(hits: int, of: int, confidence: float = CONFIDENCE) -> Interval:
    """Give a proportion with Wilson's interval (1927), which stays within 0 and 1.

    Args:
        hits: how many.
        of: of how many, at least one.
        confidence: of the interval.
    """
    z = normal_quantile(confidence)
    middle = (hits + z * z / 2) / (of + z * z)
    half = z * sqrt(hits * (of - hits) / of + z * z / 4) / (of + z * z)
    return Interval(hits / of, max(middle - half, 0.0), min(middle + half, 1.0))


def mean_interval(values: Floats, quantile: float) -> Interval:
    """Give the mean of two values or more with an interval by their own spread."""
    middle, half = float(values.mean()), quantile * float(values.std(ddof=1)) / sqrt(len(values))
    return Interval(middle, middle - half, middle + half)


def correlation(one: Floats, other: Floats, confidence: float = CONFIDENCE) -> Interval | None:
    """Give Pearson's correlation with Fisher's interval (1921).

    None below four pairs, or where one side does not vary.
    """
    fewest = 4
    if len(one) < fewest or min(np.ptp(one), np.ptp(other)) == 0:
        return None
    found = float(np.corrcoef(one, other)[0, 1])
    if abs(found) >= 1:
        return Interval(found, found, found)
    half = normal_quantile(confidence) / sqrt(len(one) - 3)
    return Interval(found, tanh(atanh(found) - half), tanh(atanh(found) + half))
