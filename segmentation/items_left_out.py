"""A logistic regression for people who left items out: averaged over what they might have said."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.scoring import Floats

_FLAT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class GivenAnswered:
    """What one pattern of answered items leaves: the logits' mean is affine in the answers.

    `slopes` is (segments, items), zero where an item was left out; `spread` is (nodes, segments),
    the points at which the remaining Gaussian of the logits is averaged, `weights` theirs.
    """

    intercept: Floats
    slopes: Floats
    spread: Floats
    weights: Floats


def softmax(logits: Floats) -> Floats:
    """Turn logits into probabilities over the last axis."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities


def condition(
    intercept: Floats,
    coefficients: Floats,
    mean: Floats,
    covariance: Floats,
    answered: NDArray[np.bool_],
) -> GivenAnswered:
    """Average the logistic over the items left out, given those answered.

    With likeness x Gaussian, the logits given the answers x_o are Gaussian with mean
    b + W_o x_o + W_m (m_m + S_mo S_oo^-1 (x_o - m_o)) and covariance
    W_m (S_mm - S_mo S_oo^-1 S_om) W_m^T (Bishop 2006, *Pattern Recognition and Machine Learning*,
    2.3.1). Two contrasts against the last segment carry all of it, so a Gauss-Hermite rule along
    the two axes of their covariance does the averaging; its order grows with the spread, which
    keeps the error of a probability below 0.001.
    """
    left_out = ~answered
    known = covariance[np.ix_(answered, answered)]
    crossed = covariance[np.ix_(left_out, answered)]
    regression = np.linalg.solve(known, crossed.T).T
    remaining = covariance[np.ix_(left_out, left_out)] - regression @ crossed.T
    of_missing = coefficients[:, left_out]
    slopes = np.zeros_like(coefficients)
    slopes[:, answered] = coefficients[:, answered] + of_missing @ regression
    contrasts = of_missing[:-1] - of_missing[-1]
    variances, axes = np.linalg.eigh(contrasts @ remaining @ contrasts.T)
    first, second = (_hermite(float(np.sqrt(max(variance, 0.0)))) for variance in variances)
    nodes = np.array([(a, b) for a in first[0] for b in second[0]]) @ axes.T
    return GivenAnswered(
        intercept=intercept + of_missing @ (mean[left_out] - regression @ mean[answered]),
        slopes=slopes,
        spread=np.column_stack([nodes, np.zeros(len(nodes))]),
        weights=np.outer(first[1], second[1]).ravel(),
    )


def _hermite(deviation: float) -> tuple[Floats, Floats]:
    """Nodes and weights of a Gauss-Hermite rule for a centred Gaussian of this deviation."""
    if deviation < _FLAT:
        return np.zeros(1), np.ones(1)
    nodes, weights = _standard_hermite(2 * int(np.ceil(3 * deviation)) + 7)
    return deviation * nodes, weights


@lru_cache
def _standard_hermite(order: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(order)
    return nodes, weights / weights.sum()
