import json
from dataclasses import replace

import numpy as np
import pytest

from segmentation.instrument import Answers
from segmentation.respondents import TooFewRespondents, is_usable
from segmentation.scoring import SEGMENTS, VALUE_OF_FACET, VALUES, likeness
from segmentation.training import (
    CANNOT_BE_ASKED,
    STATED_ACCURACY,
    Sample,
    choose_threshold,
    fit,
    log_loss,
    logistic,
    select_facets,
    train,
)
from segmentation.typing_tool import parse_typing_tool, write_typing_tool


@pytest.fixture(scope="module")
def sample(invented):
    return Sample.of(invented, held_out=False)


@pytest.fixture(scope="module")
def trained(sample, instrument):
    return train(sample, instrument, "invented-1")


def test_the_exported_numbers_say_what_scikit_learn_says(sample, trained):
    again = parse_typing_tool(write_typing_tool(trained))
    ratings = sample.ratings_of(again.facets)
    strength = trained.provenance["training"]["C"]
    model = logistic(likeness(ratings), sample.segments, strength)
    assert list(model.classes_) == [0, 1, 2]
    told = model.predict_proba(likeness(ratings))
    assert np.abs(again.posteriors(ratings) - told).max() < 1e-9
    one = Answers(dict(zip(again.items, ratings[0].astype(int).tolist(), strict=True)))
    posterior = again.assign(one).posterior
    assert [posterior[segment] for segment in SEGMENTS] == pytest.approx(told[0], abs=1e-9)


def test_it_learns(sample, trained):
    assert trained.provenance["cross_validation"]["accuracy"] > 0.7
    assert trained.version == "invented-1"


def test_held_out_people_change_nothing(invented, instrument, trained):
    turned = [
        replace(person, ratings={facet: 7 - rating for facet, rating in person.ratings.items()})
        if person.held_out
        else person
        for person in invented
    ]
    again = train(Sample.of(turned, held_out=False), instrument, "invented-1")
    assert write_typing_tool(again) == write_typing_tool(trained)


def test_the_two_sides_of_the_split_share_nobody(invented):
    sides = [
        {person.id for person in Sample.of(invented, held_out=side).people}
        for side in (True, False)
    ]
    assert not sides[0] & sides[1]
    usable = {person.id for person in invented if is_usable(person.ratings)}
    assert sides[0] | sides[1] == usable


def test_the_prior_is_the_weighted_shares_of_the_training_people(sample, trained):
    shares = [sample.weights[sample.segments == segment].sum() for segment in range(3)]
    assert trained.prior == pytest.approx(np.array(shares) / sample.weights.sum())
    assert trained.posteriors(np.full((1, 12), np.nan))[0].tolist() == trained.prior.tolist()


def test_a_person_who_left_items_out_is_no_obstacle(invented, instrument):
    gappy = [
        replace(
            person,
            ratings={facet: r for facet, r in person.ratings.items() if facet != "impsafe"},
        )
        if number % 5 == 0
        else person
        for number, person in enumerate(invented)
    ]
    tool = fit(Sample.of(gappy, held_out=False), instrument)
    assert np.isfinite(tool.coefficients).all()


def test_the_threshold_is_the_lowest_that_reaches_the_stated_accuracy():
    confidence = np.array([0.95, 0.9, 0.8, 0.6, 0.5])
    posterior = np.column_stack([confidence, 1 - confidence, np.zeros(5)])
    segments = np.array([0, 0, 0, 1, 1])
    found = choose_threshold(posterior, segments, accuracy=0.75)
    assert (found.value, found.accuracy, found.coverage) == (0.51, 0.75, 0.8)
    assert choose_threshold(posterior, segments, accuracy=1.0).value == 0.61


def test_where_no_threshold_reaches_the_accuracy_nobody_is_assigned():
    posterior = np.array([[0.9, 0.1, 0.0]])
    found = choose_threshold(posterior, np.array([1]), accuracy=0.9)
    assert (found.value, found.coverage) == (1.0, 0.0)


def test_log_loss_is_the_mean_surprise():
    posterior = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]])
    expected = -(np.log(0.5) + np.log(0.8)) / 2
    assert log_loss(posterior, np.array([0, 1])) == pytest.approx(expected)


def test_too_few_people_are_refused(invented, instrument):
    with pytest.raises(TooFewRespondents):
        train(Sample.of(invented[:30], held_out=False), instrument)
    with pytest.raises(TooFewRespondents):
        train(Sample.of([], held_out=False), instrument)


def test_a_short_form_has_every_value_and_nothing_that_cannot_be_asked(sample):
    facets = [facet for facet, _ in select_facets(sample.take(np.arange(150)), 11)]
    assert len(set(facets)) == 11
    assert {VALUE_OF_FACET[facet] for facet in facets} == set(VALUES)
    assert not set(facets) & CANNOT_BE_ASKED


@pytest.mark.respondents
def test_the_shipped_tool_is_what_training_makes_of_the_real_respondents(
    respondents, instrument, tool
):
    """To 1e-6: solvers differ in the last digits from machine to machine."""
    made = train(Sample.of(respondents, held_out=False), instrument)
    for name in ("prior", "intercept", "coefficients", "mean", "covariance"):
        assert getattr(made, name) == pytest.approx(getattr(tool, name), abs=1e-6)
    assert made.refusals == tool.refusals
    assert made.items == tool.items

    def comparable(provenance):
        document = json.loads(json.dumps(dict(provenance)))
        del document["training"]["scikit_learn"]
        return document

    assert comparable(made.provenance) == comparable(tool.provenance)
    assert made.provenance["threshold"]["accuracy"] >= STATED_ACCURACY


@pytest.mark.respondents
def test_the_questionnaire_asks_the_facets_that_selection_chooses(respondents, instrument):
    chosen = select_facets(Sample.of(respondents, held_out=False), len(instrument.items))
    assert {facet for facet, _ in chosen} == {item.facet for item in instrument.items}


@pytest.mark.respondents
def test_no_respondent_is_in_the_shipped_tool(respondents, tool):
    text = write_typing_tool(tool)
    assert not [person.id for person in respondents if f'"{person.id}"' in text]
    assert len(text) < 10_000
