from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentation.estimator import SegmentRegionClassifier, gaussian_moments
from segmentation.regions import region_probabilities


@parametrize_with_checks([SegmentRegionClassifier()])
def test_it_keeps_every_promise_of_a_scikit_learn_classifier(estimator, check):
    """None is expected to fail."""
    check(estimator)


def people(classes, seed=1, size=2000):
    """Plainly invented: twelve items, linear in part, half to learn from and half to tell."""
    answers, labels = make_classification(
        size,
        12,
        n_informative=8,
        n_redundant=2,
        n_classes=classes,
        class_sep=0.7,
        random_state=seed,
    )
    half = size // 2
    return SimpleNamespace(
        seen=answers[:half], labels=labels[:half], unseen=answers[half:], truth=labels[half:]
    )


def leave_out(answers, share, seed=2):
    gaps = np.random.default_rng(seed).random(answers.shape) < share
    return np.where(gaps, np.nan, answers)


@pytest.mark.parametrize("classes", [2, 3, 4, 6])
def test_it_learns_any_number_of_classes_about_as_well_as_logistic_regression(classes):
    some = people(classes)
    model = SegmentRegionClassifier().fit(some.seen, some.labels)
    told = model.predict_proba(some.unseen)
    assert told.shape == (len(some.unseen), classes)
    assert told.sum(axis=1) == pytest.approx(1, abs=1e-12)
    logistic = LogisticRegression(max_iter=500).fit(some.seen, some.labels)
    best = log_loss(some.truth, logistic.predict_proba(some.unseen))
    assert log_loss(some.truth, told) < 1.03 * best


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_where_items_were_left_out_it_tells_more_than_filling_in_means(classes):
    some = people(classes)
    gappy = leave_out(some.unseen, 0.3)
    model = SegmentRegionClassifier().fit(leave_out(some.seen, 0.1, seed=3), some.labels)
    logistic = LogisticRegression(max_iter=500).fit(some.seen, some.labels)
    filled = np.where(np.isnan(gappy), some.seen.mean(axis=0), gappy)
    ours, theirs = model.predict_proba(gappy), logistic.predict_proba(filled)
    assert log_loss(some.truth, ours) < log_loss(some.truth, theirs)


def test_with_nothing_answered_it_tells_how_common_each_class_is():
    some = people(3)
    common = some.labels < 2
    model = SegmentRegionClassifier().fit(some.seen[common], some.labels[common])
    prior = model.predict_proba(np.full((1, 12), np.nan))[0]
    assert prior == pytest.approx(np.bincount(some.labels[common]) / common.sum(), abs=0.03)


def exact(classes, items=6, seed=4):
    """Scores that name the class of every complete form, and people to whom they do."""
    chance = np.random.default_rng(seed)
    scores = chance.normal(size=(classes, items)), chance.normal(size=classes) / 3
    answers = chance.normal(size=(600, items)) @ chance.normal(size=(items, items)) / 2
    labels = (answers @ scores[0].T + scores[1]).argmax(axis=1)
    return scores, answers, labels


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_scores_that_are_given_name_the_class_of_a_complete_form_for_certain(classes):
    scores, answers, labels = exact(classes)
    model = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    told = model.predict_proba(answers)
    assert (model.predict(answers) == labels).mean() > 0.995
    assert np.median(told.max(axis=1)) > 1 - 1e-6


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_of_people_told_a_probability_so_many_are_in_the_class(classes):
    scores, answers, labels = exact(classes)
    told = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    told = told.predict_proba(leave_out(answers, 0.4))
    counted = np.eye(classes)[labels]
    for low in (0.0, 0.25, 0.5, 0.75):
        between = (told >= low) & (told < low + 0.25)
        assert told[between].mean() == pytest.approx(counted[between].mean(), abs=0.05)


@pytest.mark.parametrize("classes", [4, 5])
def test_more_than_three_regions_have_the_mass_that_scipy_finds(classes):
    scores, answers, labels = exact(classes)
    model = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    gappy = answers[:12].copy()
    gappy[:, [0, 2, 5]] = np.nan
    open_, said = [0, 2, 5], [1, 3, 4]
    covariance = model.covariance_
    slopes = np.linalg.solve(covariance[np.ix_(said, said)], covariance[np.ix_(said, open_)])
    left = covariance[np.ix_(open_, open_)] - covariance[np.ix_(open_, said)] @ slopes
    told = model.predict_proba(gappy)
    for row in range(len(gappy)):
        full = answers[row].copy()
        full[open_] = model.mean_[open_] + (full[said] - model.mean_[said]) @ slopes
        standing = scores[0] @ full + scores[1]
        for one in range(classes):
            leads = np.delete(scores[0][one] - scores[0], one, axis=0)[:, open_]
            ahead = np.delete(standing[one] - standing, one)
            region = multivariate_normal(cov=leads @ left @ leads.T, allow_singular=True, seed=1)
            assert told[row, one] == pytest.approx(region.cdf(ahead), abs=3e-3)


def test_a_class_that_cannot_be_leaves_the_others_theirs():
    scores, answers, labels = exact(3)
    three = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    labels[0] = 3
    never = np.vstack([scores[0], np.zeros(6)]), np.append(scores[1], -1e3)
    four = SegmentRegionClassifier(scores=never).fit(answers, labels)
    gappy = leave_out(answers, 0.4)
    assert np.abs(four.predict_proba(gappy)[:, :3] - three.predict_proba(gappy)).max() < 1e-3


