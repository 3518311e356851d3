"""How many families it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import (
    power_proportions_2indep,
    samplesize_proportions_2indep_onetail,
)

from messaging.trials.power import (
    ArmSizes,
    arm_sizes_needed,
    power_to_show,
    smallest_detectable,
    split,
)

rates = st.integers(2, 60).map(lambda percent: percent / 100)
rises = st.integers(1, 35).map(lambda percent: percent / 100)
shares = st.sampled_from((10, 20, 25, 50))


@pytest.mark.parametrize(("tailored", "needed"), [(0.114, 7652), (0.15, 686), (0.20, 199)])
def test_from_ten_per_cent_each_arm_needs_what_the_textbook_formula_says(tailored, needed):
    assert arm_sizes_needed(0.10, tailored) == ArmSizes(needed, needed)


def test_six_hundred_families_half_and_half_show_seven_point_nine_points_from_ten_per_cent():
    assert 100 * smallest_detectable(split(600, 50), 0.10) == pytest.approx(7.9, abs=0.05)


def test_a_fifth_in_the_neutral_arm_shows_less_than_a_half():
    fifth = smallest_detectable(split(600, 20), 0.10)

    assert split(600, 20) == ArmSizes(120, 480)
    assert fifth > smallest_detectable(split(600, 50), 0.10)


@given(rates, rises, shares, st.sampled_from((0.8, 0.9)), st.sampled_from((0.05, 0.01)))
def test_sizes_agree_with_statsmodels(base, rise, share, power, significance):
    ratio = (100 - share) / share
    known = samplesize_proportions_2indep_onetail(
        -rise, base + rise, power, ratio=ratio, alpha=significance
    )

    found = arm_sizes_needed(
        base, base + rise, neutral_share=share, power=power, significance=significance
    )

    assert found.neutral - 1 < known + 1e-6
    assert known <= found.neutral + 1e-6
    assert found.tailored - 1 < known * ratio + 1e-6
    assert known * ratio <= found.tailored + 1e-6


@given(rates, rises, shares, st.integers(40, 3000))
def test_power_agrees_with_statsmodels_but_for_the_far_tail(base, rise, share, families):
    sizes = split(families, share)
    known = power_proportions_2indep(
        -rise,
        base + rise,
        sizes.neutral,
        ratio=sizes.tailored / sizes.neutral,
        alternative="two-sided",
        return_results=False,
    )

    found = power_to_show(sizes, base, base + rise)

    assert found <= known + 1e-9
    if known > 0.4:
        assert found == pytest.approx(known, abs=1e-3)


@given(rates, rises, shares)
def test_the_sizes_needed_have_the_power_and_one_family_fewer_has_not(base, rise, share):
    needed = arm_sizes_needed(base, base + rise, neutral_share=share)

    assert power_to_show(needed, base, base + rise) >= 0.8 - 1e-9
    fewer = ArmSizes(needed.neutral - 1, needed.tailored - 1)
    if fewer.neutral > 0:
        assert power_to_show(fewer, base, base + rise) < 0.8


@given(rates, shares, st.integers(30, 5000))
def test_the_smallest_detectable_rise_is_shown_and_a_smaller_one_is_not(base, share, families):
    sizes = split(families, share)

    rise = smallest_detectable(sizes, base)

    if rise is not None:
        assert power_to_show(sizes, base, base + rise) >= 0.8
        assert power_to_show(sizes, base, base + 0.99 * rise) < 0.8


@pytest.mark.parametrize(
    "sizes", [ArmSizes(0, 30), ArmSizes(30, 0), ArmSizes(9, 500), ArmSizes(10, 10)]
)
def test_a_cohort_too_small_to_show_anything_says_so(sizes):
    assert smallest_detectable(sizes, 0.8) is None


def test_where_everybody_does_it_already_nothing_more_can_show():
    assert smallest_detectable(split(600, 50), 1.0) is None


@given(st.integers(0, 5000), shares)
def test_a_cohort_is_split_without_losing_anybody(families, share):
    sizes = split(families, share)

    assert sizes.families == families
    assert abs(sizes.neutral - families * share / 100) <= 0.5
