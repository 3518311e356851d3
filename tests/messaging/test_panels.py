"""The lottery of a discussion group."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.panels import (
    Entrant,
    PoolTooSmall,
    bookings_needed,
    chance_of_filling,
    chances,
    draw_panel,
    pool_digest,
)

pools = st.lists(
    st.builds(Entrant, key=st.uuids().map(str), household=st.sampled_from("abcdefgh")),
    min_size=1,
    max_size=24,
    unique_by=lambda entrant: entrant.key,
)
seeds = st.text(alphabet="0123456789abcdef", min_size=8, max_size=8)


def people(households: dict[str, int]) -> list[Entrant]:
    return [
        Entrant(f"{household}-{number}", household)
        for household, size in households.items()
        for number in range(size)
    ]


def households_of(pool):
    return {entrant.household for entrant in pool}


@given(pools, seeds, st.randoms())
def test_the_same_seed_draws_the_same_people_in_whatever_order_they_are_listed(pool, seed, chance):
    shuffled = list(pool)
    chance.shuffle(shuffled)
    size = len(households_of(pool)) // 2

    assert draw_panel(pool, size, seed) == draw_panel(shuffled, size, seed)
    assert pool_digest(pool) == pool_digest(shuffled)


@given(pools, seeds)
def test_no_household_is_drawn_twice_and_nobody_from_outside_the_pool(pool, seed):
    size = len(households_of(pool))

    drawn = draw_panel(pool, size, seed)

    assert Counter(entrant.household for entrant in drawn) == Counter(households_of(pool))
    assert set(drawn) <= set(pool)


@given(pools, seeds)
def test_a_smaller_panel_is_the_beginning_of_a_larger_one(pool, seed):
    everyone = draw_panel(pool, len(households_of(pool)), seed)

    for size in range(len(everyone)):
        assert draw_panel(pool, size, seed) == everyone[:size]


def test_more_people_than_households_are_refused():
    with pytest.raises(PoolTooSmall):
        draw_panel(people({"a": 5, "b": 1}), 3, "seed")


def test_everybody_is_drawn_as_often_as_their_printed_chance_says():
    pool = people({"a": 1, "b": 1, "c": 2, "d": 3, "e": 1})
    printed = chances(pool, 2)
    draws = 4000

    drawn = Counter(entrant for seed in range(draws) for entrant in draw_panel(pool, 2, str(seed)))

    for entrant, chance in printed.items():
        expected = float(chance) * draws
        spread = (expected * (1 - float(chance))) ** 0.5
        assert abs(drawn[entrant] - expected) < 4 * spread


@given(pools, st.integers(0, 8))
def test_the_printed_chances_add_up_to_the_places(pool, size):
    printed = chances(pool, size)

    assert sum(printed.values()) == min(size, len(households_of(pool)))
    assert set(printed) == set(pool)
    assert all(0 <= chance <= 1 for chance in printed.values())


def test_a_pool_has_another_digest_when_one_person_is_exchanged():
    assert pool_digest(people({"a": 1, "b": 1})) != pool_digest(people({"a": 1, "c": 1}))


def test_a_draw_keeps_its_result_for_ever():
    """Anyone who has the seed and the pool can repeat it, with sha256sum alone if need be."""
    pool = people({"a": 1, "b": 2, "c": 1, "d": 1})

    assert [entrant.key for entrant in draw_panel(pool, 3, "2026")] == ["c-0", "b-1", "a-0"]
    assert pool_digest(pool) == ("b1bbaa7ea5a9111898e951555300b28bc4d8bb29a5428d13d1183ca53b32f195")


@pytest.mark.parametrize(("seats", "booked"), [(6, 11), (8, 14)])
def test_bookings_are_those_of_the_trade_at_seven_in_ten(seats, booked):
    assert bookings_needed(seats) == booked
    assert chance_of_filling(seats, booked) >= 0.9 > chance_of_filling(seats, booked - 1)


def test_the_chance_of_filling_is_the_binomial_one():
    by_hand = sum(comb(11, k) * 0.7**k * 0.3 ** (11 - k) for k in range(6, 12))

    assert chance_of_filling(6, 11) == pytest.approx(by_hand)
    assert chance_of_filling(6, 5) == 0
    assert chance_of_filling(3, 3, Fraction(1)) == 1
