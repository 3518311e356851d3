"""How many families a comparison takes, and what a cohort of a size can show.

All by the normal formula with the variance pooled where nothing differs and apart where something
does (Fleiss, Levin and Paik, *Statistical Methods for Rates and Proportions*, 3rd edition 2003,
sections 4.3 and 4.4, without continuity correction), for a two-sided test at five per cent unless
said otherwise; the far tail, which at any power worth planning for is nothing, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

POWER = 0.8
SIGNIFICANCE = 0.05
FEWEST = 10
"""Families in an arm below which the normal formula says nothing worth reading."""


@dataclass(frozen=True, slots=True)
class ArmSizes:
    """How many families in each arm."""

    neutral: int
    tailored: int

    @property
    def families(self) -> int:
        """All of them."""
        return self.neutral + self.tailored


def arm_sizes_needed(
    neutral: float,
    tailored: float,
    *,
    neutral_share: int = 50,
    power: float = POWER,
    significance: float = SIGNIFICANCE,
) -> ArmSizes:
    """The families needed to show the difference between two shares.

    Args:
        neutral: the share of the neutral arm that does something, 0 to 1.
        tailored: the share of the tailored arm; another one.
        neutral_share: whole per cent of all families in the neutral arm; at 50 both arms are alike.
        power: how likely the difference is to show.
        significance: how likely one is to show where there is none.
    """
    ratio = (100 - neutral_share) / neutral_share
    together = (neutral + ratio * tailored) / (1 + ratio)
    apart = neutral * (1 - neutral) + tailored * (1 - tailored) / ratio
    reach = _quantile(significance) * sqrt((1 + 1 / ratio) * together * (1 - together))
    reach += NormalDist().inv_cdf(power) * sqrt(apart)
    needed = (reach / (tailored - neutral)) ** 2
    return ArmSizes(ceil(needed), ceil(needed * ratio))


def power_to_show(
    sizes: ArmSizes, neutral: float, tailored: float, *, significance: float = SIGNIFICANCE
) -> float:
    """How likely arms of these sizes are to show the difference between two shares.

    Args:
        sizes: the families in each arm, at least one.
        neutral: the share of the neutral arm, 0 to 1.
        tailored: the share of the tailored arm; not both may be 0 or 1.
        significance: how likely a difference is to show where there is none.
    """
    together = (sizes.neutral * neutral + sizes.tailored * tailored) / sizes.families
    alike = sqrt(together * (1 - together) * (1 / sizes.neutral + 1 / sizes.tailored))
    apart = sqrt(
        neutral * (1 - neutral) / sizes.neutral + tailored * (1 - tailored) / sizes.tailored
    )
    beyond = abs(tailored - neutral) - _quantile(significance) * alike
    if not apart:
        return float(beyond > 0)
    return NormalDist().cdf(beyond / apart)


def split(families: int, neutral_share: int) -> ArmSizes:
    """A cohort in its two arms, the neutral one to the nearest family."""
    neutral = (families * neutral_share + 50) // 100
    return ArmSizes(neutral, families - neutral)


def smallest_detectable(
    sizes: ArmSizes,
    neutral: float,
    *,
    power: float = POWER,
    significance: float = SIGNIFICANCE,
) -> float | None:
    """The smallest rise from the neutral arm's share that the arms would show.

    Args:
        sizes: the families in each arm.
        neutral: the share of the neutral arm that is reckoned with, 0 to 1.
        power: how likely the rise is to show.
        significance: how likely one is to show where there is none.

    Returns:
        The rise as a share (0.079 is 7.9 percentage points), or none where even the tailored
        arm doing it without exception would not show, or an arm has fewer than `FEWEST` families.
    """

    def shows(rise: float) -> bool:
        return power_to_show(sizes, neutral, neutral + rise, significance=significance) >= power

    most = 1 - neutral
    if min(sizes.neutral, sizes.tailored) < FEWEST or most <= 0 or not shows(most):
        return None
    low, high = 0.0, most
    while high - low > _FINE:
        middle = (low + high) / 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high


_FINE = 1e-9


def _quantile(significance: float) -> float:
    return NormalDist().inv_cdf(1 - significance / 2)
