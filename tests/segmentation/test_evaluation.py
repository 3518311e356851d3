import json
from dataclasses import replace

import numpy as np
import pytest

from segmentation.evaluation import (
    FULL_FORM_ERRS,
    evaluate,
    expected_calibration_error,
    leave_out_all_but,
)
from segmentation.respondents import TooFewRespondents
from segmentation.training import Sample, train


@pytest.fixture(scope="module")
def invented_tool(invented, instrument):
    return train(Sample.of(invented, held_out=False), instrument, "invented-1")


@pytest.fixture(scope="module")
def invented_report(invented, invented_tool):
    return evaluate(invented, invented_tool)


@pytest.fixture(scope="module")
def report(respondents, tool):
    return evaluate(respondents, tool)


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


def test_every_figure_lies_in_its_interval_and_the_tool_beats_its_baselines(invented_report):
    for figures in (
        invented_report.tool,
        *invented_report.answered.values(),
        *invented_report.baselines.values(),
    ):
        for name, measure in figures.items():
            if name != "ece":  # resampling adds noise, and noise only ever adds to this one
                assert measure.low <= measure.value <= measure.high, name
    accuracy = invented_report.tool["accuracy"].value
    assert set(invented_report.baselines) == {"majority", "sum score", "demographics"}
    assert accuracy > invented_report.baselines["majority"]["accuracy"].value
    assert accuracy > invented_report.baselines["demographics"]["accuracy"].value


def test_running_it_again_prints_the_same(invented, invented_tool, invented_report):
    assert evaluate(invented, invented_tool).text() == invented_report.text()


def test_only_held_out_people_count_for_the_tool(invented, invented_tool, invented_report):
    spoilt = [
        person if person.held_out else replace(person, weight=person.weight * 3)
        for person in invented
    ]
    assert evaluate(spoilt, invented_tool).tool == invented_report.tool
    assert invented_report.held_out == sum(person.held_out for person in invented)


def test_the_report_says_that_the_full_form_errs_too(invented_report):
    assert FULL_FORM_ERRS in invented_report.text()
    document = json.loads(json.dumps(invented_report.document()))
    assert document["the_full_form_errs"] == FULL_FORM_ERRS
    assert set(document["against_the_full_form"]) >= {"accuracy", "log_loss", "ece", "coverage"}


def test_one_side_without_people_is_refused(invented, invented_tool):
    with pytest.raises(TooFewRespondents):
        evaluate([person for person in invented if not person.held_out], invented_tool)


@pytest.mark.respondents
def test_the_shipped_tool_reaches_its_targets_on_people_it_has_never_seen(report):
    assert report.held_out == 2139
    assert 0.80 <= report.tool["accuracy"].value < 0.88  # far above would mean leakage
    assert report.tool["ece"].value <= 0.03
    assert report.answered[10]["accuracy"].value >= 0.76  # ten at random, not the best ten
    for name, accuracy in (("majority", 0.378), ("sum score", 0.801), ("demographics", 0.456)):
        figure = report.baselines[name]["accuracy"].value
        assert figure == pytest.approx(accuracy, abs=0.01)
        assert figure < report.tool["accuracy"].value


@pytest.mark.respondents
def test_those_it_assigns_are_right_as_often_as_was_stated(report):
    assert report.tool["accuracy_assigned"].high >= 0.90
    assert 0.7 < report.tool["coverage"].value < 0.9


@pytest.mark.respondents
@pytest.mark.parametrize("count", [2, 4, 6, 8, 10])
def test_any_subset_of_real_answers_is_calibrated(report, count):
    assert report.answered[count]["ece"].value <= 0.03


@pytest.mark.respondents
def test_each_further_answer_tells_more(report):
    losses = [figures["log_loss"].value for figures in report.answered.values()]
    assert losses == sorted(losses, reverse=True)
