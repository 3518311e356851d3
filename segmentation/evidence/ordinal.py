"""Ordinal logistic regression by maximum likelihood, as far as the tests of items need it.

McCullagh 1980, *Regression models for ordinal data*: the odds of saying at most k are the same
multiple for every k. None of the project's libraries has it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import chi2

from segmentation.scoring import Floats

_LEAST: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Misfit:
    """How much a group adds to what the rest of the answers say of one answer.

    Attributes:
        growth: of Nagelkerke's R², by the group and by the group with the rest score.
        uniform: the part of it that is the same at every rest score.
        chance: of a likelihood ratio as large if groups answered alike.
        shift: (groups less one,), log odds of a higher answer than the first group, at the same
            rest score.
    """

    growth: float
    uniform: float
    chance: float
    shift: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What was found.

    Attributes:
        loss: the negative log likelihood.
        slopes: (columns,), in log odds of a higher answer per standard deviation of the column.
    """

    loss: float
    slopes: Floats


def misfit(said: NDArray[np.intp], rest: Floats, members: Floats) -> Misfit:
    """Test whether groups answer one item differently at the same rest score.

    Args:
        said: (people,), the answer, any whole numbers in order.
        rest: (people, columns), what people are matched on; the first also meets the groups.
        members: (people, groups less one), ones and zeros.
    """
    _, said = np.unique(said, return_inverse=True)
    rest = (rest - rest.mean(axis=0)) / rest.std(axis=0)
    matched = fit(said, rest)
    shifted = fit(said, np.hstack([rest, members]))
    crossed = fit(said, np.hstack([rest, members, members * rest[:, :1]]))
    start = rest.shape[1]
    ratio = 2 * (matched.loss - crossed.loss)
    alone = _alone(said)
    base = _nagelkerke(alone, matched.loss, len(said))
    return Misfit(
        growth=_nagelkerke(alone, crossed.loss, len(said)) - base,
        uniform=_nagelkerke(alone, shifted.loss, len(said)) - base,
        chance=float(chi2.sf(ratio, 2 * members.shape[1])),
        shift=shifted.slopes[start:],
    )


def fit(said: NDArray[np.intp], columns: Floats) -> Fitted:
    """Fit the proportional odds model of answers 0, 1, … (people,) on columns (people, columns)."""
    steps = int(said.max())
    below = np.cumsum(np.bincount(said))[:-1] / len(said)
    cuts = np.log(below / (1 - below))
    start = np.concatenate([cuts[:1], np.log(np.diff(cuts)), np.zeros(columns.shape[1])])

    def loss(parameters: Floats) -> tuple[float, Floats]:
        gaps = np.exp(parameters[1:steps])
        ends = np.concatenate([[-np.inf], parameters[0] + np.cumsum([0, *gaps]), [np.inf]])
        liking = columns @ parameters[steps:]
        upper, lower = ends[said + 1] - liking, ends[said] - liking
        share_up, share_low = _logistic(upper), _logistic(lower)
        chance = np.maximum(share_up - share_low, _LEAST)
        rise_up = share_up * (1 - share_up) / chance
        rise_low = share_low * (1 - share_low) / chance
        by_end = np.bincount(said + 1, rise_up, steps + 2) - np.bincount(said, rise_low, steps + 2)
        by_end = by_end[1:-1]
        by_gap = gaps * np.cumsum(by_end[::-1])[::-1][1:]
        by_slope = columns.T @ (rise_low - rise_up)
        gradient = -np.concatenate([[by_end.sum()], by_gap, by_slope])
        return -float(np.log(chance).sum()), gradient

    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-3})
    return Fitted(float(found.fun), found.x[steps:])


def _logistic(points: Floats) -> Floats:
    with np.errstate(over="ignore"):
        shares: Floats = 1 / (1 + np.exp(-points))
    return shares


def _alone(said: NDArray[np.intp]) -> float:
    """Negative log likelihood of the answers' own shares."""
    numbers = np.bincount(said)
    return -float((numbers * np.log(numbers / len(said))).sum())


def _nagelkerke(alone: float, loss: float, people: int) -> float:
    """Nagelkerke 1991, *A note on a general definition of the coefficient of determination*."""
    return float((1 - np.exp(2 * (loss - alone) / people)) / (1 - np.exp(-2 * alone / people)))
