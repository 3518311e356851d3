"""The lots of a trial."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.trials.allocation import NEUTRAL_SHARES, Stratum, arm_at, draw_lots, stratum_of
from messaging.variants import Arm
from segmentation.segments import Segment

seeds = st.text(alphabet="0123456789abcdef", min_size=8, max_size=8)
shares = st.sampled_from(NEUTRAL_SHARES)
cohorts = st.dictionaries(
    st.integers(0, 10**6).map("F{:06}".format), st.sampled_from(Stratum), max_size=90
)


def draw(families, seed="seed", share=20, before=None):
    lots = draw_lots(families, seed=seed, neutral_share=share, drawn_before=before or {})
    return {family: lot.arm for family, lot in lots.items()}


def neutral_by_stratum(families, arms):
    return Counter(families[family] for family, arm in arms.items() if arm is Arm.NEUTRAL)


def assert_exact(families, arms, share):
    neutral = neutral_by_stratum(families, arms)
    for stratum, size in Counter(families.values()).items():
        exact = size * share / 100
        assert floor(exact) <= neutral[stratum] <= ceil(exact)


@given(cohorts, seeds, shares)
def test_every_stratum_has_exactly_the_share_rounded_up_or_down(families, seed, share):
    arms = draw(families, seed, share)

    assert arms.keys() == families.keys()
    assert_exact(families, arms, share)


@given(cohorts, seeds, shares, st.randoms())
def test_the_order_in_which_families_are_listed_changes_nothing(families, seed, share, chance):
    listed = list(families.items())
    chance.shuffle(listed)

    assert draw(dict(listed), seed, share) == draw(families, seed, share)


@given(cohorts, seeds, shares, st.lists(st.integers(0, 90), max_size=4))
def test_the_share_stays_exact_over_any_number_of_later_batches(families, seed, share, cuts):
    listed = list(families.items())
    edges = [0, *sorted(min(cut, len(listed)) for cut in cuts), len(listed)]
    drawn, before = {}, Counter()
    for start, end in pairwise(edges):
        batch = dict(listed[start:end])
        drawn |= draw(batch, seed, share, before)
        before.update(batch.values())

    assert drawn.keys() == families.keys()
    assert_exact(families, drawn, share)


def test_each_family_is_neutral_as_often_as_the_share_says():
    families = {f"F{number}": Stratum.SETTLER for number in range(7)} | {"G": Stratum.MIXED}
    draws = 4000

    neutral = Counter(
        family
        for seed in range(draws)
        for family, arm in draw(families, str(seed)).items()
        if arm is Arm.NEUTRAL
    )

    spread = (draws * 0.2 * 0.8) ** 0.5
    assert all(abs(neutral[family] - draws * 0.2) < 4 * spread for family in families)


def test_the_next_of_one_block_does_not_tell_the_place_in_the_block_after():
    places = Counter()
    for seed in range(2000):
        arms = [
            draw({"F": Stratum.PIONEER}, str(seed), before={Stratum.PIONEER: place})["F"]
            for place in range(10)
        ]
        places[arms[:5].index(Arm.NEUTRAL), arms[5:].index(Arm.NEUTRAL)] += 1

    assert len(places) == 25
    assert all(40 < times < 130 for times in places.values())


def test_strata_are_drawn_apart_from_each_other():
    first = draw({f"F{number}": Stratum.SETTLER for number in range(40)})
    both = draw(
        {f"F{number}": Stratum.SETTLER for number in range(40)}
        | {f"G{number}": Stratum.PIONEER for number in range(33)}
    )

    assert both.items() >= first.items()


def test_another_seed_draws_others():
    families = {f"F{number}": Stratum.SETTLER for number in range(100)}

    assert draw(families, "one") != draw(families, "other")


def test_a_draw_keeps_its_result_for_ever():
    """Anyone who has the seed and the families can repeat it, with sha256sum alone if need be."""
    families = {f"F-{number:03}": Stratum.SETTLER for number in range(10)}
    families |= {"F-100": Stratum.MIXED, "F-101": Stratum.MIXED}

    arms = draw(families, "2026")

    assert sorted(family for family, arm in arms.items() if arm is Arm.NEUTRAL) == [
        "F-003",
        "F-009",
    ]


@pytest.mark.parametrize(
    ("segments", "stratum"),
    [
        ([], None),
        ([Segment.SETTLER], Stratum.SETTLER),
        ([Segment.PIONEER, Segment.PIONEER], Stratum.PIONEER),
        ([Segment.PROSPECTOR, Segment.PIONEER], Stratum.MIXED),
    ],
)
def test_a_family_is_of_its_carers_one_segment_or_mixed_or_apart(segments, stratum):
    assert stratum_of(segments) is stratum


@given(cohorts, seeds, shares, st.integers(0, 40))
def test_every_lot_can_be_checked_by_its_place(families, seed, share, before):
    lots = draw_lots(
        families, seed=seed, neutral_share=share, drawn_before=dict.fromkeys(Stratum, before)
    )

    for family, lot in lots.items():
        assert lot.arm is arm_at(lot.place, families[family], seed=seed, neutral_share=share)
    taken = Counter((families[family], lot.place) for family, lot in lots.items())
    assert set(taken.values()) <= {1}
    for stratum, size in Counter(families.values()).items():
        assert {(stratum, place) for place in range(before, before + size)} <= taken.keys()


@pytest.mark.parametrize(("share", "arm"), [(0, Arm.TAILORED), (100, Arm.NEUTRAL)])
def test_a_campaign_of_one_arm_draws_nobody_for_the_other(share, arm):
    families = {f"F{number}": Stratum.SETTLER for number in range(40)}

    assert set(draw(families, share=share).values()) == {arm}
