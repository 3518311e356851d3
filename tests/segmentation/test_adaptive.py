from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from segmentation.adaptive import POLE_OF_FACET, next_item, play
from segmentation.gaussian import RATINGS
from segmentation.instrument import Answers
from segmentation.scoring import SEGMENTS, VALUE_OF_FACET
from segmentation.typing_tool import Truth, load_typing_tool

TOOL = load_typing_tool()
RULES = TOOL.asking
TRUTHS = st.sampled_from(Truth)
WHOLE = st.fixed_dictionaries({code: st.integers(1, 6) for code in TOOL.items})
PEOPLE = st.dictionaries(st.sampled_from(TOOL.items), st.integers(1, 6), min_size=8)
"""People some of whom leave items out."""


def value(code):
    return VALUE_OF_FACET[TOOL.facet(code)]


def poles(codes):
    return {POLE_OF_FACET[TOOL.facet(code)] for code in codes}


def surest(ratings, truth=Truth.FORM):
    return TOOL.posteriors(TOOL.ratings(Answers(ratings))[np.newaxis], truth).max()


def with_rules(**changed):
    return replace(TOOL, asking=replace(RULES, **changed))


def test_each_facet_belongs_to_one_of_three_poles():
    assert Counter(POLE_OF_FACET[facet] for facet in TOOL.facets) == {0: 6, 1: 6, 2: 9}


@settings(deadline=None, max_examples=30)
@given(PEOPLE, TRUTHS)
def test_everyone_is_asked_the_same_first_item_and_nothing_twice(person, truth):
    _, asked = play(TOOL, person, truth)
    assert asked[0] == RULES.first
    assert len(set(asked)) == len(asked) <= RULES.maximum
    assert set(asked) <= set(TOOL.items)


@settings(deadline=None, max_examples=30)
@given(PEOPLE)
def test_what_is_kept_is_what_was_said_to_what_was_asked(person):
    answers, asked = play(TOOL, person)
    said = {code: person[code] for code in asked if code in person}
    assert dict(answers.ratings) == said


@settings(deadline=None, max_examples=30)
@given(PEOPLE, TRUTHS)
def test_no_two_items_of_one_value_follow_one_another(person, truth):
    """Until the last of twelve there is always an item of another value still open."""
    _, asked = play(TOOL, person, truth)
    assert all(value(one) != value(other) for one, other in pairwise(asked))


def test_two_items_of_one_value_follow_one_another_where_nothing_else_is_left():
    tool = with_rules(maximum=len(TOOL.items), stop=2.0)
    friends = [TOOL.item(facet) for facet in ("iphlppl", "iplylfr")]
    asked = [code for code in TOOL.items if code not in friends]
    answers = Answers(dict.fromkeys(asked, 3))
    first = next_item(tool, answers, asked)
    answers = Answers({**answers.ratings, first: 2})
    assert {first, next_item(tool, answers, [*asked, first])} == set(friends)


@settings(deadline=None, max_examples=30)
@given(PEOPLE, TRUTHS)
def test_asking_ends_just_when_there_has_been_enough(person, truth):
    _, asked = play(TOOL, person, truth)

    def enough(count):
        said = {code: person[code] for code in asked[:count] if code in person}
        to_hear = poles(set(TOOL.items) - set(asked[:count])) - poles(said)
        return (
            len(said) >= RULES.minimum and not to_hear and surest(said, truth) >= RULES.stop - 1e-9
        )

    assert not any(enough(count) for count in range(len(asked)))
    assert enough(len(asked)) or len(asked) == RULES.maximum


@settings(deadline=None, max_examples=30)
@given(WHOLE)
def test_whoever_answers_everything_has_answered_at_least_the_minimum(person):
    answers, asked = play(TOOL, person)
    assert RULES.minimum <= len(answers.ratings) == len(asked)
    assert len(poles(asked)) == len(SEGMENTS)


@settings(deadline=None, max_examples=30)
@given(PEOPLE, TRUTHS)
def test_the_same_answers_are_asked_the_same(person, truth):
    turned = dict(reversed(person.items()))
    assert play(TOOL, person, truth) == play(TOOL, turned, truth)


def test_whoever_leaves_everything_out_is_asked_the_most_and_no_more():
    answers, asked = play(TOOL, {})
    assert (dict(answers.ratings), len(asked)) == ({}, RULES.maximum)


