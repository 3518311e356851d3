from math import inf
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.sampling import Reason, SurveyRefused
from segmentation.weighting import (
    CLOSE,
    RIDGE,
    Merged,
    design_effect,
    indicators,
    propensity_classes,
    rake,
    response_propensity,
    response_rates,
)


def invented(people, seed, **categories):
    """Columns of plainly invented people: variable to how many categories it has."""
    chance = np.random.default_rng(seed)
    return {
        variable: tuple(f"{variable}-{n}" for n in chance.integers(0, count, people).tolist())
        for variable, count in categories.items()
    }


def margins_of(columns, weights):
    return {
        variable: {
            category: float(weights[np.array(column) == category].sum())
            for category in sorted(set(column))
        }
        for variable, column in columns.items()
    }


@st.composite
def can_be_raked(draw):
    """Replies, and margins that some weights between 1 and 5 do meet."""
    people = draw(st.integers(20, 200))
    columns = invented(people, draw(st.integers(0, 2**32)), area=3, age=4, school=2)
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    meeting = chance.uniform(1, 5, people)
    return columns, chance.uniform(1, 5, people), margins_of(columns, meeting), meeting


def widest_gap(raked, columns, margins):
    found = margins_of(columns, raked.weights)
    return max(
        abs(found[variable][category] / total - 1)
        for variable, margin in margins.items()
        for category, total in margin.items()
    )


@given(can_be_raked())
def test_raked_weights_are_positive_and_meet_every_margin(case):
    columns, start, margins, _ = case
    raked = rake(start, columns, margins)
    assert widest_gap(raked, columns, margins) <= CLOSE * 1.01
    assert (raked.weights > 0).all()
    assert (raked.capped, raked.merged, raked.limit) == (0, (), inf)


@settings(max_examples=50)
@given(can_be_raked())
def test_with_a_cap_the_margins_and_the_cap_both_hold(case):
    columns, start, margins, meeting = case
    cap = float(meeting.max() / meeting.mean()) * 1.05
    raked = rake(start, columns, margins, cap=cap)
    assert widest_gap(raked, columns, margins) <= CLOSE * 1.01
    assert (raked.weights > 0).all()
    assert raked.weights.max() <= cap * raked.weights.mean() * (1 + 1e-6)


@given(can_be_raked())
def test_raking_only_multiplies_by_a_factor_for_each_category(case):
    columns, start, margins, _ = case
    factor = np.log(rake(start, columns, margins).weights / start)
    laid_out = indicators(columns)
    explained = laid_out @ np.linalg.lstsq(laid_out, factor, rcond=None)[0]
    assert np.allclose(factor, explained, atol=1e-9)


def test_capped_weights_do_not_depend_on_the_order_of_the_variables():
    columns = invented(150, 3, area=3, age=4)
    chance = np.random.default_rng(4)
    margins = margins_of(columns, chance.uniform(1, 5, 150))
    start = chance.uniform(1, 20, 150)
    reverse = dict(reversed(columns.items()))
    first, second = (rake(start, order, margins, cap=1.9) for order in (columns, reverse))
    assert first.capped > 0
    assert np.allclose(first.weights, second.weights, rtol=1e-6)
    uncapped = rake(start, columns, margins).weights
    assert uncapped.max() > first.limit


def test_a_cap_that_does_not_bind_changes_nothing():
    columns = invented(80, 5, area=3, age=3)
    margins = margins_of(columns, np.random.default_rng(6).uniform(1, 5, 80))
    free = rake(np.ones(80), columns, margins)
    held = rake(np.ones(80), columns, margins, cap=50)
    assert np.array_equal(free.weights, held.weights)


def test_a_category_in_which_nobody_replied_is_refused_by_name():
    with pytest.raises(SurveyRefused, match="area West: nobody replied") as refused:
        rake(np.ones(2), {"area": ("N", "S")}, {"area": {"N": 5.0, "S": 3.0, "West": 2.0}})
    assert refused.value.reason is Reason.NOBODY_REPLIED


def test_or_it_is_merged_into_the_smallest_that_replied_and_said_so():
    margins = {"area": {"N": 5.0, "S": 3.0, "West": 2.0}}
    raked = rake(np.ones(3), {"area": ("N", "S", "N")}, margins, merge=True)
    assert raked.merged == (Merged("area", "West", "S"),)
    assert raked.weights.tolist() == pytest.approx([2.5, 5, 2.5])


