"""How likely a Gaussian point is to fall in the region where one of three scores is the highest.

The three regions are wedges that meet where all scores are equal. Seen from the mean, each pair of
neighbours is parted by a ray, and the mass beyond a ray is one of Owen's T functions, so three of
them give all three probabilities, exactly adding to 1 (Owen 1956, *Tables for computing bivariate
normal probabilities*). No simulation, no matrix to invert, and a score that is known exactly is no
special case.
"""

from typing import Final

import numpy as np

from segmentation.scoring import Floats

LEAST: Final = 1e-9
"""No probability is below it: nothing that was asked makes anything impossible."""

_OTHER, _THIRD = np.array([1, 2, 0]), np.array([2, 0, 1])
"""Each score is parted from another by a ray, which lies where the third is lowest."""

_PARTS: Final = np.eye(3) - np.eye(3)[_OTHER]
"""What a ray takes from the one it gives to the other."""

_NUDGE: Final = np.array([3e-9, 1e-9, 0.0])
"""Parts scores that are exactly equal, so that the mean always lies in some region."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)
_HALF_NODES: Final = (_NODES + 1) / 2
_HALF_WEIGHTS: Final = _WEIGHTS / (4 * np.pi)
_NOTHING: Final = 1e-12

_FAR: Final = 38.0
"""So many deviations out nothing is left in double precision."""

_TAIL: Final = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)
_TAIL_SCALE: Final = 0.2316419


def region_probabilities(mean: Floats, covariance: Floats) -> Floats:
    """Give the probability that each of three jointly Gaussian scores is the highest.

    Args:
        mean: shape (..., 3).
        covariance: shape (..., 3, 3), broadcast against it; it may be singular.

    Returns:
        Shape (..., 3), adding to 1 over the last axis; accurate to 2e-7.
    """
    mean = mean + _NUDGE
    lead = mean - mean[..., _OTHER]
    variance = np.einsum("...ii->...i", covariance)
    shared = covariance[..., np.arange(3), _OTHER]
    spread = np.maximum(variance + variance[..., _OTHER] - 2 * shared, 0) + _NOTHING
    slope = (spread + spread[..., _THIRD] - spread[..., _OTHER]) / (2 * spread)
    determinant = (spread * (spread[..., _THIRD] - slope * slope * spread))[..., :1]
    determinant = np.maximum(determinant, _NOTHING / 2 * spread.max(axis=-1, keepdims=True))
    distance = lead / np.sqrt(spread)
    start = (slope * lead + lead[..., _THIRD]) / np.sqrt(determinant / spread)
    crossing = _beyond(np.abs(distance), start) * np.where(distance >= 0, 1.0, -1.0)
    mass = (mean.argmax(axis=-1)[..., np.newaxis] == np.arange(3)).astype(np.float64)
    bounded = np.maximum(mass - crossing @ _PARTS, LEAST)
    probabilities: Floats = bounded / bounded.sum(axis=-1, keepdims=True)
    return probabilities


def normal_below(points: Floats) -> Floats:
    """Give the standard normal distribution function, accurate to 1e-7.

    Abramowitz and Stegun 1964, *Handbook of Mathematical Functions*, 26.2.17: numpy has no error
    function, and a page of the questionnaire needs nothing else of scipy.
    """
    size = np.abs(points)
    shrunk = 1 / (1 + _TAIL_SCALE * size)
    series = np.zeros_like(shrunk)
    for factor in reversed(_TAIL):
        series = (series + factor) * shrunk
    tail = series * np.exp(-size * size / 2) / np.sqrt(2 * np.pi)
    below: Floats = np.where(points >= 0, 1 - tail, tail)
    return below


def _beyond(distance: Floats, start: Floats) -> Floats:
    """Mass beyond a ray on a line: T(distance, infinity) less T(distance, start / distance).

    Args:
        distance: how far the line is from the mean, not negative.
        start: where on it the ray begins, from the point nearest to the mean.
    """
    near, along = np.minimum(distance, _FAR), np.minimum(np.abs(start), _FAR)
    less, more = np.minimum(near, along), np.maximum(near, along)
    area = _flat_t(more, less / np.maximum(more, _NOTHING))
    below, beside = normal_below(np.stack([near, along]))
    turned = np.where(along > near, (below + beside) / 2 - below * beside - area, area)
    mass: Floats = (1 - below) / 2 - np.sign(start) * turned
    return mass


def _flat_t(height: Floats, ratio: Floats) -> Floats:
    """Owen's T for a ratio of 1 at most, by eight Gauss-Legendre nodes."""
    along = ratio[..., np.newaxis] * _HALF_NODES
    stretched = 1 + along * along
    heights = (height * height)[..., np.newaxis]
    area: Floats = (np.exp(-heights * stretched / 2) / stretched) @ _HALF_WEIGHTS * ratio
    return area