def test_two_regions_are_parted_by_one_normal_distribution():
    scores, answers, labels = exact(2, items=1)
    model = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    lead = scores[0][0] - scores[0][1]
    centre = lead @ model.mean_ + scores[1][0] - scores[1][1]
    deviation = np.sqrt(lead @ model.covariance_ @ lead)
    prior = model.predict_proba([[np.nan]])[0]
    assert prior == pytest.approx([ndtr(centre / deviation), ndtr(-centre / deviation)])


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_an_item_that_says_nothing_changes_nothing(classes):
    some = people(classes, size=400)
    plain = SegmentRegionClassifier().fit(some.seen, some.labels)
    told = plain.predict_proba(some.unseen)
    for silent in (np.full((200, 1), np.nan), np.full((200, 1), 3.0)):
        with_it = SegmentRegionClassifier().fit(np.hstack([some.seen, silent]), some.labels)
        for said in (silent, np.full((200, 1), np.nan)):
            again = with_it.predict_proba(np.hstack([some.unseen, said]))
            assert np.abs(again - told).max() < 1e-5


def test_an_item_that_repeats_another_is_no_obstacle():
    some = people(3, size=400)
    twice = SegmentRegionClassifier().fit(np.hstack([some.seen, some.seen]), some.labels)
    told = twice.predict_proba(np.hstack([some.unseen, some.unseen]))
    half = twice.predict_proba(np.hstack([some.unseen, np.full_like(some.unseen, np.nan)]))
    assert np.isfinite(told).all()
    assert np.abs(half - told).max() < 1e-3


def test_fewer_people_than_items_are_no_obstacle():
    some = people(3)
    model = SegmentRegionClassifier().fit(leave_out(some.seen[:9], 0.2), some.labels[:9])
    assert np.isfinite(model.predict_proba(leave_out(some.unseen, 0.2))).all()


def test_the_same_people_get_the_same_numbers():
    some = people(5, size=400)
    told = [
        SegmentRegionClassifier().fit(some.seen, some.labels).predict_proba(some.unseen)
        for _ in range(2)
    ]
    assert (told[0] == told[1]).all()


def test_one_class_alone_is_refused():
    with pytest.raises(ValueError, match="one class"):
        SegmentRegionClassifier().fit(np.eye(3), [1, 1, 1])
    with pytest.raises(ValueError, match="one class"):
        SegmentRegionClassifier().fit(np.eye(3), [1, 1, 2], sample_weight=[1, 1, 0])


def test_scores_of_other_classes_or_items_are_refused():
    scores, answers, labels = exact(3)
    with pytest.raises(ValueError, match="3 classes and 5 items"):
        SegmentRegionClassifier(scores=scores).fit(answers[:, :5], labels)
    with pytest.raises(ValueError, match="2 classes and 6 items"):
        SegmentRegionClassifier(scores=scores).fit(answers, labels == 1)


def test_the_estimate_from_two_items_one_of_them_left_out_is_andersons():
    """Anderson 1957: with one gappy item of two, maximum likelihood has a closed form."""
    chance = np.random.default_rng(6)
    first = chance.normal(3, 1.2, 500)
    second = 0.7 * first + chance.normal(0, 0.8, 500)
    known = chance.random(500) < 1 / (1 + np.exp(first - 3))  # left out the more, the higher
    mean, covariance = gaussian_moments(
        np.column_stack([first, np.where(known, second, np.nan)]), np.ones(500)
    )
    both = np.cov(first[known], second[known], ddof=0)
    slope = both[0, 1] / both[0, 0]
    expected = second[known].mean() + slope * (first.mean() - first[known].mean())
    assert mean == pytest.approx([first.mean(), expected], abs=1e-6)
    assert covariance[0] == pytest.approx([first.var(), slope * first.var()], abs=1e-6)
    left = both[1, 1] - slope * both[0, 1]
    assert covariance[1, 1] == pytest.approx(left + slope**2 * first.var(), abs=1e-6)


def test_with_nothing_left_out_the_estimate_is_the_weighted_moments():
    chance = np.random.default_rng(7)
    answers, weights = chance.normal(size=(80, 4)), chance.integers(1, 4, 80)
    mean, covariance = gaussian_moments(answers, weights.astype(float))
    assert mean == pytest.approx(np.average(answers, axis=0, weights=weights))
    assert covariance == pytest.approx(np.cov(answers.T, fweights=weights, ddof=0))


def test_a_person_of_weight_two_is_two_people():
    answers = leave_out(np.random.default_rng(8).normal(size=(60, 4)), 0.2)
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    once = gaussian_moments(answers, weights)
    twice = gaussian_moments(np.concatenate([answers, answers[:20]]), np.ones(80))
    assert once[0] == pytest.approx(twice[0], abs=1e-9)
    assert once[1] == pytest.approx(twice[1], abs=1e-9)


def test_three_regions_need_no_simulation():
    scores, answers, labels = exact(3)
    model = SegmentRegionClassifier(scores=scores).fit(answers, labels)
    nothing = model.predict_proba(np.full((1, 6), np.nan))[0]
    standing = scores[0] @ model.mean_ + scores[1]
    spread = scores[0] @ model.covariance_ @ scores[0].T
    assert nothing == pytest.approx(region_probabilities(standing, spread), abs=1e-12)
