"""What may follow what, for a batch of messages and each message in it: states are a table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(StrEnum):
    """Where a batch, or a message of it, stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DISPATCHED = "dispatched"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can be done to it."""

    SUBMIT = "submit"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    DISPATCH = "dispatch"
    WITHDRAW = "withdraw"


STEPS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Step.SEND_BACK): State.DRAFT,
        (State.SUBMITTED, Step.APPROVE): State.APPROVED,
        (State.APPROVED, Step.DISPATCH): State.DISPATCHED,
        (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
        (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
        (State.APPROVED, Step.WITHDRAW): State.WITHDRAWN,
    }
)


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


def follow(state: State, step: Step) -> State:
    """The state after a step.

    Raises:
        StepNotAllowed: when the table has no such step.
    """
    try:
        return STEPS[state, step]
    except KeyError:
        raise StepNotAllowed(state, step) from None


def may_follow(state: State, step: Step) -> bool:
    """Whether the step is open from here, for a page to offer it or not."""
    return (state, step) in STEPS


def diagram() -> str:
    """The table as a Mermaid state diagram, for the README."""
    lines = ["stateDiagram-v2", f"  [*] --> {State.DRAFT}"]
    lines += [f"  {before} --> {after}: {step}" for (before, step), after in STEPS.items()]
    ends = [state for state in State if not any(before is state for before, _ in STEPS)]
    lines += [f"  {state} --> [*]" for state in ends]
    return "\n".join(lines)
