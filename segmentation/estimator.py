"""The scikit-learn classifier: a Gaussian over the items, a class as a region of score space."""

from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from segmentation.gaussian import RegionModel
from segmentation.scoring import Floats

_ROUNDS: Final = 200
_SETTLED: Final = 1e-10


class SegmentRegionClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tell classes from any subset of the items: the region of score space a Gaussian falls in.

    Args:
        scores: weights (classes, items) and offset (classes,) of linear scores of which the highest
            names the class, in the order of the sorted labels; without them they are learned from
            the labels.

    Attributes:
        classes_: the labels.
        mean_: (items,) and
        covariance_: (items, items), of what was answered.
        weights_: (classes, items) and
        offset_: (classes,), of the scores.
    """

    def __init__(self, scores: tuple[Floats, Floats] | None = None) -> None:
        self.scores = scores

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Estimate the Gaussian from X (people, items), NaN where an item was left out."""
        X, y = validate_data(self, X, y, ensure_all_finite="allow-nan", ensure_min_samples=2)
        weights = _check_sample_weight(sample_weight, X, dtype=np.float64)
        self.classes_ = np.unique(y)
        self.mean_, self.covariance_ = gaussian_moments(X, weights)
        if self.scores is None:
            raise NotImplementedError
        self.weights_, self.offset_ = self.scores
        self.model_ = RegionModel(
            self.mean_, self.covariance_, self.covariance_, self.weights_, self.offset_
        )
        return self

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Give the probability of each class, (people, classes), whichever items are there."""
        check_is_fitted(self)
        X = validate_data(self, X, ensure_all_finite="allow-nan", reset=False)
        return self.model_.posteriors(X)

    def predict(self, X: ArrayLike) -> Any:
        """Give the most likely class of each person."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def gaussian_moments(likeness: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Estimate mean and covariance by EM, using every answer of people who left some out.

    Dempster, Laird and Rubin 1977, *Maximum likelihood from incomplete data via the EM algorithm*.

    Args:
        likeness: shape (people, items), NaN where an item was left out.
        weights: shape (people,), of any scale.

    Returns:
        Mean (items,) and covariance (items, items); the divisor is the sum of the weights.
    """
    weights = weights / weights.sum()
    known = ~np.isnan(likeness)
    mean = np.nansum(likeness * weights[:, np.newaxis], axis=0) / (weights @ known)
    filled = np.where(known, likeness, mean)
    patterns, members = np.unique(known, axis=0, return_inverse=True)
    covariance = np.cov(filled.T, aweights=weights, ddof=0)
    for _ in range(_ROUNDS):
        extra = np.zeros_like(covariance)
        for number, pattern in enumerate(patterns):
            if pattern.all():
                continue
            rows = np.flatnonzero(members == number)
            left_out = ~pattern
            slopes = np.linalg.solve(
                covariance[np.ix_(pattern, pattern)], covariance[np.ix_(pattern, left_out)]
            )
            filled[np.ix_(rows, left_out)] = (
                mean[left_out] + (likeness[np.ix_(rows, pattern)] - mean[pattern]) @ slopes
            )
            extra[np.ix_(left_out, left_out)] += weights[rows].sum() * (
                covariance[np.ix_(left_out, left_out)]
                - covariance[np.ix_(left_out, pattern)] @ slopes
            )
        before = mean, covariance
        mean = weights @ filled
        covariance = np.cov(filled.T, aweights=weights, ddof=0) + extra
        if max(np.abs(mean - before[0]).max(), np.abs(covariance - before[1]).max()) < _SETTLED:
            break
    return mean, covariance
