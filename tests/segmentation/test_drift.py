"""A round's answers beside what the tool expects of them, given what was answered before."""

import numpy as np
import pytest

from segmentation.adaptive import play
from segmentation.drift import (
    FEWEST_ANSWERS,
    FEWEST_PEOPLE,
    Verdict,
    profile,
    surprises,
)
from segmentation.intervals import TooFew
from segmentation.training import Sample

SHIFTED = "feeling-safe"


def asked(tool, likeness):
    """Ask people of whom all is known: the forms that come back."""
    forms = []
    for row in np.clip(np.rint(likeness), 1, 6):
        told = {code: int(7 - like) for code, like in zip(tool.items, row, strict=True)}
        forms.append(tuple(play(tool, told)[0].ratings.items()))
    return forms


def drawn(tool, people, seed, shift=0.0):
    """People as the tool expects them, but for a shift of one item in its standard deviations."""
    chance = np.random.default_rng(seed)
    likeness = chance.multivariate_normal(tool.mean, tool.covariance, people)
    place = tool.items.index(SHIFTED)
    likeness[:, place] += shift * np.sqrt(tool.covariance[place, place])
    return asked(tool, likeness)


@pytest.fixture(scope="module")
def as_expected(tool):
    return drawn(tool, 300, seed=1)


def test_people_as_the_tool_expects_them_have_not_moved(tool, as_expected):
    report = profile(tool, as_expected, assigned=240)
    assert report.verdict is Verdict.STEADY
    assert report.moved == ()
    assert report.people == 300
    assert 0.9 < report.distance.value < 1.1


def test_an_item_that_is_answered_otherwise_is_found_and_no_other(tool):
    report = profile(tool, drawn(tool, 400, seed=2, shift=0.9), assigned=320)
    assert report.verdict is Verdict.MOVED
    assert report.moved == (SHIFTED,)
    assert report.items[SHIFTED].surprise.low > 0.15


def test_a_shift_no_larger_than_the_gaussians_own_error_is_no_move_however_many_answer(tool):
    place = tool.items.index(SHIFTED)
    deviation = np.sqrt(tool.covariance[place, place])
    chance = np.random.default_rng(6)
    for shift, moved in ((0.1, False), (0.3, True)):
        likeness = chance.normal(tool.mean[place] + shift * deviation, deviation, 4_000)
        forms = [((SHIFTED, 7 - round(like)),) for like in likeness]
        report = profile(tool, forms, assigned=0)
        assert report.items[SHIFTED].surprise.value == pytest.approx(shift, abs=0.05)
        assert report.items[SHIFTED].moved is moved


def test_answers_that_scatter_more_than_expected_are_a_move(tool):
    chance = np.random.default_rng(4)
    forms = [
        tuple((code, int(chance.choice([1, 6]))) for code in tool.items[:8]) for _ in range(200)
    ]
    report = profile(tool, forms, assigned=100)
    assert report.distance.low > 1.25
    assert report.verdict is Verdict.MOVED


def test_the_squares_of_a_persons_surprises_add_up_to_their_mahalanobis_distance(tool, as_expected):
    form = as_expected[0]
    places = [tool.items.index(code) for code, _ in form]
    off = np.array([7 - rating for _, rating in form]) - tool.mean[places]
    distance = off @ np.linalg.inv(tool.covariance[np.ix_(places, places)]) @ off
    assert np.nansum(surprises(tool, [form]) ** 2) == pytest.approx(distance)


def test_a_surprise_is_what_the_answers_before_it_leave_open(tool):
    (one, two), rating = tool.items[3:5], 2
    covariance = tool.covariance[3:5, 3:5]
    expected = tool.mean[4] + covariance[1, 0] / covariance[0, 0] * (5 - tool.mean[3])
    left = covariance[1, 1] - covariance[1, 0] ** 2 / covariance[0, 0]
    found = surprises(tool, [((one, rating), (two, rating))])[0]
    assert found[4] == pytest.approx((5 - expected) / np.sqrt(left))
    assert np.isnan(found[:3]).all()


def test_only_the_first_item_is_shown_without_any_condition(tool, as_expected):
    first = profile(tool, as_expected, assigned=240).first
    assert first.item == tool.asking.first
    assert first.answers == 300
    assert sum(first.counts) == 300
    assert sum(first.expected_shares) == pytest.approx(1)
    assert first.mean == pytest.approx(first.expected_mean, abs=0.3)


def test_an_item_that_few_were_asked_is_left_unjudged(tool, as_expected):
    report = profile(tool, as_expected, assigned=240)
    for item in report.items.values():
        assert (item.surprise is None) == (item.answers < FEWEST_ANSWERS)


def test_the_share_with_a_segment_stands_beside_what_was_promised(tool, as_expected):
    report = profile(tool, as_expected, assigned=150, seconds=[3.0, 4.0, 9.0])
    assert report.assigned.value == 0.5
    assert report.expected_assigned == tool.provenance["threshold"]["coverage"]
    assert report.expected_items_asked == tool.provenance["threshold"]["mean_items"]
    assert report.seconds == 4.0
    assert profile(tool, as_expected, assigned=150).seconds is None


def test_too_few_forms_are_refused_with_the_number_missing(tool, as_expected):
    with pytest.raises(TooFew) as refused:
        profile(tool, [*as_expected[: FEWEST_PEOPLE - 3], (), ()], assigned=0)
    assert refused.value.missing == 3


@pytest.mark.respondents
def test_the_respondents_that_the_tool_was_made_from_have_not_moved(tool, respondents):
    people = Sample.of(respondents, held_out=False).people[::3]
    told = [{tool.item(facet): r for facet, r in person.ratings.items()} for person in people]
    forms = [tuple(play(tool, answers)[0].ratings.items()) for answers in told]
    assert profile(tool, forms, assigned=480).verdict is Verdict.STEADY
