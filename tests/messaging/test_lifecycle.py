"""What may follow what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.lifecycle import (
    BATCH_STEPS,
    GONE,
    STEPS,
    State,
    Step,
    StepNotAllowed,
    follow,
    may_follow,
)


@given(st.sampled_from(State), st.sampled_from(Step), st.sampled_from((STEPS, BATCH_STEPS)))
def test_a_step_is_taken_or_refused_as_the_table_says(state, step, steps):
    if may_follow(state, step, steps):
        assert follow(state, step, steps) is steps[state, step]
    else:
        with pytest.raises(StepNotAllowed):
            follow(state, step, steps)


@given(st.lists(st.sampled_from(Step), max_size=30), st.sampled_from((STEPS, BATCH_STEPS)))
def test_nothing_goes_anywhere_without_its_approval(steps, table):
    state, approved = State.DRAFT, False
    for step in steps:
        if not may_follow(state, step, table):
            continue
        state = follow(state, step, table)
        approved = approved or step is Step.APPROVE
        assert approved or state in {State.DRAFT, State.SUBMITTED, State.WITHDRAWN}


def reached_from(start, steps):
    reached, fresh = set(), {start}
    while fresh:
        reached |= fresh
        fresh = {after for (before, _), after in steps.items() if before in fresh} - reached
    return reached


@pytest.mark.parametrize("state", sorted(GONE | {State.FAILED}))
def test_what_the_provider_has_is_never_sent_again(state):
    ends = {Step.TAKE_BACK, Step.SET_ASIDE}
    after = {state: end for state, end in STEPS.items() if state[1] not in ends}
    assert reached_from(state, after) == GONE - {State.DISPATCHED} | {State.FAILED, state}


def test_only_what_lies_here_still_is_taken_back_and_then_it_is_withdrawn():
    taken = {before: end for (before, step), end in STEPS.items() if step is Step.TAKE_BACK}
    assert taken == {State.SENDING: State.WITHDRAWN, State.DISPATCHED: State.WITHDRAWN}


def test_only_what_reached_nobody_is_set_aside_and_that_is_its_end():
    aside = {before: end for (before, step), end in STEPS.items() if step is Step.SET_ASIDE}
    assert aside == {State.FAILED: State.WITHDRAWN, State.RETURNED: State.WITHDRAWN}
    assert not any(before is State.WITHDRAWN for before, _ in STEPS)


def test_what_is_uncertain_goes_again_only_when_a_person_says_so():
    ways = {step for (before, step) in STEPS if before is State.UNCERTAIN}
    assert ways == {Step.DISPATCH, Step.SEND_AGAIN}


def test_what_a_worker_holds_nobody_withdraws():
    assert not may_follow(State.SENDING, Step.WITHDRAW)


def test_every_state_is_reached_by_a_message_or_by_its_batch():
    assert reached_from(State.DRAFT, STEPS) | reached_from(State.DRAFT, BATCH_STEPS) == set(State)
    assert State.PAUSED not in reached_from(State.DRAFT, STEPS)
