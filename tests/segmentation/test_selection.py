from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from segmentation.instrument import NEVER_FIRST
from segmentation.scoring import FACETS
from segmentation.selection import choose_for_form, choose_for_latent, log_loss, rank_first
from segmentation.training import Sample, fit


@pytest.fixture(scope="module")
def sample(invented):
    return Sample.of(invented, held_out=False)


def test_log_loss_is_the_mean_surprise():
    posterior = np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]])
    expected = -(np.log(0.5) + np.log(0.8)) / 2
    assert log_loss(posterior, np.array([0, 1])) == pytest.approx(expected)


def test_each_further_facet_tells_more(sample, instrument):
    forms = [choose_for_form(sample, instrument, number) for number in (1, 3, 5)]
    assert [len(set(form.facets)) for form in forms] == [1, 3, 5]
    losses = [form.log_loss for form in forms]
    assert losses == sorted(losses, reverse=True)


def test_no_exchange_of_one_facet_for_another_would_tell_more(sample, instrument):
    three = choose_for_form(sample, instrument, 3)
    first = choose_for_form(sample, instrument, 1)
    assert three.log_loss < first.log_loss
    again = choose_for_form(sample.take(np.arange(len(sample.people))), instrument, 3)
    assert again == three


def test_an_item_that_is_all_noise_is_not_chosen(sample, instrument):
    """The segments stay what the ratings said before the noise."""
    ratings = sample.ratings.copy()
    ratings[:, FACETS.index("imprich")] = np.random.default_rng(9).integers(1, 7, len(ratings))
    chosen = choose_for_form(replace(sample, ratings=ratings), instrument, 6)
    assert "imprich" in choose_for_form(sample, instrument, 6).facets
    assert "imprich" not in chosen.facets


def test_progress_counts_the_forms_that_were_tried(sample, instrument):
    steps = []
    choose_for_form(sample, instrument, 2, lambda done, of: steps.append((done, of)))
    assert steps == [(21, 41), (41, 41)]


def test_a_form_for_the_latent_truth_is_chosen_from_people_of_the_tools_own(sample, instrument):
    chosen = choose_for_latent(fit(sample, instrument), 2)
    assert len(set(chosen.facets)) == 2
    assert chosen.log_loss < np.log(3)


def test_wealth_is_not_even_tried_as_the_first_question(sample, instrument):
    ranked = list(islice(rank_first(sample, instrument), 2))
    assert [facet for facet, _ in ranked] == [FACETS[0], FACETS[2]]
    assert FACETS[1] == NEVER_FIRST
    assert all(5 <= items < 12 for _, items in ranked)


@pytest.mark.respondents
@pytest.mark.full
def test_the_paper_form_is_what_the_latent_truth_chooses(respondents, instrument):
    tool = fit(Sample.of(respondents, held_out=False), instrument)
    chosen = choose_for_latent(tool, len(instrument.paper))
    assert set(chosen.facets) == {item.facet for item in instrument.paper_items}
