"""Figures of a page have the intervals that textbooks give them."""

import numpy as np
import pytest
from scipy import stats

from segmentation.intervals import correlation, mean_interval, normal_quantile, wilson


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (8, 10), (10, 10), (131, 150)])
def test_a_proportion_has_wilsons_interval(hits, of):
    known = stats.binomtest(hits, of).proportion_ci(method="wilson")
    found = wilson(hits, of)
    assert found.value == hits / of
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)


def test_a_correlation_has_fishers_interval():
    chance = np.random.default_rng(3)
    one = chance.normal(size=40)
    other = one + chance.normal(size=40)
    known = stats.pearsonr(one, other)
    found = correlation(one, other)
    assert found.value == pytest.approx(known.statistic)
    assert (found.low, found.high) == pytest.approx(known.confidence_interval(), abs=1e-9)


def test_what_does_not_vary_has_no_correlation():
    assert correlation(np.ones(40), np.arange(40.0)) is None
    assert correlation(np.arange(3.0), np.arange(3.0)) is None


def test_a_perfect_correlation_is_certain():
    found = correlation(np.arange(9.0), np.arange(9.0))
    assert (found.low, found.high) == pytest.approx((1, 1))


def test_intervals_looked_at_together_are_wider():
    assert normal_quantile() == pytest.approx(1.96, abs=1e-3)
    assert normal_quantile(comparisons=21) == pytest.approx(stats.norm.ppf(1 - 0.025 / 21))


def test_a_mean_has_the_interval_of_its_own_spread():
    found = mean_interval(np.array([1.0, 2.0, 3.0, 6.0]), 2.0)
    half = 2 * stats.sem([1, 2, 3, 6])
    assert (found.value, found.low, found.high) == pytest.approx((3, 3 - half, 3 + half))
