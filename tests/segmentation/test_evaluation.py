from dataclasses import replace

import numpy as np
import pytest

from segmentation.evaluation import (
    expected_calibration_error,
    figures,
    gap_by_chance,
    groupings,
    largest_gap,
    leave_out_all_but,
    mean,
    measure,
    quantile,
    resamples,
    share_of,
)

EVERYONE = np.ones((1, 4))


def test_calibration_error_is_the_gap_between_confidence_and_accuracy_by_bin():
    confidence = np.array([0.95, 0.91, 0.65, 0.61])
    posterior = np.column_stack([confidence, 1 - confidence, np.zeros(4)])
    segments = np.array([0, 1, 0, 0])
    # Bin .9 to 1: two people, confidence 1.86, one hit. Bin .6 to .7: 1.26, two hits.
    expected = (abs(1 - 1.86) + abs(2 - 1.26)) / 4
    assert expected_calibration_error(posterior, segments) == pytest.approx(expected)


def test_certainty_that_is_right_has_no_calibration_error():
    assert expected_calibration_error(np.eye(3), np.array([0, 1, 2])) == 0


def test_leaving_out_keeps_as_many_answers_as_asked_and_not_the_same_for_all():
    kept = leave_out_all_but(np.ones((200, 12)), 5, np.random.default_rng(0))
    assert ((~np.isnan(kept)).sum(axis=1) == 5).all()
    assert len(np.unique(np.isnan(kept), axis=0)) > 50


def test_the_interval_of_a_mean_is_as_wide_as_theory_says():
    chance = np.random.default_rng(3)
    quantity = chance.normal(size=400)
    found = measure(mean(quantity, resamples(400, chance)))
    assert found.value == pytest.approx(quantity.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * quantity.std() / 20, rel=0.1)


@pytest.mark.parametrize("seed", range(8))
def test_the_interval_of_a_calibration_error_contains_it(seed):
    chance = np.random.default_rng(seed)
    posterior = chance.dirichlet(np.ones(3), size=1000)
    drawn = (posterior.cumsum(axis=1) > chance.random((1000, 1))).argmax(axis=1)
    ece = figures(posterior, drawn, resamples(1000, chance))["ece"]
    assert 0 <= ece.low < ece.value < ece.high < 0.08


def test_the_interval_of_the_largest_of_many_gaps_contains_it_though_all_draws_exceed_it():
    draws = np.linspace(0.02, 0.06, 2001)
    found = measure(np.concatenate([[0.01], draws]), unsigned=True)
    assert found.value == 0.01
    assert found.low == 0, "a gap is never below zero"
    assert found.high == pytest.approx(0.01 + 0.019)
    assert measure(np.concatenate([[0.01], draws])).low > 0.02, "as for any other figure"


def test_an_interval_that_is_only_moved_keeps_its_width():
    draws = np.concatenate([[0.5], np.linspace(0.52, 0.56, 2001)])
    moved, plain = measure(draws, unsigned=True), measure(draws)
    assert moved.high - moved.low == pytest.approx(plain.high - plain.low)


def test_quantiles_count_people_as_often_as_they_are_drawn():
    numbers = np.array([5, 6, 7, 12])
    counts = np.array([[1.0, 1, 1, 1], [4, 0, 0, 0], [0, 0, 1, 3]])
    assert quantile(numbers, 0.5, counts).tolist() == [6, 5, 12]
    assert quantile(numbers, 0.9, counts).tolist() == [12, 5, 12]


def test_figures_say_what_can_be_worked_out_by_hand():
    posterior = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1]])
    segments = np.array([0, 1, 2, 1])
    counts = np.vstack([EVERYONE, EVERYONE])
    found = figures(posterior, segments, counts, np.array([True, False, True, True]))
    assert found["accuracy"].value == 0.75
    assert found["coverage"].value == 0.75
    assert found["accuracy_assigned"].value == 1
    assert found["log_loss"].value == pytest.approx(-np.log([0.8, 0.3, 0.7, 0.7]).mean())
    # F1: settler 2/3 (one hit, said twice, one there), prospector 2/3, pioneer 1.
    assert found["macro_f1"].value == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_where_nobody_is_assigned_their_accuracy_is_not_given():
    found = figures(np.eye(3), np.arange(3), np.ones((2, 3)), np.zeros(3, dtype=bool))
    assert found["coverage"].value == 0
    assert "accuracy_assigned" not in found


def test_a_share_among_nobody_is_not_a_number():
    nobody = np.zeros(4, dtype=bool)
    assert np.isnan(share_of(~nobody, nobody, EVERYONE)).all()


def test_the_largest_gap_is_found_over_all_groupings():
    hits = np.array([True, True, False, True])
    first, even = np.array([1, 1, 0, 0], dtype=bool), np.array([1, 0, 1, 0], dtype=bool)
    by = {"one": {"a": even, "b": ~even}, "other": {"a": first, "b": ~first}}
    assert largest_gap(hits, by, EVERYONE).tolist() == [0.5]


def test_chance_alone_makes_gaps_but_smaller_ones_than_a_group_that_fails():
    chance = np.random.default_rng(2)
    group = np.arange(400) < 200
    by = {"grouping": {"a": group, "b": ~group}}
    hits = np.where(group, chance.random(400) < 0.9, chance.random(400) < 0.6)
    dealt = gap_by_chance(hits, by, chance)
    assert 0.05 < np.percentile(dealt, 95) < 0.13
    assert largest_gap(hits, by, np.ones((1, 400)))[0] > dealt.max()


def test_people_are_grouped_and_those_of_whom_nothing_is_known_are_in_no_group(invented):
    known = replace(invented[0], background={"gndr": 2.0, "agea": 49.0, "eisced": 55.0})
    unknown = replace(known, background=dict.fromkeys(known.background, float("nan")))
    found = groupings([known, unknown])
    assert {name: list(groups) for name, groups in found.items()} == {
        "sex": ["women"],
        "age": ["35 to 49"],
        "education": [],
    }
    assert found["sex"]["women"].tolist() == [True, False]
    everyone = groupings(invented)
    assert all(sum(groups.values()).max() == 1 for groups in everyone.values())
