"""The scikit-learn classifier: a Gaussian over the items, a class as a region of score space.

The joint Gaussian of items and scores tells what any subset of the items leaves open of the scores,
so a probability is the mass of a region and no item is ever guessed. The scores are either given
(a scoring key: then a complete form names its class exactly) or learned from the labels (then the
same items may go with different classes, and that doubt is part of every score).
"""

from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import qmc
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from segmentation.gaussian import RegionModel
from segmentation.regions import LEAST, region_probabilities
from segmentation.scoring import Floats

_ROUNDS: Final = 200
_SETTLED: Final = 1e-10

_LEAST_EIGENVALUE: Final = 1e-6
"""Of a correlation matrix: below it, items repeat one another and nothing can be solved for."""

_GUMBEL_VARIANCE: Final = np.pi**2 / 6
"""The doubt in a logistic score: multinomial logistic regression is the highest of linear scores
with independent Gumbel noise (McFadden 1974); here it is Gaussian of the same variance."""

_TWO: Final = 2
_THREE: Final = 3

_POINTS: Final = 2048
_BLOCK: Final = 128
_EDGE: Final = 1e-15
_FAINTEST: Final = 1e-300


class SegmentRegionClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tell classes from any subset of the items: the region of score space a Gaussian falls in.

    Args:
        scores: weights (classes, items) and offset (classes,) of linear scores of which the highest
            names the class, in the order of the sorted labels; without them they are learned from
            the labels, by multinomial logistic regression on the standardised items, each one left
            out standing at what the others lead to expect.

    Attributes:
        classes_: the labels, sorted.
        n_features_in_: how many items there are.
        mean_: (items,) and
        covariance_: (items, items), of what was answered.
        weights_: (classes, items) and
        offset_: (classes,), of the scores.
        doubt_: the variance of each score when every item is known; 0 for scores that were given.
    """

    def __init__(self, scores: tuple[Floats, Floats] | None = None) -> None:
        self.scores = scores

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - scikit-learn hands it over by this name
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Estimate the Gaussian, and the scores where none were given.

        Args:
            X: (people, items), NaN where an item was left out; one that nobody answered tells
                nothing.
            y: (people,), the labels.
            sample_weight: (people,), of any scale.

        Raises:
            ValueError: there are fewer than two classes or people, or the scores are of other
                classes or items than these.
        """
        answers, labels = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        check_classification_targets(labels)
        weights = _check_sample_weight(
            sample_weight, answers, dtype=np.float64, ensure_non_negative=True
        )
        counted = weights > 0
        answers, weights = answers[counted], weights[counted]
        self.classes_, places = np.unique(labels[counted], return_inverse=True)
        if len(self.classes_) < _TWO:
            raise ValueError("there is one class alone, or none: nothing to tell apart")
        self.mean_, self.covariance_ = gaussian_moments(answers, weights)
        if self.scores is None:
            self.weights_, self.offset_ = self._learn_scores(answers, places, weights)
            self.doubt_ = _GUMBEL_VARIANCE
        else:
            self.weights_, self.offset_ = (np.array(part, dtype=float) for part in self.scores)
            self.doubt_ = 0.0
        classes, items = len(self.classes_), answers.shape[1]
        if self.weights_.shape != (classes, items) or self.offset_.shape != (classes,):
            raise ValueError(f"the scores are not of {classes} classes and {items} items")
        return self

    def predict_proba(
        self,
        X: ArrayLike,  # noqa: N803 - as above
    ) -> Floats:
        """Give the probability of each class, (people, classes), whichever items are there."""
        check_is_fitted(self)
        answers = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        model = RegionModel(
            self.mean_, self.covariance_, self.covariance_, self.weights_, self.offset_
        )
        doubt = self.doubt_ * np.eye(len(self.classes_))
        return np.concatenate(
            [
                _mass(standings, left + doubt, which)
                for standings, left, which in model.standings(answers)
            ]
        )

    def predict(
        self,
        X: ArrayLike,  # noqa: N803 - as above
    ) -> Any:
        """Give the most likely class of each person."""
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _learn_scores(
        self, answers: Floats, places: NDArray[np.intp], weights: Floats
    ) -> tuple[Floats, Floats]:
        filled, _ = _expected(answers, weights, self.mean_, self.covariance_)
        deviations = np.sqrt(self.covariance_.diagonal())
        logistic = LogisticRegression(solver="newton-cholesky", tol=1e-10)
        logistic.fit((filled - self.mean_) / deviations, places, sample_weight=weights)
        slopes, offset = logistic.coef_ / deviations, logistic.intercept_
        if len(slopes) == 1:  # two classes: how far the second leads the first
            slopes, offset = np.vstack([0 * slopes, slopes]), np.append(0.0, offset)
        return slopes, offset - slopes @ self.mean_