def test_an_item_that_was_left_out_counts_as_asked_and_is_not_asked_again():
    asked = [RULES.first]
    second = next_item(TOOL, Answers({}), asked)
    third = next_item(TOOL, Answers({}), [*asked, second])
    assert len({RULES.first, second, third}) == 3


def test_without_the_order_what_was_answered_was_asked_in_its_order():
    ratings = {RULES.first: 2, "thrills": 5}
    assert next_item(TOOL, Answers(ratings)) == next_item(TOOL, Answers(ratings), tuple(ratings))
    assert next_item(TOOL, Answers({})) == RULES.first


@settings(deadline=None, max_examples=30)
@given(WHOLE, st.data())
def test_whoever_changes_an_answer_keeps_all_others_and_is_asked_on(person, data):
    answers, asked = play(TOOL, person)
    so_far = asked[: data.draw(st.integers(1, len(asked)))]
    changed = {code: answers.ratings[code] for code in so_far}
    changed[data.draw(st.sampled_from(so_far))] = data.draw(st.integers(1, 6))
    before = dict(changed)
    following = next_item(TOOL, Answers(changed), so_far)
    assert following not in so_far
    assert changed == before


def test_what_follows_depends_on_the_answers_so_far():
    following = {next_item(TOOL, Answers({RULES.first: rating})) for rating in range(1, 7)}
    assert len(following) > 1


def telling(tool, ratings, code, truth):
    """The expected sum of cubed probabilities after one more answer, from first principles."""
    model = tool.model(truth)
    likeness = 7 - tool.ratings(Answers(ratings))
    known = np.flatnonzero(~np.isnan(likeness))
    item = tool.items.index(code)
    regression = model.covariance[item, known] @ np.linalg.inv(
        model.covariance[np.ix_(known, known)]
    )
    centre = model.mean[item] + regression @ (likeness[known] - model.mean[known])
    left = model.covariance[item, item] - regression @ model.covariance[known, item]
    cuts = np.array([-np.inf, *(RATINGS[:-1] + 0.5), np.inf])
    chances = np.diff(norm.cdf(cuts, centre, np.sqrt(left)))
    after = [
        tool.posteriors(tool.ratings(Answers({**ratings, code: int(7 - like)}))[np.newaxis], truth)
        for like in RATINGS
    ]
    return chances @ (np.concatenate(after) ** 3).sum(axis=1)


@pytest.mark.parametrize("truth", Truth)
@pytest.mark.parametrize("seed", range(4))
def test_the_next_item_is_the_one_that_is_expected_to_tell_most(truth, seed):
    chance = np.random.default_rng(seed)
    asked = chance.permutation(TOOL.items)[: 3 + seed].tolist()
    ratings = {code: int(chance.integers(1, 7)) for code in asked[:-1]}  # the last was left out
    may_follow = [
        code for code in TOOL.items if code not in asked and value(code) != value(asked[-1])
    ]
    best = max(may_follow, key=lambda code: telling(TOOL, ratings, code, truth))
    assert next_item(TOOL, Answers(ratings), asked, truth) == best


def test_a_pole_that_was_not_heard_is_asked_before_the_end():
    sure = with_rules(stop=0.0)
    pioneers = [code for code in TOOL.items if poles([code]) == {2}][:6]
    answers = Answers(dict.fromkeys(pioneers, 1))
    first = next_item(sure, answers)
    assert poles([first]) <= {0, 1}
    answers = Answers({**answers.ratings, first: 4})
    second = next_item(sure, answers)
    assert poles([first, second]) == {0, 1}
    assert next_item(sure, Answers({**answers.ratings, second: 4})) is None


def test_a_pole_that_is_always_left_out_does_not_keep_the_form_going():
    sure = with_rules(stop=0.0, maximum=len(TOOL.items))
    person = {code: 2 for code in TOOL.items if poles([code]) != {0}}
    answers, asked = play(sure, person)
    assert {code for code in TOOL.items if poles([code]) == {0}} <= set(asked)
    assert RULES.minimum <= len(answers.ratings) < len(person)


def test_the_higher_the_certainty_that_is_asked_for_the_more_is_asked():
    chance = np.random.default_rng(9)
    people = [
        dict(zip(TOOL.items, chance.integers(1, 7, len(TOOL.items)).tolist(), strict=True))
        for _ in range(20)
    ]
    for person in people:
        asked = [play(with_rules(stop=stop), person)[1] for stop in (0.6, 0.75, 0.9, 2.0)]
        for fewer, more in pairwise(asked):
            assert len(fewer) <= len(more)
        assert len(asked[-1]) == RULES.maximum
