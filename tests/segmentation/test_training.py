import json
from dataclasses import replace

import numpy as np
import pytest

from segmentation.estimator import SegmentRegionClassifier
from segmentation.respondents import TooFewRespondents, is_usable
from segmentation.scoring import FACETS, likeness, standing_weights
from segmentation.simulation import play_all, ruled
from segmentation.stopping import Paths
from segmentation.training import (
    MAXIMUM_ITEMS,
    STATED_ACCURACY,
    Sample,
    choose_threshold,
    cross_validated_paths,
    fit,
    folds,
    train,
)
from segmentation.typing_tool import parse_typing_tool, write_typing_tool


@pytest.fixture(scope="module")
def sample(invented):
    return Sample.of(invented, held_out=False)


@pytest.fixture(scope="module")
def trained(sample, instrument):
    return train(sample, instrument, "invented-1")


def paths_of(confidences, segments):
    """Paths on which each person's most likely segment, the first, becomes so likely."""
    confidence = np.array(confidences, dtype=float)
    rest = (1 - confidence) / 2
    return Paths(np.stack([confidence, rest, rest], axis=2), np.array(segments))


def test_the_exported_numbers_say_what_scikit_learn_says(sample, trained):
    again = parse_typing_tool(write_typing_tool(trained))
    ratings = sample.ratings_of(again.facets)
    model = SegmentRegionClassifier(scores=standing_weights(again.facets)).fit(
        likeness(ratings), sample.segments, sample_weight=sample.weights
    )
    some = np.where(np.random.default_rng(1).random(ratings.shape) < 0.4, np.nan, ratings)
    for answered in (ratings, some):
        told = model.predict_proba(likeness(answered))
        assert np.abs(again.posteriors(answered) - told).max() < 1e-4


def test_a_threshold_is_chosen_and_the_form_stops_there(trained):
    assert trained.version == "invented-1"
    assert 0.5 <= trained.refusals.threshold < 1
    assert trained.asking.stop == trained.refusals.threshold
    found = trained.provenance["threshold"]
    assert found["accuracy"] >= STATED_ACCURACY
    assert 5 <= found["mean_items"] <= MAXIMUM_ITEMS


def test_held_out_people_change_nothing(invented, instrument, trained):
    turned = [
        replace(person, ratings={facet: 7 - rating for facet, rating in person.ratings.items()})
        if person.held_out
        else person
        for person in invented
    ]
    again = train(Sample.of(turned, held_out=False), instrument, "invented-1")
    assert write_typing_tool(again) == write_typing_tool(trained)


def test_the_two_sides_of_the_split_share_nobody_and_make_up_the_whole(invented):
    training, held_out, everyone = (
        {person.id for person in Sample.of(invented, held_out=side).people}
        for side in (False, True, None)
    )
    assert not training & held_out
    usable = {person.id for person in invented if is_usable(person.ratings)}
    assert training | held_out == everyone == usable


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
    assert np.isfinite(tool.covariance).all()
    assert np.isfinite(tool.loadings).all()


def test_an_instrument_without_some_facet_is_refused(sample, instrument):
    fewer = replace(instrument, items=instrument.items[1:])
    with pytest.raises(ValueError, match=instrument.items[0].facet):
        fit(sample, fewer)


def test_the_threshold_is_the_lowest_that_reaches_the_stated_accuracy():
    paths = paths_of([[0.95], [0.9], [0.8], [0.6], [0.5]], [0, 0, 0, 1, 1])
    found = choose_threshold(paths, accuracy=0.75)
    assert (found.value, found.accuracy, found.coverage) == (0.51, 0.75, 0.8)
    assert choose_threshold(paths, accuracy=1.0).value == 0.61


def test_a_lower_threshold_that_stops_earlier_and_errs_is_passed_over():
    """Both are right at the end; one who is stopped early is told something else."""
    posteriors = np.array([[[0.4, 0.6, 0.0], [0.9, 0.1, 0.0]], [[0.5, 0.3, 0.2], [0.8, 0.1, 0.1]]])
    found = choose_threshold(Paths(posteriors, np.array([0, 0])), accuracy=1.0)
    assert (found.value, found.items, found.coverage) == (0.61, 2.0, 1.0)


def test_where_no_threshold_reaches_the_accuracy_nobody_is_assigned():
    found = choose_threshold(paths_of([[0.9]], [1]), accuracy=0.9)
    assert (found.value, found.coverage) == (1.0, 0.0)


def test_everyone_is_asked_by_a_tool_that_never_saw_them(sample, instrument):
    paths = cross_validated_paths(sample, instrument)
    seen, unseen = next(iter(folds(sample)))
    assert not set(seen) & set(unseen)
    played = play_all(fit(sample.take(seen), instrument), sample.ratings[unseen])
    told = paths.posteriors[unseen]
    assert np.allclose(told[:, -1], played.posteriors[:, -1])
    assert np.isnan(told[:, :4]).all()


def test_reading_a_stop_off_a_path_is_all_but_playing_with_it(sample, instrument):
    """Where the form is sure before it heard of every pole, playing turns to that pole at once."""
    seen, unseen = next(iter(folds(sample)))
    tool = ruled(fit(sample.take(seen), instrument), stop=0.8)
    played = play_all(tool, sample.ratings[unseen])
    read = cross_validated_paths(sample, instrument).stopped(0.8)[0][unseen]
    assert (played.items == read).mean() > 0.9


def test_too_few_people_are_refused(invented, instrument):
    with pytest.raises(TooFewRespondents):
        train(Sample.of(invented[:30], held_out=False), instrument)
    with pytest.raises(TooFewRespondents):
        train(Sample.of([], held_out=False), instrument)


@pytest.mark.respondents
def test_the_shipped_tool_is_what_training_makes_of_the_real_respondents(
    respondents, instrument, tool
):
    """To 1e-6 or so: solvers differ in the last digits from machine to machine."""
    made = train(Sample.of(respondents, held_out=False), instrument)
    for name in ("mean", "covariance", "loadings", "noise"):
        assert getattr(made, name) == pytest.approx(getattr(tool, name), abs=2e-6)
    assert made.latent_norms.means == pytest.approx(tool.latent_norms.means, abs=1e-5)
    assert made.latent_norms.deviations == pytest.approx(tool.latent_norms.deviations, abs=1e-5)
    assert made.refusals == tool.refusals
    assert made.asking == tool.asking
    assert made.items == tool.items
    assert made.facets == FACETS

    def comparable(provenance):
        document = json.loads(json.dumps(dict(provenance)))
        del document["training"]["scikit_learn"]
        return document

    assert comparable(made.provenance) == comparable(tool.provenance)
    assert made.provenance["threshold"]["accuracy"] >= STATED_ACCURACY


@pytest.mark.respondents
def test_no_respondent_is_in_the_shipped_tool(respondents, tool):
    text = write_typing_tool(tool)
    assert not [person.id for person in respondents if f'"{person.id}"' in text]
    assert len(text) < 20_000
