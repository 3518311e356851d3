"""A Gaussian over the items in which a segment is a region: right for any subset of the answers.

Likeness (7 less the rating) is taken as jointly Gaussian over the items of the full form. Three
standings, linear in it, name the segment: the highest wins. Given any answers, the standings are
Gaussian again, so the probability of each segment is the mass of its region (`regions`). No answer
is ever guessed, and every further one narrows the probabilities.

Two truths differ only in what the standings are made of: the likeness itself (what the full form
says) or the part of it that is not noise (the latent truth).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.regions import normal_below, region_probabilities
from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, Floats

RATINGS: Final = np.arange(MOST_LIKE_ME, LEAST_LIKE_ME + 1, dtype=np.float64)
"""Likeness as it can be said, 1 to 6."""

CUTS: Final = np.array([-np.inf, *(RATINGS[:-1] + 0.5), np.inf])
"""Where one likeness ends and the next begins on the Gaussian's scale (7,)."""

_BATCH: Final = 4096


@dataclass(frozen=True, slots=True)
class Given:
    """What is left open by each of some patterns of answered items; affine in the answers.

    What is left does not depend on what the answers are. So among people who answered the same
    items, one whose standing leads each other standing by more than it does for another person has
    the higher probability of that segment: whether an answer can only speak for a segment is read
    off the slopes.

    Attributes:
        intercept: (patterns, 3) and
        slopes: (patterns, 3, items), of the standings' mean on likeness; zero for an item left out.
        left: (patterns, 3, 3), the standings' remaining covariance.
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
        return np.concatenate(
            [
                region_probabilities(standings, left[which])
                for standings, left, which in self.standings(likeness)
            ]
        )

    def standings(self, likeness: Floats) -> Iterator[tuple[Floats, Floats, NDArray[np.intp]]]:
        """Give what the answers leave open of each person's standings, some people at a time.

        Args:
            likeness: shape (people, items), NaN where an item was left out.

        Yields:
            For the next of the people, in their order: the standings' mean (people, scores), their
            remaining covariance (patterns, scores, scores) for each pattern of items among these
            people, and which pattern each has (people,).
        """
        for start in range(0, max(len(likeness), 1), _BATCH):
            batch = likeness[start : start + _BATCH]
            answered = ~np.isnan(batch)
            patterns, which = _patterns(answered)
            given = self.given(patterns)
            filled = np.where(answered, batch, 0.0)
            if len(patterns) == 1:
                standings = given.intercept[0] + filled @ given.slopes[0].T
            else:
                standings = given.intercept[which] + np.einsum(
                    "nsi,ni->ns", given.slopes[which], filled
                )
            yield standings, given.left, which

    def given(self, patterns: NDArray[np.bool_]) -> Given:
        """Work out what patterns (patterns, items) of answered items leave open.

        Bishop 2006, *Pattern Recognition and Machine Learning*, 2.3.1. An item left out stands as a
        variable of its own that nothing else has to do with, which lets all patterns be solved
        together.
        """
        crossed = self.weights @ self.telling
        both = patterns[:, :, np.newaxis] & patterns[:, np.newaxis, :]
        known = np.where(both, self.covariance, np.eye(len(self.mean)))
        asked = np.where(patterns[:, np.newaxis, :], crossed, 0.0)
        slopes = np.linalg.solve(known, asked.transpose(0, 2, 1)).transpose(0, 2, 1)
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
        below = normal_below((CUTS - centre[:size, np.newaxis]) / np.sqrt(variance)[:, np.newaxis])
        surprise = RATINGS - centre[:size, np.newaxis]
        standings = centre[size:] + surprise[:, :, np.newaxis] * gain[:, np.newaxis, :]
        after = left - gain[:, :, np.newaxis] * open_cross.T[:, np.newaxis, :]
        return Outlook(
            posterior=region_probabilities(centre[size:], left),
            chances=np.diff(below, axis=1),
            posteriors=region_probabilities(standings, after[:, np.newaxis]),
        )


def _patterns(answered: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Give the different rows of (people, items), and which of them each person has."""
    bits = np.ascontiguousarray(np.packbits(answered, axis=1))
    keys = bits.view(np.dtype((np.void, bits.shape[1]))).ravel()
    _, firsts, which = np.unique(keys, return_index=True, return_inverse=True)
    return answered[firsts], which
