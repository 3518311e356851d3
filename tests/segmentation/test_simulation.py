import numpy as np
import pytest

from segmentation.adaptive import play
from segmentation.scoring import FACETS, full_form_segments
from segmentation.simulation import NOT_ASKED, invent, may_stop, play_all, ruled, simulate
from segmentation.training import Sample
from segmentation.typing_tool import Truth


@pytest.fixture(scope="module")
def ratings(invented):
    """Sixty people, a tenth of whose answers are missing."""
    whole = Sample.of(invented, held_out=None).ratings[:60]
    return np.where(np.random.default_rng(4).random(whole.shape) < 0.1, np.nan, whole)


def told(tool, row):
    """One person's ratings as `play` takes them."""
    return {
        code: int(rating)
        for code, rating in zip(tool.items, row, strict=True)
        if not np.isnan(rating)
    }


def codes(tool, row):
    return tuple(tool.items[place] for place in row if place != NOT_ASKED)


@pytest.mark.parametrize("truth", Truth)
@pytest.mark.parametrize("rules", [{}, {"stop": 0.6, "minimum": 3}, {"stop": 0.95, "maximum": 14}])
def test_all_at_once_are_asked_what_each_would_be_asked_alone(tool, ratings, truth, rules):
    asking = ruled(tool, **rules)
    played = play_all(asking, ratings, truth)
    for row, person in enumerate(ratings):
        answers, asked = play(asking, told(tool, person), truth)
        assert codes(tool, played.asked[row]) == asked
        assert told(tool, played.ratings[row]) == answers.ratings
        assert played.items[row] == len(asked)


def test_the_probabilities_on_the_way_are_those_of_the_tool(tool, ratings):
    played = play_all(tool, ratings)
    last = played.posteriors[np.arange(len(ratings)), played.items - 1]
    assert np.abs(last - tool.posteriors(played.ratings)).max() < 1e-9
    assert np.isnan(played.posteriors[played.asked == NOT_ASKED]).all()


def test_more_people_than_are_played_at_once_change_nothing_for_each(tool, ratings):
    many = np.tile(ratings, (10, 1))
    steps = []
    played = play_all(tool, many, progress=lambda done, of: steps.append((done, of)))
    assert (played.asked == np.tile(play_all(tool, ratings).asked, (10, 1))).all()
    assert steps == [(512, 600), (600, 600)]


def test_what_is_barred_is_never_asked_and_the_first_item_cannot_be(tool, ratings):
    wealth = tool.item("imprich")
    played = play_all(tool, ratings, barred=[wealth])
    assert tool.items.index(wealth) in play_all(tool, ratings).asked
    assert tool.items.index(wealth) not in played.asked
    with pytest.raises(ValueError, match="first"):
        play_all(tool, ratings, barred=[tool.asking.first])


def test_where_a_form_may_stop_is_where_it_did(tool, ratings):
    played = play_all(tool, ratings)
    may = may_stop(tool, played)
    ended = played.items - 1
    assert may[np.arange(len(ratings)), ended].all()
    sure = np.nan_to_num(played.posteriors.max(axis=2)) >= tool.asking.stop
    for row, end in enumerate(ended):
        assert not (may & sure)[row, :end].any()


def test_other_rules_of_asking_leave_the_numbers_alone(tool):
    other = ruled(tool, stop=0.7, minimum=4, maximum=9)
    assert (other.asking.stop, other.asking.minimum, other.asking.maximum) == (0.7, 4, 9)
    assert (other.refusals.threshold, other.refusals.minimum_items) == (0.7, 4)
    assert other.covariance is tool.covariance
    assert (ruled(tool).asking, ruled(tool).refusals) == (tool.asking, tool.refusals)


def test_invented_people_know_both_truths(tool):
    made = invent(tool, 2000, seed=3)
    in_order = made.ratings[:, [tool.facets.index(facet) for facet in FACETS]]
    assert (made.form == full_form_segments(in_order)).all()
    agreement = (made.form == made.latent).mean()
    assert 0.6 < agreement < 0.8
    assert (invent(tool, 2000, seed=3).ratings == made.ratings).all()


def test_aiming_at_the_latent_truth_finds_it_at_least_as_often_as_the_full_form_does(tool):
    made = invent(tool, 3000, seed=5)
    played = play_all(ruled(tool, stop=0.75), made.ratings, Truth.LATENT)
    found = simulate(tool, played, {"latent": (Truth.LATENT, made.latent)}, seed=1)
    assert played.items.mean() < 10
    assert found.found["latent"]["accuracy"].high > (made.form == made.latent).mean()
    assert found.found["latent"]["ece"].low < 0.02


def test_a_simulation_says_the_same_when_it_is_run_again(tool, ratings):
    segments = full_form_segments(np.nan_to_num(ratings, nan=3))
    against = {"form": (Truth.FORM, segments)}
    played = play_all(tool, ratings)
    first, again = (simulate(tool, played, against, seed=1).document() for _ in range(2))
    assert first == again
    assert first["items"]["mean"]["value"] == played.items.mean()
    assert first["against"]["form"]["coverage"]["value"] <= 1


@pytest.mark.respondents
def test_real_people_are_asked_at_once_what_each_is_asked_alone(tool, held_out):
    played = play_all(tool, held_out.ratings[:200])
    for row, person in enumerate(held_out.people[:200]):
        _, asked = play(tool, {tool.item(facet): r for facet, r in person.ratings.items()})
        assert codes(tool, played.asked[row]) == asked
