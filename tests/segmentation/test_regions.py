from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import multivariate_normal

from segmentation.regions import normal_below, region_probabilities

ACCURATE = 2e-7
PLACES = st.lists(st.floats(-6, 6), min_size=3, max_size=3).map(np.array)
ROOTS = st.lists(st.lists(st.floats(-2, 2), min_size=3, max_size=3), min_size=1, max_size=3).map(
    lambda rows: np.array(rows).T
)
"""(3, rank), so that covariances of rank 1 and 2 come up as often as whole ones."""


def lead_over_both(mean, covariance, one):
    """The probability that one score leads, by adaptive quadrature over its lead on another."""
    contrasts = np.delete(-np.eye(3), one, axis=0)
    contrasts[:, one] += 1
    lead, spread = contrasts @ mean, contrasts @ covariance @ contrasts.T
    along = np.sqrt(spread[0, 0])
    slope = spread[0, 1] / along
    left = np.sqrt(max(spread[1, 1] - slope**2, 0))

    def density(point):
        other = lead[1] + slope * point
        ahead = ndtr(other / left) if left > 1e-8 else float(other > 0)
        return np.exp(-point * point / 2) / np.sqrt(2 * np.pi) * ahead

    start, end = max(-lead[0] / along, -12), 12
    bend, width = -lead[1] / slope, 5 * left / abs(slope)
    cuts = {start, end, *(cut for cut in (-3, 0, 3, bend, bend - width, bend + width))}
    cuts = sorted(cut for cut in cuts if start <= cut <= end)
    return sum(
        quad(density, low, high, epsabs=1e-13, epsrel=1e-12, limit=200)[0]
        for low, high in pairwise(cuts)
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("distance", [0.1, 1, 4])
@pytest.mark.parametrize("scale", [0.01, 1, 30])
def test_the_mass_of_a_region_is_what_quadrature_finds(rank, distance, scale):
    chance = np.random.default_rng([rank, int(10 * distance), int(100 * scale)])
    for _ in range(8):
        mean = chance.normal(size=3) * distance
        root = chance.normal(size=(3, rank)) * scale
        covariance = root @ root.T
        expected = [lead_over_both(mean, covariance, one) for one in range(3)]
        found = region_probabilities(mean, covariance)
        assert np.abs(found - expected).max() < ACCURATE


def test_the_mass_of_a_region_is_what_scipy_finds():
    chance = np.random.default_rng(4)
    for _ in range(10):
        mean, root = chance.normal(size=3), chance.normal(size=(3, 3))
        contrasts = np.array([[-1.0, 1, 0], [-1, 0, 1]])
        below = multivariate_normal(np.zeros(2), contrasts @ root @ root.T @ contrasts.T)
        first = region_probabilities(mean, root @ root.T)[0]
        assert first == pytest.approx(below.cdf(-contrasts @ mean), abs=1e-6)


@settings(deadline=None)
@given(PLACES, ROOTS)
def test_the_regions_share_all_there_is(mean, root):
    found = region_probabilities(mean, root @ root.T)
    assert found.sum() == pytest.approx(1, abs=1e-14)
    assert found.min() > 0


@settings(deadline=None)
@given(PLACES, ROOTS, st.permutations(range(3)), st.floats(-3, 3))
def test_neither_the_order_of_the_scores_nor_what_all_share_matters(mean, root, order, shared):
    gaps = np.abs(mean - np.roll(mean, 1))
    covariance = root @ root.T
    if gaps.min() < 1e-4:  # a tie that nothing is to break is broken by the order
        covariance = covariance + 0.1 * np.eye(3)
    order = list(order)
    found = region_probabilities(mean, covariance)
    turned = region_probabilities(
        mean[order] + shared, covariance[np.ix_(order, order)] + shared**2
    )
    assert np.abs(turned - found[order]).max() < 1e-6


def test_scores_that_nothing_tells_apart_are_equally_likely():
    assert region_probabilities(np.zeros(3), np.eye(3)) == pytest.approx(np.full(3, 1 / 3))
    together = 0.4 + 0.6 * np.eye(3)
    assert region_probabilities(np.full(3, 5.0), together) == pytest.approx(np.full(3, 1 / 3))


def test_scores_that_are_known_exactly_leave_no_doubt():
    found = region_probabilities(np.array([0.2, 0.3, -1.0]), np.zeros((3, 3)))
    assert found == pytest.approx([0, 1, 0], abs=1e-8)
    together = region_probabilities(np.array([0.2, 0.3, -1.0]), np.full((3, 3), 9.0))
    assert together == pytest.approx([0, 1, 0], abs=1e-8)


def test_two_scores_that_are_one_share_what_is_theirs():
    root = np.array([[1.0], [1.0], [0.0]])
    found = region_probabilities(np.array([0.0, 0.0, 0.5]), root @ root.T)
    assert found[2] == pytest.approx(ndtr(0.5), abs=ACCURATE)
    assert found[0] + found[1] == pytest.approx(ndtr(-0.5), abs=ACCURATE)


@pytest.mark.parametrize("far", [1e3, 1e8, 1e200])
def test_however_far_out_a_score_is_the_numbers_stay_numbers(far):
    for one in range(3):
        found = region_probabilities(np.eye(3)[one] * far, np.eye(3))
        assert found == pytest.approx(np.eye(3)[one], abs=1e-8)
        wide = region_probabilities(np.eye(3)[one], np.eye(3) * min(far, 1e100))
        assert wide.sum() == pytest.approx(1)


def test_people_are_told_together_as_alone():
    chance = np.random.default_rng(5)
    mean, root = chance.normal(size=(4, 7, 3)), chance.normal(size=(4, 1, 3, 3))
    covariance = root @ root.swapaxes(-1, -2)
    together = region_probabilities(mean, covariance)
    for row in range(4):
        for column in range(7):
            alone = region_probabilities(mean[row, column], covariance[row, 0])
            assert together[row, column] == pytest.approx(alone, abs=1e-15)


def test_the_normal_distribution_is_that_of_scipy():
    points = np.concatenate([np.linspace(-9, 9, 2001), [-np.inf, np.inf]])
    assert np.abs(normal_below(points) - ndtr(points)).max() < 1e-7
