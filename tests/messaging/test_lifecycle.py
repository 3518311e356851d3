"""What may follow what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.lifecycle import STEPS, State, Step, StepNotAllowed, follow, may_follow


@given(st.sampled_from(State), st.sampled_from(Step))
def test_a_step_is_taken_or_refused_as_the_table_says(state, step):
    if may_follow(state, step):
        assert follow(state, step) is STEPS[state, step]
    else:
        with pytest.raises(StepNotAllowed):
            follow(state, step)


@given(st.lists(st.sampled_from(Step), max_size=8))
def test_nothing_is_dispatched_without_its_approval(steps):
    state, approved = State.DRAFT, False
    for step in steps:
        if not may_follow(state, step):
            continue
        state = follow(state, step)
        approved = step is Step.APPROVE or (approved and step is Step.DISPATCH)
        assert state is not State.DISPATCHED or approved


def test_what_has_gone_out_stays_gone_out():
    assert not any(may_follow(State.DISPATCHED, step) for step in Step)
