"""A trial's plan and its fingerprint."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.trials.allocation import NEUTRAL_SHARES
from messaging.trials.plan import NEUTRAL_SHARE, Outcome, PlanRefused, TrialPlan

PLAN = TrialPlan("ptb-offer", Outcome.CALL_ASKED, date(2027, 3, 31), NEUTRAL_SHARE, "5eed")

plans = st.builds(
    TrialPlan,
    campaign=st.text(min_size=1, max_size=20),
    outcome=st.sampled_from(Outcome),
    counted_until=st.dates(),
    neutral_share=st.sampled_from(NEUTRAL_SHARES),
    seed=st.text(alphabet="0123456789abcdef", min_size=1, max_size=32),
)


@given(plans, plans)
def test_two_plans_have_one_fingerprint_only_if_they_are_one_plan(one, other):
    assert (one.fingerprint() == other.fingerprint()) is (one == other)
    assert one.is_as_locked(replace(one).fingerprint())


@pytest.mark.parametrize(
    "change",
    [
        {"campaign": "itt-offer"},
        {"outcome": Outcome.INTEREST_REGISTERED},
        {"counted_until": date(2027, 4, 1)},
        {"neutral_share": 25},
        {"seed": "5eee"},
    ],
)
def test_a_plan_changed_after_it_was_locked_is_found_out(change):
    locked = PLAN.fingerprint()

    assert PLAN.is_as_locked(locked)
    assert not replace(PLAN, **change).is_as_locked(locked)


def test_a_fingerprint_can_be_worked_out_again_by_hand():
    text = (
        '{"campaign":"ptb-offer","counted_until":"2027-03-31","neutral_share":20,'
        '"outcome":"call-asked","seed":"5eed"}'
    )

    assert PLAN.fingerprint() == sha256(text.encode()).hexdigest()
    assert PLAN.fingerprint().startswith("616eda0ddf32948e")


def test_an_unnamed_share_is_one_family_in_five():
    assert NEUTRAL_SHARE == 20
    assert NEUTRAL_SHARE in NEUTRAL_SHARES


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"neutral_share": 15}, "share-not-drawable"),
        ({"neutral_share": 0}, "share-not-drawable"),
        ({"neutral_share": 80}, "share-not-drawable"),
        ({"seed": ""}, "seed-missing"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused_with_a_reason(change, code):
    with pytest.raises(PlanRefused) as refused:
        replace(PLAN, **change)

    assert refused.value.code == code
