from math import ceil
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.sampling import (
    REASONS,
    Allocation,
    Frame,
    Reason,
    SurveyRefused,
    allocate,
    draw,
    margin_of,
    sample_size,
)

TWO_ERRORS = 2 * NormalDist().cdf(2) - 1

strata_sizes = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3).map(lambda name: (name,)),
    st.integers(1, 400),
    min_size=1,
    max_size=12,
)


@st.composite
def to_share_out(draw_):
    sizes = draw_(strata_sizes)
    at_least = draw_(st.integers(0, 2))
    least = sum(min(at_least, size) for size in sizes.values())
    total = draw_(st.integers(least, sum(sizes.values())))
    deviations = {stratum: draw_(st.floats(0.01, 5)) for stratum in sizes}
    return sizes, total, at_least, deviations


def test_it_agrees_with_the_worked_example_of_cochran():
    # Cochran 1977, pages 75 and 76: an island of 3,200 people, five points either way at two
    # standard errors: 400 before the finite population correction, 356 after it
    assert sample_size(3_200, 0.05, confidence=TWO_ERRORS).respondents == 356
    assert sample_size(10**9, 0.05, confidence=TWO_ERRORS).respondents == 400


@pytest.mark.parametrize(
    ("margin", "asked", "expected"),
    [
        (0.05, {}, 385),
        (0.03, {}, 1068),
        (0.05, {"confidence": 0.99}, 664),
        (0.05, {"expected": 0.2}, 246),
        (0.05, {"design_effect": 1.5}, 577),
    ],
)
def test_in_a_large_population_it_says_what_every_table_says(margin, asked, expected):
    assert sample_size(10**9, margin, **asked).respondents == expected


def test_as_many_are_invited_as_bring_the_replies():
    size = sample_size(5_000, 0.05, response=0.4)
    assert size.invitations == ceil(size.respondents / 0.4)
    assert size.expected_replies == size.respondents
    assert size.expected_margin <= 0.05


def test_where_everybody_is_too_few_it_says_how_closely_everybody_tells():
    size = sample_size(400, 0.05, response=0.3)
    assert size.invitations == size.population == 400
    assert size.respondents > size.expected_replies == 120
    assert size.expected_margin == margin_of(120, 400) > 0.05


def test_when_everybody_has_replied_nothing_is_left_to_chance():
    assert margin_of(250, 250) == 0
    assert sample_size(1, 0.05).respondents == 1


@given(
    population=st.integers(2, 10**6),
    margin=st.floats(0.001, 0.4),
    expected=st.floats(0.01, 0.99),
    effect=st.floats(1, 4),
)
def test_the_size_is_the_smallest_that_keeps_the_margin(population, margin, expected, effect):
    asked = {"expected": expected, "design_effect": effect}
    size = sample_size(population, margin, **asked).respondents
    assert margin_of(size, population, **asked) <= margin * (1 + 1e-6)
    if size > 1:
        assert margin_of(size - 1, population, **asked) > margin * (1 - 1e-6)


@given(to_share_out(), st.sampled_from(Allocation))
def test_what_is_shared_out_comes_to_the_total_and_keeps_to_each_stratum(case, rule):
    sizes, total, at_least, deviations = case
    shares = allocate(sizes, total, rule, deviations=deviations, at_least=at_least)
    assert sum(shares.values()) == total
    for stratum, size in sizes.items():
        assert min(at_least, size) <= shares[stratum] <= size


@given(to_share_out())
def test_proportional_shares_are_within_a_person_of_exact_where_no_bound_holds_them(case):
    sizes, total, _, _ = case
    shares = allocate(sizes, total, at_least=0)
    for stratum, size in sizes.items():
        assert abs(shares[stratum] - total * size / sum(sizes.values())) < 1


def test_the_largest_remainders_get_what_rounding_left():
    sizes = {("a",): 50, ("b",): 30, ("c",): 20}
    # exactly 3.5, 2.1 and 1.4
    assert allocate(sizes, 7, at_least=1) == {("a",): 4, ("b",): 2, ("c",): 1}
    # c is lifted to two; of the five left b's share is 1.875, so it is lifted too
    assert allocate(sizes, 7, at_least=2) == {("a",): 3, ("b",): 2, ("c",): 2}


def test_neyman_asks_more_where_people_differ_more():
    sizes = {("alike",): 500, ("mixed",): 500}
    deviations = {("alike",): 0.1, ("mixed",): 0.4}
    shares = allocate(sizes, 100, Allocation.NEYMAN, deviations=deviations)
    assert shares == {("alike",): 20, ("mixed",): 80}


def test_equal_shares_take_the_whole_of_a_small_stratum():
    sizes = {("few",): 5, ("many",): 900, ("more",): 900}
    assert allocate(sizes, 65, Allocation.EQUAL) == {("few",): 5, ("many",): 30, ("more",): 30}


@pytest.mark.parametrize(
    ("total", "reason"), [(101, Reason.TOO_FEW_PEOPLE), (3, Reason.TOO_FEW_FOR_STRATA)]
)
def test_what_cannot_be_shared_out_is_refused(total, reason):
    with pytest.raises(SurveyRefused) as refused:
        allocate({("a",): 60, ("b",): 40}, total)
    assert refused.value.reason is reason
    assert REASONS[reason] in str(refused.value)


def test_every_reason_has_its_words():
    assert REASONS.keys() == set(Reason)


@given(strata_sizes, st.data(), st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_a_seed_draws_the_same_people_whatever_the_order_of_the_frame(sizes, data, seed, shuffler):
    people = [(f"{name}-{number}", (name,)) for (name,), n in sizes.items() for number in range(n)]
    total = data.draw(st.integers(0, len(people)))
    shares = allocate(sizes, total, at_least=0)

    def drawn():
        ids, strata = zip(*people, strict=True)
        return draw(ids, strata, shares, np.random.default_rng(seed))

    first = drawn()
    shuffler.shuffle(people)
    again = drawn()
    assert (first.ids, first.strata) == (again.ids, again.strata)
    assert len(set(first.ids)) == total
    assert set(zip(first.ids, first.strata, strict=True)) <= set(people)
    assert sum(first.chances[stratum] for _, stratum in people) == pytest.approx(total)
    assert first.probabilities.tolist() == [first.chances[stratum] for stratum in first.strata]


def test_without_strata_everybody_has_the_same_chance():
    ids = [f"invented-{number}" for number in range(20)]
    frame = Frame(tuple(ids), {})
    times = dict.fromkeys(ids, 0)
    chance = np.random.default_rng(7)
    for _ in range(4_000):
        for identity in draw(frame.ids, frame.strata(()), {(): 5}, chance).ids:
            times[identity] += 1
    # a quarter of 4,000 draws; five standard errors of a count are 137
    assert max(abs(count - 1_000) for count in times.values()) < 137


def test_a_frame_counts_its_people_by_stratum_and_by_category():
    frame = Frame(("1", "2", "3"), {"area": ("N", "S", "N"), "school": ("day", "day", "stay")})
    assert frame.strata(("area", "school")) == (("N", "day"), ("S", "day"), ("N", "stay"))
    assert frame.margins(("school", "area")) == {
        "school": {"day": 2, "stay": 1},
        "area": {"N": 2, "S": 1},
    }