def gaussian_moments(likeness: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Estimate mean and covariance by EM, using every answer of people who left some out.

    Dempster, Laird and Rubin 1977, *Maximum likelihood from incomplete data via the EM algorithm*.

    Args:
        likeness: shape (people, items), NaN where an item was left out.
        weights: shape (people,), positive, of any scale.

    Returns:
        Mean (items,) and covariance (items, items); the divisor is the sum of the weights. Where
        items repeat one another or do not vary the covariance is widened just so far that it can
        be inverted.
    """
    known = ~np.isnan(likeness)
    said = weights @ known
    mean = weights @ np.where(known, likeness, 0.0) / np.where(said > 0, said, 1.0)
    away = np.where(known, likeness - mean, 0.0)
    covariance = _invertible((away * weights[:, np.newaxis]).T @ away / weights.sum())
    for _ in range(_ROUNDS):
        before = mean, covariance
        filled, extra = _expected(likeness, weights, mean, covariance)
        mean = weights @ filled / weights.sum()
        away = filled - mean
        covariance = (away * weights[:, np.newaxis]).T @ away / weights.sum() + extra
        covariance = _invertible(covariance)
        if max(np.abs(mean - before[0]).max(), np.abs(covariance - before[1]).max()) < _SETTLED:
            break
    return mean, covariance


def _expected(
    likeness: Floats, weights: Floats, mean: Floats, covariance: Floats
) -> tuple[Floats, Floats]:
    """Fill in what the answers lead to expect; give too the covariance that so goes missing."""
    known = ~np.isnan(likeness)
    filled = likeness.copy()
    extra = np.zeros_like(covariance)
    patterns, members = np.unique(known, axis=0, return_inverse=True)
    for number, answered in enumerate(patterns):
        if answered.all():
            continue
        rows = np.flatnonzero(members == number)
        left_out = ~answered
        shared = covariance[np.ix_(answered, left_out)]
        slopes = np.linalg.solve(covariance[np.ix_(answered, answered)], shared)
        surprise = likeness[np.ix_(rows, answered)] - mean[answered]
        filled[np.ix_(rows, left_out)] = mean[left_out] + surprise @ slopes
        open_still = covariance[np.ix_(left_out, left_out)] - shared.T @ slopes
        extra[np.ix_(left_out, left_out)] += weights[rows].sum() * open_still
    return filled, extra / weights.sum()


def _invertible(covariance: Floats) -> Floats:
    """Raise the eigenvalues of the correlation to where the covariance can be inverted."""
    variances = covariance.diagonal()
    deviations = np.sqrt(np.where(variances > _EDGE, variances, 1.0))
    scale = np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(covariance / scale)
    if values[0] >= _LEAST_EIGENVALUE:
        return covariance
    widened: Floats = scale * ((vectors * np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T)
    return (widened + widened.T) / 2


def _mass(standings: Floats, left: Floats, which: NDArray[np.intp]) -> Floats:
    """Give each person's probability that each score is the highest.

    Args:
        standings: (people, classes), the scores' mean.
        left: (patterns, classes, classes), the scores' covariance, for each pattern of items.
        which: (people,), the pattern of each.
    """
    classes = standings.shape[1]
    if classes == _THREE:
        return region_probabilities(standings, left[which])
    if classes == _TWO:
        spread = left[:, 0, 0] + left[:, 1, 1] - 2 * left[:, 0, 1]
        lead = (standings[:, 0] - standings[:, 1]) / np.sqrt(np.maximum(spread, _EDGE))[which]
        mass = ndtr(np.column_stack([lead, -lead]))
    else:
        points = qmc.Sobol(classes - 2, scramble=True, rng=0).random(_POINTS)
        mass = np.stack(
            [_mass_of(one, standings, left, which, points) for one in range(classes)], axis=1
        )
    bounded = np.maximum(mass, LEAST)
    probabilities: Floats = bounded / bounded.sum(axis=1, keepdims=True)
    return probabilities


def _mass_of(
    one: int, standings: Floats, left: Floats, which: NDArray[np.intp], points: Floats
) -> Floats:
    """Give the probability that one score leads all others, by conditioning on one after the other.

    Genz 1992, *Numerical computation of multivariate normal probabilities*, over fixed points: the
    same people get the same numbers, and no covariance is too singular.

    Returns:
        Shape (people,); to about 3e-4, or 2e-3 where one score follows from the others.
    """
    others = [other for other in range(standings.shape[1]) if other != one]
    lead = standings[:, [one]] - standings[:, others]
    spread = (
        left[:, one, one][:, np.newaxis, np.newaxis]
        - left[:, others, one][:, :, np.newaxis]
        - left[:, one, others][:, np.newaxis, :]
        + left[:, others][:, :, others]
    )
    root = _root(spread)
    mass = np.empty(len(lead))
    for start in range(0, len(lead), _BLOCK):
        rows = slice(start, start + _BLOCK)
        roots = root[which[rows]]
        drawn = np.zeros((len(roots), len(others), len(points)))
        ahead = np.ones((len(roots), len(points)))
        for step in range(len(others)):
            known = np.einsum("nk,nkp->np", roots[:, step, :step], drawn[:, :step])
            chance = ndtr((lead[rows, step, np.newaxis] + known) / roots[:, step, step, np.newaxis])
            ahead *= chance
            if step < len(others) - 1:
                drawn[:, step] = -ndtri(np.maximum(points[:, step] * chance, _FAINTEST))
        mass[rows] = ahead.mean(axis=1)
    return mass


def _root(covariance: Floats) -> Floats:
    """Cholesky's lower triangle of (…, n, n), with a diagonal that is never quite zero."""
    root = np.zeros_like(covariance)
    for step in range(covariance.shape[-1]):
        done = root[..., step, :step]
        over = covariance[..., step, step] - (done * done).sum(axis=-1)
        root[..., step, step] = np.sqrt(np.maximum(over, _EDGE))
        shared = np.einsum("...ik,...k->...i", root[..., step + 1 :, :step], done)
        rest = covariance[..., step + 1 :, step] - shared
        root[..., step + 1 :, step] = rest / root[..., step, step, np.newaxis]
    return root
