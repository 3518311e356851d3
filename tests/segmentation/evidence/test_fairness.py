from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from segmentation.evidence.fairness import differential_items, groups
from segmentation.evidence.ordinal import fit, misfit


@pytest.fixture
def answers():
    """Answers of 0 to 4 that depend on a rest score, and not on the group."""
    chance = np.random.default_rng(3)
    rest = chance.normal(size=(1500, 2))
    group = (chance.random(1500) < 0.4).astype(np.float64)[:, np.newaxis]
    liking = rest @ [1.0, -0.5] + chance.logistic(size=1500)
    return liking, rest, group


def cut(liking):
    return np.digitize(liking, [-2, -0.5, 0.5, 2])


def test_slopes_of_an_ordinal_regression_are_found(answers):
    liking, rest, _ = answers
    assert fit(cut(liking), rest).slopes == pytest.approx([1.0, -0.5], abs=0.12)


def test_with_two_answers_it_is_the_logistic_regression(answers):
    liking, rest, _ = answers
    known = LogisticRegression(C=np.inf).fit(rest, liking > 0)
    assert fit((liking > 0).astype(np.intp), rest).slopes == pytest.approx(known.coef_[0], abs=1e-3)


def test_an_item_that_works_alike_is_not_flagged(answers):
    liking, rest, group = answers
    found = misfit(cut(liking), rest, group)
    assert found.growth < 0.01
    assert found.chance > 0.01


def test_a_group_that_answers_higher_at_the_same_rest_score_is_found(answers):
    liking, rest, group = answers
    found = misfit(cut(liking + 1.2 * group[:, 0]), rest, group)
    assert found.shift == pytest.approx([1.2], abs=0.25)
    assert found.growth > 0.04
    assert found.uniform == pytest.approx(found.growth, abs=0.01)
    assert found.chance < 1e-6


def test_a_slope_that_differs_by_group_is_found_though_no_shift_is_there(answers):
    liking, rest, group = answers
    crossed = liking + 1.5 * group[:, 0] * rest[:, 0]
    found = misfit(cut(crossed), rest, group)
    assert found.growth > found.uniform + 0.02
    assert found.chance < 1e-6


def test_an_item_rated_otherwise_by_one_group_is_flagged_and_no_other(study):
    """Women are made to say a point less of nature than they would."""
    women = np.array([person.background["gndr"] == 2 for person in study.testing.people])
    place = study.tool.facets.index("impenv")
    ratings = study.real.ratings.copy()
    ratings[women, place] = np.clip(ratings[women, place] + 1.5, 1, 6).round()
    found = differential_items(replace(study, real=replace(study.real, ratings=ratings)))
    flagged = [
        (facet, grouping)
        for facet, of_item in found["items"].items()
        for grouping, each in of_item.items()
        if each["flag"] != "none"
    ]
    assert flagged == [("impenv", "sex")]
    assert found["items"]["impenv"]["sex"]["shift"]["women"] < -0.5


def test_a_group_the_tool_fails_is_seen_in_the_gaps(study):
    """The truth of men is dealt out by chance: the tool can only be wrong of them."""
    men = np.array([person.background["gndr"] == 1 for person in study.testing.people])
    truth = study.real.truth.copy()
    truth[men] = np.random.default_rng(4).permutation(truth[men])
    found = groups(replace(study, real=replace(study.real, truth=truth)))
    gap = found["gaps"]["accuracy"]
    assert gap["of"]["sex"]["value"] > gap["of"]["sex"]["by chance"]
    assert gap["largest"]["value"] >= gap["of"]["sex"]["value"]
    by_sex = found["groups"]["sex"]
    assert by_sex["men"]["accuracy"]["high"] < by_sex["women"]["accuracy"]["low"]


def test_what_a_group_is_overstated_by_adds_to_nothing(study):
    for of_grouping in groups(study)["groups"].values():
        for group in of_grouping.values():
            over = sum(each["value"] for each in group["overstated"].values())
            assert over == pytest.approx(0, abs=1e-9)
