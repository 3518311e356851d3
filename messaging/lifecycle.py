"""What may follow what, for a batch of messages and each message in it: states are tables."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where a message, or the batch it was drafted in, stands.

    ``SENDING``: a worker holds it by a lease. ``DISPATCHED``: the provider has it. ``UNCERTAIN``:
    the provider may have it and cannot be asked, so a person says. ``PAUSED`` is a batch's alone.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PAUSED = "paused"
    SENDING = "sending"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNED = "returned"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can be done to it, or become of it."""

    SUBMIT = "submit"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    PAUSE = "pause"
    RESUME = "resume"
    CLAIM = "claim"
    PUT_BACK = "put-back"
    DISPATCH = "dispatch"
    DOUBT = "doubt"
    SEND_AGAIN = "send-again"
    DELIVER = "deliver"
    FAIL = "fail"
    RETURN = "return"
    TAKE_BACK = "take-back"
    SET_ASIDE = "set-aside"
    WITHDRAW = "withdraw"


_WRITING: Mapping[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.SEND_BACK): State.DRAFT,
    (State.SUBMITTED, Step.APPROVE): State.APPROVED,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Step.DISPATCH): State.DISPATCHED,
}
"""The steps of a batch, which every message of it takes too."""

STEPS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        **_WRITING,
        (State.APPROVED, Step.CLAIM): State.SENDING,
        (State.SENDING, Step.PUT_BACK): State.APPROVED,
        (State.SENDING, Step.DISPATCH): State.DISPATCHED,
        (State.SENDING, Step.DOUBT): State.UNCERTAIN,
        (State.SENDING, Step.FAIL): State.FAILED,
        (State.SENDING, Step.TAKE_BACK): State.WITHDRAWN,
        (State.DISPATCHED, Step.TAKE_BACK): State.WITHDRAWN,
        (State.UNCERTAIN, Step.DISPATCH): State.DISPATCHED,
        (State.UNCERTAIN, Step.SEND_AGAIN): State.APPROVED,
        (State.DISPATCHED, Step.DELIVER): State.DELIVERED,
        (State.DISPATCHED, Step.FAIL): State.FAILED,
        (State.DISPATCHED, Step.RETURN): State.RETURNED,
        (State.DELIVERED, Step.FAIL): State.FAILED,
        (State.DELIVERED, Step.RETURN): State.RETURNED,
        (State.FAILED, Step.DELIVER): State.DELIVERED,
        (State.FAILED, Step.RETURN): State.RETURNED,
        (State.RETURNED, Step.DELIVER): State.DELIVERED,
        (State.RETURNED, Step.FAIL): State.FAILED,
        (State.FAILED, Step.SET_ASIDE): State.WITHDRAWN,
        (State.RETURNED, Step.SET_ASIDE): State.WITHDRAWN,
    }
)
"""The steps of a message.

``APPROVED`` to ``DISPATCHED`` without a lease is a provider's report on what it was thought not to
have. Reports come in any order, and the newest is true: a mailbox that took a message may send it
back later, and one that was said to be full may have taken it. What is dispatched is taken back
only while it lies here: a letter before it is printed with the others of its batch. What failed or
came back is set aside when the address is another or an officer has seen it: then another may be
drafted.
"""

BATCH_STEPS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        **_WRITING,
        (State.APPROVED, Step.PAUSE): State.PAUSED,
        (State.PAUSED, Step.RESUME): State.APPROVED,
        (State.DISPATCHED, Step.SEND_AGAIN): State.APPROVED,
    }
)
"""The steps of a batch; it is dispatched when nothing of it waits to be sent any more."""

GONE = frozenset({State.DISPATCHED, State.DELIVERED, State.RETURNED})
"""Where a message stands that its provider has, or had; one that failed may not have got there."""


class StepNotAllowed(Exception):
    """This step does not follow from this state.

    Attributes:
        state: where it stands.
        step: what was tried.
    """

    code = "step-not-allowed"

    def __init__(self, state: State, step: Step) -> None:
        super().__init__(f"{step} does not follow {state}")
        self.state = state
        self.step = step


def follow(state: State, step: Step, steps: Mapping[tuple[State, Step], State] = STEPS) -> State:
    """The state after a step.

    Raises:
        StepNotAllowed: when the table has no such step.
    """
    try:
        return steps[state, step]
    except KeyError:
        raise StepNotAllowed(state, step) from None


def may_follow(state: State, step: Step, steps: Mapping[tuple[State, Step], State] = STEPS) -> bool:
    """Whether the step is open from here, for a page to offer it or not."""
    return (state, step) in steps


def diagram(steps: Mapping[tuple[State, Step], State] = STEPS) -> str:
    """A table as a Mermaid state diagram, for the README."""
    lines = ["stateDiagram-v2", f"  [*] --> {State.DRAFT}"]
    lines += [f"  {before} --> {after}: {step}" for (before, step), after in steps.items()]
    begun = {before for before, _ in steps}
    lines += [f"  {end} --> [*]" for end in State if end in set(steps.values()) - begun]
    return "\n".join(lines)
