"""Intervals of a trial agree with published examples and with published implementations."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from messaging.trials.intervals import Interval, Tally, newcombe, stratified_newcombe, wilson

tallies = st.integers(1, 700).flatmap(
    lambda of: st.builds(Tally, hits=st.integers(0, of), of=st.just(of))
)

# Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10
NEWCOMBE_1998 = [
    ((56, 70), (48, 80), 0.2000, 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.6000, 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.5714, 0.0582, 0.8062),
    ((5, 56), (0, 29), 0.0893, -0.0381, 0.1926),
    ((0, 10), (0, 20), 0.0000, -0.1611, 0.2775),
    ((0, 10), (0, 10), 0.0000, -0.2775, 0.2775),
    ((10, 10), (0, 20), 1.0000, 0.6791, 1.0000),
    ((10, 10), (0, 10), 1.0000, 0.6075, 1.0000),
]

# Two arms in six strata, as the tests of R's package tern draw them; their interval was
# validated there against another program.
TERN = [
    (Tally(8, 9), Tally(3, 6)),
    (Tally(2, 5), Tally(2, 5)),
    (Tally(6, 7), Tally(3, 8)),
    (Tally(4, 4), Tally(6, 12)),
    (Tally(5, 7), Tally(3, 4)),
    (Tally(5, 8), Tally(3, 5)),
]

# Agresti, Categorical Data Analysis, 3rd edition (2013), page 226: a drug against a control in
# eight centres; the Mantel-Haenszel difference of page 231 is 0.130
AGRESTI = [
    (Tally(11, 36), Tally(10, 37)),
    (Tally(16, 20), Tally(22, 32)),
    (Tally(14, 19), Tally(7, 19)),
    (Tally(2, 16), Tally(1, 17)),
    (Tally(6, 17), Tally(0, 12)),
    (Tally(1, 11), Tally(0, 10)),
    (Tally(1, 5), Tally(1, 9)),
    (Tally(4, 6), Tally(6, 7)),
]


def limits(interval):
    return (interval.value, interval.low, interval.high)


@pytest.mark.parametrize(("one", "other", "value", "low", "high"), NEWCOMBE_1998)
def test_a_difference_has_the_interval_of_newcombes_own_examples(one, other, value, low, high):
    found = newcombe(Tally(*one), Tally(*other))

    assert limits(found) == pytest.approx((value, low, high), abs=5e-5)


@given(tallies, tallies, st.sampled_from((0.8, 0.9, 0.95, 0.99)))
def test_a_difference_agrees_with_statsmodels(one, other, confidence):
    known = confint_proportions_2indep(
        one.hits, one.of, other.hits, other.of, method="newcomb", alpha=1 - confidence
    )

    found = newcombe(one, other, confidence)

    assert (found.low, found.high) == pytest.approx(known, abs=1e-9)


@given(tallies, st.sampled_from((0.8, 0.9, 0.95, 0.99)))
def test_a_share_agrees_with_statsmodels(tally, confidence):
    known = proportion_confint(tally.hits, tally.of, alpha=1 - confidence, method="wilson")

    found = wilson(tally, confidence)

    assert (found.low, found.high) == pytest.approx(known, abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_a_stratified_difference_is_that_of_a_published_implementation():
    found = stratified_newcombe(TERN)

    assert limits(found) == pytest.approx((0.2539, 0.0347, 0.4454), abs=5e-5)


def test_a_stratified_difference_is_mantels_and_haenszels():
    assert stratified_newcombe(AGRESTI).value == pytest.approx(0.130, abs=5e-4)


@given(tallies, tallies)
def test_one_stratum_alone_has_newcombes_own_interval(one, other):
    found = stratified_newcombe([(one, other)])

    assert limits(found) == pytest.approx(limits(newcombe(one, other)), abs=1e-9)


pairs = st.lists(st.tuples(tallies, tallies), min_size=1, max_size=5)


@given(pairs)
def test_the_arms_changed_round_change_the_sign(strata):
    found = stratified_newcombe(strata)
    back = stratified_newcombe([(other, one) for one, other in strata])

    assert (back.value, -back.high, -back.low) == pytest.approx(
        (-found.value, found.low, found.high), abs=1e-9
    )


@given(pairs)
def test_a_stratified_interval_holds_its_difference_and_stays_a_difference(strata):
    found = stratified_newcombe(strata)

    assert -1 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1


@given(pairs, tallies)
def test_a_stratum_with_an_empty_arm_says_nothing(strata, alone):
    assert stratified_newcombe([*strata, (alone, Tally(0, 0))]) == stratified_newcombe(strata)


def test_without_a_stratum_of_two_arms_there_is_no_difference():
    assert stratified_newcombe([(Tally(3, 9), Tally(0, 0)), (Tally(0, 0), Tally(1, 4))]) is None
    assert stratified_newcombe([]) is None


def test_nobody_at_all_doing_it_is_no_certainty_that_nobody_would():
    found = stratified_newcombe([(Tally(0, 40), Tally(0, 10)), (Tally(0, 80), Tally(0, 20))])

    assert found.value == 0
    assert found.low < -0.05
    assert found.high > 0.02


def test_stratified_intervals_hold_the_truth_about_as_often_as_they_say():
    chance = Random(4)
    arms = [((160, 0.06), (40, 0.03)), ((120, 0.15), (30, 0.12)), ((80, 0.30), (20, 0.27))]
    tries = 1500

    def count(of, share):
        return Tally(sum(chance.random() < share for _ in range(of)), of)

    held = 0
    for _ in range(tries):
        found = stratified_newcombe([(count(*one), count(*other)) for one, other in arms])
        held += found.low <= 0.03 <= found.high

    assert 0.935 < held / tries < 0.985


def test_more_hits_than_people_are_no_tally():
    for hits, of in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="of"):
            Tally(hits, of)


def test_an_interval_that_touches_nought_spans_it():
    assert Interval(0.1, 0.0, 0.2).spans_zero
    assert Interval(-0.1, -0.2, 0.0).spans_zero
    assert not Interval(0.1, 0.001, 0.2).spans_zero