@pytest.mark.parametrize(
    ("columns", "margins", "cap", "reason"),
    [
        (
            {"area": "NS", "age": "yo"},
            {"area": {"N": 5, "S": 5}, "age": {"y": 5, "o": 6}},
            inf,
            Reason.MARGINS_DISAGREE,
        ),
        ({"area": "NX"}, {"area": {"N": 10}}, inf, Reason.NOT_IN_THE_MARGINS),
        ({"area": "NX"}, {"area": {"N": 10, "X": 0}}, inf, Reason.NOT_IN_THE_MARGINS),
        (
            {"area": "NS", "age": "yo"},
            {"area": {"N": 7, "S": 3}, "age": {"y": 5, "o": 5}},
            inf,
            Reason.NOT_CONVERGED,
        ),
        ({"area": "NNNS"}, {"area": {"N": 5, "S": 5}}, 1.5, Reason.CAP_TOO_TIGHT),
        (
            {"area": "NNSS", "age": "yooo"},
            {"area": {"N": 8, "S": 8}, "age": {"y": 6, "o": 10}},
            1.25,
            Reason.CAP_TOO_TIGHT,
        ),
        (
            # the weight of 6 is under the cap of 6.4, but leaves 2 and 8 for the others
            {"area": "NNNS", "age": "yooo"},
            {"area": {"N": 8, "S": 8}, "age": {"y": 6, "o": 10}},
            1.6,
            Reason.CAP_TOO_TIGHT,
        ),
    ],
)
def test_what_no_weights_can_meet_is_refused(columns, margins, cap, reason):
    replies = len(next(iter(columns.values())))
    with pytest.raises(SurveyRefused) as refused:
        rake(np.ones(replies), columns, margins, cap=cap)
    assert refused.value.reason is reason


def test_propensities_are_those_of_a_penalised_logistic_regression():
    columns = invented(400, 8, area=4, age=3)
    replied = np.random.default_rng(9).uniform(size=400) < 0.4
    propensity = response_propensity(columns, replied)
    # at the maximum the gradient is zero: the residuals of a category add up to the ridge times its
    # coefficient, so coefficients can be had back from them, and leave only the intercept
    laid_out = indicators(columns)
    coefficients = laid_out.T @ (replied - propensity) / RIDGE
    intercept = np.log(propensity / (1 - propensity)) - laid_out @ coefficients
    assert np.ptp(intercept) < 1e-5
    assert np.ptp(coefficients) > 0.1
    assert abs((replied - propensity).sum()) < 1e-6


def test_where_everybody_replied_the_propensity_is_one():
    assert response_propensity({"area": ("N", "S")}, np.array([True, True])).tolist() == [1, 1]


def test_a_category_with_no_reply_has_a_small_propensity_but_not_none():
    area = ("N",) * 60 + ("S",) * 60
    replied = np.array([True, False] * 30 + [False] * 60)
    propensity = response_propensity({"area": area}, replied)
    assert 0 < propensity[-1] < 0.01
    assert propensity[0] == pytest.approx(0.5, abs=0.02)


def test_weights_by_propensity_take_the_bias_of_response_away():
    chance = np.random.default_rng(10)
    columns = invented(4_000, 11, area=3, age=4)
    old = np.array([category in {"age-2", "age-3"} for category in columns["age"]])
    settler = chance.uniform(size=4_000) < np.where(old, 0.6, 0.2)
    replied = chance.uniform(size=4_000) < np.where(old, 0.5, 0.2)
    truth, naive = settler.mean(), settler[replied].mean()
    propensity = response_propensity(columns, replied)
    assert naive - truth > 0.06
    for chances in (propensity, propensity_classes(propensity, replied)):
        weights = 1 / chances[replied]
        assert abs(np.average(settler[replied], weights=weights) - truth) < 0.025


@given(st.integers(0, 2**32), st.integers(1, 7), st.floats(0.02, 0.9))
def test_classes_give_each_their_own_rate_and_weights_that_add_up_to_everybody(seed, classes, rate):
    chance = np.random.default_rng(seed)
    replied = chance.uniform(size=80) < rate
    replied[chance.integers(80)] = True
    rates = propensity_classes(chance.uniform(0.05, 0.95, 80).round(1), replied, classes)
    assert ((rates > 0) & (rates <= 1)).all()
    assert (1 / rates[replied]).sum() == pytest.approx(80)
    assert len(set(rates.tolist())) <= classes


def test_response_is_told_by_category_with_its_interval():
    columns = {"area": ("N",) * 50 + ("S",) * 10}
    replied = np.array([True] * 20 + [False] * 30 + [False] * 10)
    north, south = response_rates(columns, replied)
    assert (north.variable, north.category, north.invited, north.replied) == ("area", "N", 50, 20)
    # statistics books: Wilson's interval for 20 of 50 is 0.276 to 0.538
    assert (north.low, north.high) == pytest.approx((0.276, 0.538), abs=5e-4)
    z = NormalDist().inv_cdf(0.975) ** 2
    assert (south.rate, south.low) == (0, 0)
    assert south.high == pytest.approx(z / (10 + z))


def test_even_weights_cost_nothing_and_uneven_ones_their_variance():
    assert design_effect(np.full(30, 4.2)) == pytest.approx(1)
    uneven = np.array([1.0, 3.0])  # CV² is 1 / 4
    assert design_effect(uneven) == pytest.approx(1.25)
