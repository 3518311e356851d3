"""What came of a trial, by intention to treat.

A family counts in the arm it was drawn for, whatever it was sent in the end: an objection, a
returned letter or a new segment moves nobody. A family whose record was erased stays as one of its
arm, with what was known of it on that day; if nothing was, it has not done it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from messaging.trials.allocation import Stratum
from messaging.trials.intervals import Interval, Tally, newcombe, stratified_newcombe
from messaging.variants import Arm

if TYPE_CHECKING:
    from collections.abc import Iterable


class Verdict(StrEnum):
    """What may be said of a trial as a whole. None is a promise for another campaign.

    ``TOO_FEW_TO_SHOW`` is said where the counts behind any other would tell of a few families.
    """

    STILL_COUNTING = "still-counting"
    NOTHING_TO_COMPARE = "nothing-to-compare"
    NO_DIFFERENCE_SHOWN = "no-difference-shown"
    MORE_WHEN_TAILORED = "more-when-tailored"
    MORE_WHEN_NEUTRAL = "more-when-neutral"
    TOO_FEW_TO_SHOW = "too-few-to-show"


@dataclass(frozen=True, slots=True)
class Cell:
    """The families of one stratum in one arm.

    Attributes:
        stratum: what their carers were taken for when they were drawn.
        arm: what they were drawn for.
        families: how many, the erased among them.
        reached: how many of them did what is counted, in time.
        erased: how many of them are counts only.
    """

    stratum: Stratum
    arm: Arm
    families: int
    reached: int
    erased: int = 0

    @property
    def tally(self) -> Tally:
        """Those who did it, of all."""
        return Tally(self.reached, self.families)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two arms side by side.

    Attributes:
        tailored: who did it in the tailored arm, of all in it.
        neutral: the same in the neutral arm.
        difference: the tailored arm's share less the neutral one's; none where an arm is empty.
    """

    tailored: Tally
    neutral: Tally
    difference: Interval | None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A trial as it may be read.

    Attributes:
        strata: each stratum that has families, in the order of `Stratum`; they are looked at for
            ideas, so no verdict is given for any of them.
        overall: all families as if there were no strata (Newcombe).
        within_strata: the difference within strata over all of them (Mantel and Haenszel, with
            the stratified Newcombe interval); none where no stratum has both arms.
        apart: families with no carer to whom anything could be tailored; in no arm.
        erased: families in the contrast that are counts only.
        verdict: what may be said.
    """

    strata: tuple[tuple[Stratum, Contrast], ...]
    overall: Contrast
    within_strata: Interval | None
    apart: int
    erased: int
    verdict: Verdict


def read_result(cells: Iterable[Cell], *, apart: int, counting_over: bool) -> TrialResult:
    """Read a trial's counts.

    Args:
        cells: the families by stratum and arm; each at most once.
        apart: families that stand apart.
        counting_over: whether the last day that counts is past; before, there is no verdict, for
            whoever looks often enough sees a difference that is none.
    """
    found = {(cell.stratum, cell.arm): cell for cell in cells if cell.families}

    def arm_of(stratum: Stratum, arm: Arm) -> Tally:
        cell = found.get((stratum, arm))
        return cell.tally if cell else Tally(0, 0)

    strata = tuple(
        (stratum, _contrast(arm_of(stratum, Arm.TAILORED), arm_of(stratum, Arm.NEUTRAL)))
        for stratum in Stratum
        if any((stratum, arm) in found for arm in Arm)
    )
    overall = _contrast(
        sum((contrast.tailored for _, contrast in strata), Tally(0, 0)),
        sum((contrast.neutral for _, contrast in strata), Tally(0, 0)),
    )
    within = stratified_newcombe([(c.tailored, c.neutral) for _, c in strata])
    return TrialResult(
        strata=strata,
        overall=overall,
        within_strata=within,
        apart=apart,
        erased=sum(cell.erased for cell in found.values()),
        verdict=_verdict(overall.difference, within, counting_over=counting_over),
    )


def _contrast(tailored: Tally, neutral: Tally) -> Contrast:
    both = tailored.of and neutral.of
    return Contrast(tailored, neutral, newcombe(tailored, neutral) if both else None)


def _verdict(overall: Interval | None, within: Interval | None, *, counting_over: bool) -> Verdict:
    """A difference is only said to be one where both ways of reckoning show it."""
    if not counting_over:
        return Verdict.STILL_COUNTING
    if overall is None or within is None:
        return Verdict.NOTHING_TO_COMPARE
    if overall.low > 0 and within.low > 0:
        return Verdict.MORE_WHEN_TAILORED
    if overall.high < 0 and within.high < 0:
        return Verdict.MORE_WHEN_NEUTRAL
    return Verdict.NO_DIFFERENCE_SHOWN
