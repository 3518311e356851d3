import numpy as np
import pytest

from segmentation.scoring import (
    FACETS,
    FACETS_OF_VALUE,
    PUBLISHED_NORMS,
    SEGMENTS,
    VALUES,
    VALUES_OF_SEGMENT,
    Norms,
    composites,
    full_form_segments,
    likeness,
    standardise,
    standing_weights,
    usable,
    value_scores,
)
from segmentation.segments import Segment


def person(default=3, **ratings):
    return np.array([[float(ratings.get(facet, default)) for facet in FACETS]])


def test_the_21_facets_make_ten_values_and_these_make_three_segments():
    assert sorted(sum(FACETS_OF_VALUE.values(), ())) == sorted(FACETS)
    assert sorted(sum(VALUES_OF_SEGMENT.values(), ())) == sorted(VALUES)
    assert list(VALUES_OF_SEGMENT) == list(SEGMENTS)


def test_very_much_like_me_counts_six_and_not_at_all_counts_one():
    assert likeness(np.array([1.0, 6.0])).tolist() == [6.0, 1.0]


def test_a_value_is_scored_against_the_persons_own_mean():
    # Twenty facets at 3 (likeness 4) and one at 1 (likeness 6): the mean is 4 + 2/21.
    scores = value_scores(person(impsafe=1), FACETS)[0]
    security = scores[VALUES.index("security")]
    assert security == pytest.approx((6 + 4) / 2 - (4 + 2 / 21))
    assert scores[VALUES.index("power")] == pytest.approx(-2 / 21)


def test_a_constant_added_to_every_rating_changes_no_score():
    chance = np.random.default_rng(3)
    ratings = chance.integers(1, 6, (20, len(FACETS))).astype(float)
    assert value_scores(ratings + 1, FACETS) == pytest.approx(value_scores(ratings, FACETS))


def test_a_value_nobody_answered_has_no_score_and_the_composite_does_without_it():
    scores = value_scores(person(impsafe=np.nan, ipstrgv=np.nan, ipfrule=1), FACETS)
    assert np.isnan(scores[0, VALUES.index("security")])
    known = [scores[0, VALUES.index(value)] for value in ("conformity", "tradition")]
    assert composites(scores)[0, 0] == pytest.approx(np.mean(known))


def test_a_person_at_the_norms_of_every_composite_is_average_on_each():
    assert standardise(np.array([PUBLISHED_NORMS.means])).tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("order", [1, -1])
def test_the_standings_of_a_whole_form_are_linear_in_likeness(order):
    chance = np.random.default_rng(4)
    ratings = chance.integers(1, 7, (30, len(FACETS))).astype(float)
    facets = FACETS[::order]
    weights, offset = standing_weights(facets)
    standing = standardise(composites(value_scores(ratings, facets)))
    assert likeness(ratings) @ weights.T + offset == pytest.approx(standing)


def test_a_constant_moves_no_standing():
    weights, _ = standing_weights(FACETS)
    assert weights.sum(axis=1) == pytest.approx(np.zeros(3))


def test_norms_are_written_and_read_back():
    document = PUBLISHED_NORMS.document()
    assert set(document["means"]) == {"settler", "prospector", "pioneer"}
    assert Norms.read(document) == PUBLISHED_NORMS


@pytest.mark.parametrize(
    ("alike", "segment"),
    [
        (("impsafe", "ipstrgv", "ipfrule", "ipbhprp", "ipmodst", "imptrad"), Segment.SETTLER),
        (("ipshabt", "ipsuces", "imprich", "iprspot", "ipgdtim", "impfun"), Segment.PROSPECTOR),
        (("ipeqopt", "ipudrst", "impenv", "ipcrtiv", "impfree", "iphlppl"), Segment.PIONEER),
    ],
)
def test_the_highest_composite_names_the_segment(alike, segment):
    ratings = person(default=4, **dict.fromkeys(alike, 1))
    assert SEGMENTS[full_form_segments(ratings)[0]] is segment


def test_sixteen_answers_are_enough_and_fifteen_are_not():
    answers = person()
    answers[0, :8] = 2
    answers[0, 16:] = np.nan
    assert usable(answers).tolist() == [True]
    answers[0, 15] = np.nan
    assert usable(answers).tolist() == [False]


def test_sixteen_identical_answers_are_allowed_and_seventeen_are_not():
    answers = person(default=3)
    answers[0, :5] = 2
    assert usable(answers).tolist() == [True]
    answers[0, 0] = 3
    assert usable(answers).tolist() == [False]


@pytest.mark.respondents
def test_the_real_respondents_have_the_published_norms_and_shares(respondents):
    from segmentation.respondents import is_usable, ratings_matrix

    people = [person for person in respondents if is_usable(person.ratings)]
    assert (len(respondents), len(people)) == (4468, 4324)
    ratings = ratings_matrix([person.ratings for person in people])
    weights = np.array([person.weight for person in people])
    scores = composites(value_scores(ratings, FACETS))
    means = np.average(scores, axis=0, weights=weights)
    assert means == pytest.approx(PUBLISHED_NORMS.means, abs=0.005)
    deviations = np.sqrt(np.average((scores - means) ** 2, axis=0, weights=weights))
    assert deviations == pytest.approx(PUBLISHED_NORMS.deviations, abs=0.005)
    shares = np.bincount(full_form_segments(ratings), weights) / weights.sum()
    assert shares == pytest.approx([0.34, 0.36, 0.30], abs=0.01)
