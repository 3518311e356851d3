"""A Gaussian over the items in which a segment is a region: right for any subset of the answers.

Likeness (7 less the rating) is taken as jointly Gaussian over the items of the full form. Three
standings, linear in it, name the segment: the highest wins. Given any answers, the standings are
Gaussian again, so the probability of each segment is the mass of its region (`regions`). No answer
is ever guessed, and every further one narrows the probabilities.

Two truths differ only in what the standings are made of: the likeness itself (what the full form
says) or the part of it that is not noise (the latent truth).
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.regions import normal_below, region_probabilities
from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, Floats

RATINGS: Final = np.arange(MOST_LIKE_ME, LEAST_LIKE_ME + 1, dtype=np.float64)
"""Likeness as it can be said, 1 to 6."""

_CUTS: Final = np.array([-np.inf, *(RATINGS[:-1] + 0.5), np.inf])
_PATTERNS_KEPT: Final = 4096
_BATCH: Final = 8192


@dataclass(frozen=True, slots=True)
class Given:
    """What is left open once some items are answered; affine in the answers.

    Attributes:
        intercept: (3,) and
        slopes: (3, items), of the standings' mean on likeness; zero where an item was left out.
        left: (3, 3), the standings' remaining covariance.
    """

    intercept: Floats
    slopes: Floats
    left: Floats


@dataclass(frozen=True, slots=True)
class Outlook:
    """What each further item could change, for one person.

    Attributes:
        posterior: (3,), the probabilities as they are now.
        chances: (items, 6), how likely each likeness is; rows of answered items mean nothing.
        posteriors: (items, 6, 3), the probabilities of the segments after it.
    """

    posterior: Floats
    chances: Floats
    posteriors: Floats


@dataclass(frozen=True, eq=False, slots=True)
class RegionModel:
    """The joint Gaussian of items and standings.

    Attributes:
        mean: (items,), of likeness.
        covariance: (items, items), of likeness.
        telling: (items, items), the part of the covariance that standings are made of: all of it
            for the full form, less the noise of the items for the latent truth.
        weights: (3, items) and
        offset: (3,), from likeness to standings.
    """

    mean: Floats
    covariance: Floats
    telling: Floats
    weights: Floats
    offset: Floats
    _patterns: dict[bytes, Given] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for numbers in (self.mean, self.covariance, self.telling, self.weights, self.offset):
            numbers.setflags(write=False)

    def posteriors(self, likeness: Floats) -> Floats:
        """Give each person's probability of each segment.

        Args:
            likeness: shape (people, items), 1 to 6, NaN where an item was left out.

        Returns:
            Shape (people, 3); each row adds to 1.
        """
        answered = ~np.isnan(likeness)
        filled = np.where(answered, likeness, 0.0)
        posterior = np.empty((len(likeness), 3))
        for pattern, rows in _rows_by_pattern(answered):
            given = self.given(pattern)
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                standings = given.intercept + filled[batch] @ given.slopes.T
                posterior[batch] = region_probabilities(standings, given.left)
        return posterior

    def given(self, answered: NDArray[np.bool_]) -> Given:
        """Work out what a pattern of answered items (items,) leaves open.

        Bishop 2006, *Pattern Recognition and Machine Learning*, 2.3.1.
        """
        key = answered.tobytes()
        if key not in self._patterns:
            if len(self._patterns) >= _PATTERNS_KEPT:
                self._patterns.clear()
            self._patterns[key] = self._condition(answered)
        return self._patterns[key]

    def _condition(self, answered: NDArray[np.bool_]) -> Given:
        crossed = self.weights @ self.telling
        known = self.covariance[np.ix_(answered, answered)]
        slopes = np.zeros_like(crossed)
        slopes[:, answered] = np.linalg.solve(known, crossed[:, answered].T).T
        return Given(
            intercept=self.offset + self.weights @ self.mean - slopes @ self.mean,
            slopes=slopes,
            left=crossed @ self.weights.T - slopes @ crossed.T,
        )

    def outlook(self, likeness: Floats) -> Outlook:
        """Look one answer ahead for one person.

        Args:
            likeness: shape (items,), 1 to 6, NaN where not answered.
        """
        answered = ~np.isnan(likeness)
        size = len(likeness)
        crossed = self.weights @ self.telling
        joint = np.concatenate([self.covariance, crossed])[:, answered]
        known = self.covariance[np.ix_(answered, answered)]
        regression = np.linalg.solve(known, joint.T).T
        centre = np.concatenate([self.mean, self.weights @ self.mean + self.offset])
        centre = centre + regression @ (likeness[answered] - self.mean[answered])
        variance = self.covariance.diagonal() - np.einsum(
            "io,io->i", regression[:size], joint[:size]
        )
        variance = np.where(answered, 1.0, variance)
        open_cross = crossed - regression[size:] @ joint[:size].T
        left = crossed @ self.weights.T - regression[size:] @ joint[size:].T
        gain = (open_cross / variance).T
        below = normal_below((_CUTS - centre[:size, np.newaxis]) / np.sqrt(variance)[:, np.newaxis])
        surprise = RATINGS - centre[:size, np.newaxis]
        standings = centre[size:] + surprise[:, :, np.newaxis] * gain[:, np.newaxis, :]
        after = left - gain[:, :, np.newaxis] * open_cross.T[:, np.newaxis, :]
        return Outlook(
            posterior=region_probabilities(centre[size:], left),
            chances=np.diff(below, axis=1),
            posteriors=region_probabilities(standings, after[:, np.newaxis]),
        )


def _rows_by_pattern(
    answered: NDArray[np.bool_],
) -> list[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Group people (rows) by which items they answered."""
    if not len(answered):
        return []
    keys = answered @ (1 << np.arange(answered.shape[1]))
    _, firsts, members = np.unique(keys, return_index=True, return_inverse=True)
    patterns = answered[firsts]
    order = np.argsort(members, kind="stable")
    ends = np.cumsum(np.bincount(members, minlength=len(patterns)))[:-1]
    return list(zip(patterns, np.split(order, ends), strict=True))
