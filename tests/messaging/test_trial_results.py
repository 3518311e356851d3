"""What may be said of a trial."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.trials.allocation import Stratum
from messaging.trials.intervals import Tally, newcombe
from messaging.trials.results import Cell, Verdict, read_result
from messaging.variants import Arm

SETTLER, PIONEER, MIXED = Stratum.SETTLER, Stratum.PIONEER, Stratum.MIXED
TAILORED, NEUTRAL = Arm.TAILORED, Arm.NEUTRAL


def result(*cells, apart=0, counting_over=True):
    return read_result(cells, apart=apart, counting_over=counting_over)


@st.composite
def tables(draw):
    cells = []
    for stratum in Stratum:
        for arm in Arm:
            families = draw(st.integers(0, 60))
            reached = draw(st.integers(0, families))
            cells.append(Cell(stratum, arm, families, reached, draw(st.integers(0, families))))
    return cells


def test_overall_is_every_family_of_every_stratum():
    found = result(
        Cell(SETTLER, TAILORED, 40, 30),
        Cell(SETTLER, NEUTRAL, 50, 30),
        Cell(PIONEER, TAILORED, 30, 26),
        Cell(PIONEER, NEUTRAL, 30, 18),
    )

    assert (found.overall.tailored, found.overall.neutral) == (Tally(56, 70), Tally(48, 80))
    assert found.overall.difference.low == pytest.approx(0.0524, abs=5e-5)
    assert found.overall.difference.high == pytest.approx(0.3339, abs=5e-5)


def test_each_stratum_has_its_own_difference_in_a_fixed_order():
    found = result(
        Cell(MIXED, NEUTRAL, 5, 1),
        Cell(MIXED, TAILORED, 20, 4),
        Cell(SETTLER, TAILORED, 40, 9),
        Cell(SETTLER, NEUTRAL, 10, 1),
    )

    assert [stratum for stratum, _ in found.strata] == [SETTLER, MIXED]
    assert found.strata[0][1].difference == newcombe(Tally(9, 40), Tally(1, 10))


def test_families_apart_are_told_and_are_in_no_arm():
    cells = [Cell(SETTLER, TAILORED, 40, 9), Cell(SETTLER, NEUTRAL, 10, 1)]

    assert result(*cells, apart=230).apart == 230
    assert result(*cells, apart=230).overall == result(*cells).overall


def test_erased_families_stay_in_the_arm_they_were_drawn_for():
    found = result(Cell(SETTLER, TAILORED, 40, 9, erased=3), Cell(SETTLER, NEUTRAL, 10, 1))

    assert found.erased == 3
    assert found.overall.tailored == Tally(9, 40)


def test_a_stratum_with_one_arm_has_counts_and_no_difference():
    found = result(
        Cell(MIXED, TAILORED, 3, 1), Cell(SETTLER, TAILORED, 40, 9), Cell(SETTLER, NEUTRAL, 10, 1)
    )

    assert dict(found.strata)[MIXED].difference is None
    assert dict(found.strata)[MIXED].tailored == Tally(1, 3)
    assert found.overall.tailored == Tally(10, 43)


@given(tables())
def test_no_verdict_calls_a_difference_while_an_interval_spans_nought(cells):
    found = result(*cells)

    both = (found.overall.difference, found.within_strata)
    if any(interval is None or interval.spans_zero for interval in both):
        assert found.verdict in {Verdict.NO_DIFFERENCE_SHOWN, Verdict.NOTHING_TO_COMPARE}
    if found.verdict is Verdict.MORE_WHEN_TAILORED:
        assert all(interval.low > 0 for interval in both)
    if found.verdict is Verdict.MORE_WHEN_NEUTRAL:
        assert all(interval.high < 0 for interval in both)


@given(tables())
def test_before_the_last_day_there_is_no_verdict(cells):
    assert result(*cells, counting_over=False).verdict is Verdict.STILL_COUNTING


def test_a_clear_difference_is_called_one_either_way():
    for better, other, verdict in (
        (TAILORED, NEUTRAL, Verdict.MORE_WHEN_TAILORED),
        (NEUTRAL, TAILORED, Verdict.MORE_WHEN_NEUTRAL),
    ):
        cells = (Cell(SETTLER, better, 200, 80), Cell(SETTLER, other, 200, 20))
        assert result(*cells).verdict is verdict


def test_a_difference_that_only_uneven_strata_make_is_called_none():
    """Simpson's paradox: nothing differs within the strata, only their mix does."""
    found = result(
        Cell(SETTLER, TAILORED, 400, 40),
        Cell(SETTLER, NEUTRAL, 50, 5),
        Cell(PIONEER, TAILORED, 50, 25),
        Cell(PIONEER, NEUTRAL, 400, 200),
    )

    assert found.overall.difference.high < 0
    assert found.within_strata.value == pytest.approx(0)
    assert found.verdict is Verdict.NO_DIFFERENCE_SHOWN


def test_a_trial_of_one_arm_or_of_nobody_has_nothing_to_compare():
    assert result(Cell(SETTLER, TAILORED, 40, 9)).verdict is Verdict.NOTHING_TO_COMPARE
    assert result().verdict is Verdict.NOTHING_TO_COMPARE
    assert result().strata == ()


def test_no_verdict_speaks_of_winning_or_working():
    for verdict in Verdict:
        assert not {"winner", "better", "best", "works", "proven"} & set(verdict.split("-"))
