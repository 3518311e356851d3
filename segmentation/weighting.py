"""Weights for who replied: how likely a reply was, and raking to what is known of everybody.

Those who reply are not like those who do not. The council knows its whole frame, so the chance of a
reply is modelled on the frame's variables, and the weights are then raked until the weighted
replies have the frame's own margins. What no variable of the frame explains stays a bias: a weight
cannot speak for people unlike anyone who replied.

Arrays hold one person a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.sampling import Reason, SurveyRefused
from segmentation.scoring import Floats

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

RIDGE: Final = 0.1
"""Penalty on squared coefficients: keeps a category in which all or none replied finite."""

CLASSES: Final = 5
"""Propensity classes: fifths take away about nine tenths of the bias (Rosenbaum and Rubin 1984)."""

CLOSE: Final = 1e-9
"""The relative gap at which a margin counts as met."""

MOST_ROUNDS: Final = 5000
"""Rounds of raking before it is said not to converge; a table that can be met takes some tens."""


def indicators(columns: Mapping[str, Sequence[str]]) -> Floats:
    """Lay categories out as ones and zeros, a column for each: (people, categories)."""
    blocks = []
    for column in columns.values():
        found = np.asarray(column)
        blocks.append(found[:, np.newaxis] == np.unique(found))
    return np.hstack(blocks).astype(np.float64)


def response_propensity(columns: Mapping[str, Sequence[str]], replied: Bools) -> Floats:
    """Estimate how likely a reply was from each of those invited, by what the frame knows of them.

    A logistic regression on main effects with a small ridge (every category has its own
    coefficient, so none is the one the others are measured against).

    Args:
        columns: variable to each invited person's category; at least one variable.
        replied: who did, in the same order; at least one.

    Returns:
        Probabilities (people,), above 0 and at most 1.
    """
    if replied.all():
        return np.ones(len(replied))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / RIDGE, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    laid_out = indicators(columns)
    fitted: Floats = model.fit(laid_out, replied).predict_proba(laid_out)[:, 1]
    return fitted


def propensity_classes(propensity: Floats, replied: Bools, classes: int = CLASSES) -> Floats:
    """Even propensities out within classes: each person gets the rate at which their class replied.

    Coarser than the model, so a model that is somewhat wrong does less harm, and no weight grows
    very large (Little 1986). A class in which nobody replied joins the next.

    Returns:
        Rates (people,), above 0 and at most 1.
    """
    borders = np.quantile(propensity, np.arange(1, classes) / classes)
    own = np.searchsorted(borders, propensity, side="right")
    for label in range(classes - 1):
        if not replied[own == label].any():
            own[own == label] = label + 1
    if not replied[own == classes - 1].any():
        own[own == classes - 1] = own[replied].max()
    rates = np.bincount(own, replied, classes) / np.maximum(np.bincount(own, minlength=classes), 1)
    of_each: Floats = rates[own]
    return of_each


@dataclass(frozen=True, slots=True)
class ResponseRate:
    """Who replied of one category, with Wilson's interval (Wilson 1927).

    A category whose interval lies apart from the overall rate is one the replies speak too much or
    too little for.
    """

    variable: str
    category: str
    invited: int
    replied: int
    rate: float
    low: float
    high: float


def response_rates(
    columns: Mapping[str, Sequence[str]], replied: Bools, confidence: float = 0.95
) -> tuple[ResponseRate, ...]:
    """Say who replied, by each category of each variable."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    found = []
    for variable, column in columns.items():
        categories, own = np.unique(np.asarray(column), return_inverse=True)
        invited = np.bincount(own)
        replies = np.bincount(own, replied).astype(int)
        for category, n, r in zip(
            categories.tolist(), invited.tolist(), replies.tolist(), strict=True
        ):
            middle = (r + z * z / 2) / (n + z * z)
            half = z * sqrt(r * (n - r) / n + z * z / 4) / (n + z * z)
            low, high = max(middle - half, 0.0), min(middle + half, 1.0)
            found.append(ResponseRate(variable, category, n, r, r / n, low, high))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Merged:
    """A category nobody replied in, and the one that speaks for it."""

    variable: str
    category: str
    into: str


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights that give the replies the margins of everybody.

    Attributes:
        weights: (people,), adding up to the population.
        columns: what was raked on, after merging: variable to each person's category.
        rounds: how many it took.
        gap: the largest relative difference left between a weighted margin and the true one.
        limit: the largest weight allowed; infinite without a cap.
        capped: how many weights stand at the limit.
        merged: the categories that were merged.
    """

    weights: Floats
    columns: Mapping[str, tuple[str, ...]]
    rounds: int
    gap: float
    limit: float
    capped: int
    merged: tuple[Merged, ...]


def rake(
    start: Floats,
    columns: Mapping[str, Sequence[str]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    cap: float = inf,
    merge: bool = False,
) -> Raked:
    """Adjust weights until every margin holds, and no weight exceeds the cap, both at once.

    Iterative proportional fitting (Deming and Stephan 1940). With a cap, each round ends by cutting
    what is above it, and Dykstra's correction remembers the cut: so the result is the one set of
    weights nearest to `start` in relative entropy that keeps to both, whatever the order of the
    variables, and not merely the first found (Dykstra 1985; Deville and Särndal 1992 for raking
    with bounds).

    Args:
        start: weights before raking (people,), above 0: one over the chance of being drawn times
            that of replying.
        columns: variable to each reply's category.
        margins: the same variables to people of each category in the population.
        cap: the largest weight allowed, as a multiple of the mean weight, above 1.
        merge: join a category in which nobody replied to the smallest with replies, instead of
            refusing.

    Raises:
        SurveyRefused: nobody replied in a category, somebody replied in one that the margins do not
            know or in which they count nobody, the margins disagree, or no weights keep to all
            that is asked.
    """
    population = sum(next(iter(margins.values())).values())
    merged: list[Merged] = []
    fitted = [
        _Margin.of(variable, columns[variable], margins[variable], merged if merge else None)
        for variable in columns
    ]
    for margin in fitted:
        if abs(margin.totals.sum() - population) > CLOSE * population:
            raise SurveyRefused(Reason.MARGINS_DISAGREE, margin.variable)
    limit = cap * population / len(start)
    for margin in fitted:
        margin.check(limit)
    weights, rounds, gap = _fit(start * (population / start.sum()), fitted, limit)
    if not gap <= CLOSE:  # a gap that is not a number is not close either
        reason = Reason.NOT_CONVERGED if limit == inf else Reason.CAP_TOO_TIGHT
        raise SurveyRefused(reason, ", ".join(columns))
    return Raked(
        weights=weights,
        columns={
            margin.variable: tuple(margin.categories[own] for own in margin.own.tolist())
            for margin in fitted
        },
        rounds=rounds,
        gap=gap,
        limit=limit,
        capped=int((weights >= limit * (1 - CLOSE)).sum()),
        merged=tuple(merged),
    )


def _fit(start: Floats, margins: Sequence["_Margin"], limit: float) -> tuple[Floats, int, float]:
    """Rake to the limit; give the weights, the rounds, and the gap that is left."""
    weights, cut = start, np.ones_like(start)
    gap, rounds = inf, 0
    while gap > CLOSE and rounds < MOST_ROUNDS:
        rounds += 1
        with np.errstate(all="ignore"):  # what cannot be met runs out of range, and is told below
            for margin in margins:
                weights = weights * (margin.totals / margin.weighted(weights))[margin.own]
            uncut = weights * cut
            weights, cut = np.minimum(uncut, limit), np.maximum(uncut / limit, 1.0)
            gap = max(margin.gap(weights) for margin in margins)
        if not (np.isfinite(weights).all() and np.isfinite(cut).all()):
            return weights, rounds, inf
    return weights, rounds, gap


@dataclass(frozen=True, slots=True)
class _Margin:
    """One variable: its categories, how many people each has, and which is each reply's."""

    variable: str
    categories: tuple[str, ...]
    totals: Floats
    own: Ints

    @classmethod
    def of(
        cls,
        variable: str,
        column: Sequence[str],
        margin: Mapping[str, float],
        merged: list[Merged] | None,
    ) -> "_Margin":
        """Match replies and margin, noting in `merged` what was merged; without it, refuse."""
        present = set(column)
        for category in sorted(name for name in present if not margin.get(name)):
            raise SurveyRefused(Reason.NOT_IN_THE_MARGINS, f"{variable} {category}")
        totals = {category: margin[category] for category in sorted(present)}
        silent = [name for name, total in sorted(margin.items()) if total and name not in present]
        for category in silent:
            if merged is None:
                raise SurveyRefused(Reason.NOBODY_REPLIED, f"{variable} {category}")
            smallest = min(totals, key=lambda name: (totals[name], name))
            totals[smallest] += margin[category]
            merged.append(Merged(variable, category, smallest))
        places = {category: place for place, category in enumerate(totals)}
        return cls(
            variable=variable,
            categories=tuple(totals),
            totals=np.array(list(totals.values()), dtype=np.float64),
            own=np.array([places[category] for category in column], dtype=np.int64),
        )

    def check(self, limit: float) -> None:
        """Refuse a cap under which a category's few replies cannot stand for all its people."""
        replies = np.bincount(self.own)
        for place in np.flatnonzero(self.totals > limit * replies * (1 + CLOSE)).tolist():
            raise SurveyRefused(Reason.CAP_TOO_TIGHT, f"{self.variable} {self.categories[place]}")

    def weighted(self, weights: Floats) -> Floats:
        """Add the weights up by category."""
        sums: Floats = np.bincount(self.own, weights, len(self.totals)).astype(np.float64)
        return sums

    def gap(self, weights: Floats) -> float:
        """Say how far the weighted margin is from the true one, relative to it, at the worst."""
        return float(np.abs(self.weighted(weights) / self.totals - 1).max())


def design_effect(weights: Floats) -> float:
    """Say by how much uneven weights multiply the variance: 1 + CV² (Kish 1965, section 11.7).

    The number of replies over this is the effective sample size.
    """
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)
