from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from segmentation.evidence.accuracy import coverage, forms, halves, reliability
from segmentation.evidence.comparison import baselines, missing
from segmentation.evidence.external import attitudes
from segmentation.evidence.psychometrics import alphas, norms, shares, value_map
from segmentation.scoring import FACETS, FACETS_OF_VALUE, VALUES, value_scores


def test_alpha_is_that_of_the_textbook(study):
    ratings = study.testing.ratings
    for value, found in alphas(study).items():
        items = ratings[:, [FACETS.index(facet) for facet in FACETS_OF_VALUE[value]]]
        size = items.shape[1]
        textbook = size / (size - 1) * (1 - items.var(axis=0).sum() / items.sum(axis=1).var())
        assert found["value"] == pytest.approx(textbook)
        assert found["low"] < found["value"] < found["high"]


def test_the_map_of_people_made_from_theory_is_nearer_to_it_than_chance(study):
    found = value_map(study)
    assert found["misfit"] < found["misfit by chance"]["lowest of 20"]
    assert set(found["found"]) == set(VALUES)


def test_what_values_explain_is_the_adjusted_share_of_a_regression(study):
    found = attitudes(study)["happy"]
    happy = np.array([person.background["happy"] for person in study.testing.people])
    scores = value_scores(study.testing.ratings, FACETS)
    raw = LinearRegression().fit(scores[:, 1:], happy).score(scores[:, 1:], happy)
    people = len(happy)
    adjusted = 1 - (1 - raw) * (people - 1) / (people - scores.shape[1])
    assert found["explained"]["ten values"]["value"] == pytest.approx(adjusted, abs=1e-6)
    assert found["explained"]["ten values"]["value"] > 0.3


def test_an_attitude_that_has_nothing_to_do_with_values_is_not_explained(study):
    for kind, explained in attitudes(study)["ppltrst"]["explained"].items():
        assert explained["low"] < 0.02, kind


def test_shares_are_weighted(study):
    found = shares(study)
    weights, truth = study.testing.weights, study.testing.segments
    assert found["full form"]["settler"]["value"] == pytest.approx(
        weights[truth == 0].sum() / weights.sum()
    )
    for by in found.values():
        assert sum(each["value"] for each in by.values()) == pytest.approx(1)


def test_the_variant_norms_move_people_out_of_the_settlers(study):
    found = norms(study)
    assert found["shares"]["settler"]["value"] < shares(study)["full form"]["settler"]["value"]
    assert 0.6 < found["agreement"]["value"] < 1


def test_halves_of_people_who_answer_without_noise_agree_more_often(study):
    noisy = halves(study)["respondents"]["value"]
    of_value = {facet: facets[0] for facets in FACETS_OF_VALUE.values() for facet in facets}
    doubled = study.real.ratings[
        :, [study.tool.facets.index(of_value[facet]) for facet in study.tool.facets]
    ]
    exact = replace(study, real=replace(study.real, ratings=doubled))
    assert halves(exact)["respondents"]["value"] > noisy + 0.1


def test_all_items_say_what_the_full_form_says(study):
    found = forms(study)
    assert found["all 21"]["full form"]["accuracy"]["value"] == 1
    simple = found["simple scoring of all 21"]["latent"]["accuracy"]["value"]
    assert found["all 21"]["latent"]["accuracy"]["value"] == pytest.approx(simple)


def test_whoever_assigns_fewer_assigns_no_more(study):
    for points in coverage(study).values():
        assigned = [point["coverage"]["value"] for point in points]
        assert assigned == sorted(assigned, reverse=True)


def test_people_are_in_the_bin_of_what_was_stated(study):
    for bins in reliability(study).values():
        for each in bins:
            assert each["people"] >= 10
            assert each["from"] <= each["confidence"] <= each["to"]


def test_every_baseline_beats_the_majority(study):
    found = baselines(study)
    majority = found.pop("majority")["accuracy"]["value"]
    found.pop("demographics")
    assert all(figures["accuracy"]["value"] > majority for figures in found.values())


def test_answers_taken_away_cost_accuracy(study):
    none, *_, six = missing(study)
    assert six["ours"]["accuracy"]["value"] < none["ours"]["accuracy"]["value"]


def test_nobody_asked_to_the_end_would_have_stopped_before_they_may(study):
    asked, _ = study.made.paths.stopped(0.34)
    assert asked.min() == study.tool.asking.minimum
