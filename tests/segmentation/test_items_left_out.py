import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segmentation.items_left_out import condition, softmax
from segmentation.typing_tool import load_typing_tool

TOOL = load_typing_tool()
PATTERNS = st.lists(st.booleans(), min_size=12, max_size=12).map(np.array)


def given_answered(answered):
    return condition(TOOL.intercept, TOOL.coefficients, TOOL.mean, TOOL.covariance, answered)


def averaged(answered, alike):
    parts = given_answered(answered)
    logits = parts.intercept + np.where(answered, alike, 0) @ parts.slopes.T
    return parts.weights @ softmax(logits + parts.spread)


def test_with_every_item_answered_it_is_the_logistic_itself():
    alike = np.array([4.0, 6, 1, 3, 5, 2, 6, 6, 1, 1, 4, 2])
    everything = np.ones(12, dtype=bool)
    plain = softmax(TOOL.intercept + TOOL.coefficients @ alike)
    assert averaged(everything, alike) == pytest.approx(plain, abs=1e-14)


@pytest.mark.parametrize("answered_items", [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [2, 4, 8, 9], [7], []])
def test_left_out_items_are_averaged_over_what_they_could_have_been(answered_items):
    """Against a million draws of the missing ratings, by the textbook."""
    alike = np.array([5.0, 6, 2, 3, 5, 2, 6, 5, 1, 1, 4, 2])
    answered = np.isin(np.arange(12), answered_items)
    precision = np.linalg.inv(TOOL.covariance)
    missing = ~answered
    spread = np.linalg.inv(precision[np.ix_(missing, missing)])
    pull = precision[np.ix_(missing, answered)] @ (alike - TOOL.mean)[answered]
    chance = np.random.default_rng(5)
    drawn = np.tile(alike, (1_000_000, 1))
    drawn[:, missing] = chance.multivariate_normal(
        TOOL.mean[missing] - spread @ pull, spread, size=len(drawn)
    )
    simulated = softmax(TOOL.intercept + drawn @ TOOL.coefficients.T).mean(axis=0)
    assert averaged(answered, alike) == pytest.approx(simulated, abs=0.002)


@settings(max_examples=60, deadline=None)
@example(np.arange(12) < 3, np.ones(12, dtype=int))
@given(PATTERNS, st.lists(st.integers(1, 6), min_size=12, max_size=12).map(np.array))
def test_the_quadrature_is_right_to_a_thousandth(answered, alike):
    """Against a rule of 101 x 101 nodes on axes of its own."""
    missing = ~answered
    precision = np.linalg.inv(TOOL.covariance)
    spread = np.linalg.inv(precision[np.ix_(missing, missing)])
    parts = given_answered(answered)
    logits = parts.intercept + np.where(answered, alike, 0) @ parts.slopes.T
    root = np.linalg.cholesky(spread) if missing.any() else np.zeros((0, 0))
    loading = (TOOL.coefficients[:2] - TOOL.coefficients[2])[:, missing] @ root
    # The thin QR of the loadings gives two axes that are not those of the covariance.
    lower = np.linalg.qr(np.hstack([loading, np.zeros((2, 2))]).T, mode="r").T
    nodes, weights = np.polynomial.hermite_e.hermegauss(101)
    grid = np.array([(one, other) for one in nodes for other in nodes]) @ lower.T
    fine = softmax(logits + np.column_stack([grid, np.zeros(len(grid))]))
    reference = np.outer(weights, weights).ravel() @ fine / weights.sum() ** 2
    assert averaged(answered, alike) == pytest.approx(reference, abs=0.001)


@given(PATTERNS)
@settings(deadline=None)
def test_weights_are_a_distribution_and_items_left_out_have_no_slope(answered):
    parts = given_answered(answered)
    assert parts.weights.sum() == pytest.approx(1)
    assert (parts.weights >= 0).all()
    assert not parts.slopes[:, ~answered].any()
