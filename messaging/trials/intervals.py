"""Shares and differences of shares with their intervals, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Tally:
    """How many did something, of how many.

    Attributes:
        hits: those who did, 0 to ``of``.
        of: all of them.
    """

    hits: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.of:
            raise ValueError(f"{self.hits} of {self.of}")

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hits + other.hits, self.of + other.of)

    @property
    def share(self) -> float:
        """The share of those who did; there must be somebody."""
        return self.hits / self.of


@dataclass(frozen=True, slots=True)
class Interval:
    """A share, or a difference of shares, and its interval: 0.05 is five percentage points."""

    value: float
    low: float
    high: float

    @property
    def spans_zero(self) -> bool:
        """Whether no difference at all would be compatible with what was seen."""
        return self.low <= 0 <= self.high


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """How many standard errors a two-sided interval reaches either way."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(tally: Tally, confidence: float = CONFIDENCE) -> Interval:
    """A share with Wilson's score interval (1927), which stays within 0 and 1."""
    low, high = _score_limits(tally, normal_quantile(confidence))
    return Interval(tally.share, low, high)


def newcombe(one: Tally, other: Tally, confidence: float = CONFIDENCE) -> Interval:
    """The share of one less the other's, with Newcombe's hybrid-score interval.

    Newcombe, Statistics in Medicine 17 (1998), 873-890, method 10: the limits of both Wilson
    intervals, put together as the root of a sum of squares. No continuity correction.
    """
    first, second = wilson(one, confidence), wilson(other, confidence)
    value = first.value - second.value
    down = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    up = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Interval(value, max(value - down, -1.0), min(value + up, 1.0))


def stratified_newcombe(
    strata: Sequence[tuple[Tally, Tally]], confidence: float = CONFIDENCE
) -> Interval | None:
    """The difference within strata, over all of them, with the stratified Newcombe interval.

    The difference is Mantel and Haenszel's: a stratum weighs n1 n2 / (n1 + n2), so that one
    with an empty arm weighs nothing. The interval is that of Yan and Su, Statistics in
    Biopharmaceutical Research 2 (2010), 329-335, as PROC FREQ of SAS works it out with these
    weights: from the limits of each arm's stratified Wilson interval. With one stratum it is
    Newcombe's own. None where no stratum has both arms.
    """
    both = [(one, other) for one, other in strata if one.of and other.of]
    if not both:
        return None
    raw = [one.of * other.of / (one.of + other.of) for one, other in both]
    weights = [weight / sum(raw) for weight in raw]
    z = normal_quantile(confidence)
    first = _stratified_wilson([one for one, _ in both], weights, z)
    second = _stratified_wilson([other for _, other in both], weights, z)
    spread_one, spread_other = (
        sum(weight**2 / arm.of for weight, arm in zip(weights, arms, strict=True))
        for arms in zip(*both, strict=True)
    )
    value = first.value - second.value
    down = z * sqrt(_variance(first.low, spread_one) + _variance(second.high, spread_other))
    up = z * sqrt(_variance(first.high, spread_one) + _variance(second.low, spread_other))
    return Interval(value, max(value - down, -1.0), min(value + up, 1.0))


def _stratified_wilson(arms: Sequence[Tally], weights: Sequence[float], z: float) -> Interval:
    """The weighted share of an arm, between the weighted limits of its strata.

    Each stratum's limits are taken at a smaller quantile, so that the whole has the confidence
    that is asked for. Where every stratum has nobody or everybody their variances are nought, and
    the quantile is that which it nears as they come near it together.
    """
    shares = [arm.share for arm in arms]
    variances = [share * (1 - share) / arm.of for share, arm in zip(shares, arms, strict=True)]
    if not any(variances):
        variances = [1 / arm.of for arm in arms]
    root = sqrt(sum(w**2 * variance for w, variance in zip(weights, variances, strict=True)))
    quantile = z * root / sum(w * sqrt(v) for w, v in zip(weights, variances, strict=True))
    limits = [_score_limits(arm, quantile) for arm in arms]
    return Interval(
        sum(weight * share for weight, share in zip(weights, shares, strict=True)),
        sum(weight * low for weight, (low, _) in zip(weights, limits, strict=True)),
        sum(weight * high for weight, (_, high) in zip(weights, limits, strict=True)),
    )


def _score_limits(tally: Tally, quantile: float) -> tuple[float, float]:
    square, share = quantile**2, tally.share
    middle = (tally.hits + square / 2) / (tally.of + square)
    half = sqrt(share * (1 - share) * tally.of + square / 4) * quantile / (tally.of + square)
    low = 0.0 if tally.hits == 0 else middle - half
    high = 1.0 if tally.hits == tally.of else middle + half
    return low, high


def _variance(share: float, spread: float) -> float:
    return max(share * (1 - share), 0.0) * spread
