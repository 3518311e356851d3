"""What may follow what for a council's own wording: states are a table.

Only tone is edited; facts are locked. An edit makes a new version, so that a message can always
show the words it was made from.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class CopyState(StrEnum):
    """Where a version of the wording stands."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    IN_USE = "in-use"
    RETIRED = "retired"


class CopyStep(StrEnum):
    """What can be done to it."""

    CHECK = "check"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    USE = "use"
    RETIRE = "retire"


COPY_STEPS: Mapping[tuple[CopyState, CopyStep], CopyState] = MappingProxyType(
    {
        (CopyState.DRAFT, CopyStep.CHECK): CopyState.CHECKED,
        (CopyState.CHECKED, CopyStep.SEND_BACK): CopyState.DRAFT,
        (CopyState.CHECKED, CopyStep.APPROVE): CopyState.APPROVED,
        (CopyState.APPROVED, CopyStep.SEND_BACK): CopyState.DRAFT,
        (CopyState.APPROVED, CopyStep.USE): CopyState.IN_USE,
        (CopyState.DRAFT, CopyStep.RETIRE): CopyState.RETIRED,
        (CopyState.CHECKED, CopyStep.RETIRE): CopyState.RETIRED,
        (CopyState.APPROVED, CopyStep.RETIRE): CopyState.RETIRED,
        (CopyState.IN_USE, CopyStep.RETIRE): CopyState.RETIRED,
    }
)


class CopyStepNotAllowed(Exception):
    """This step does not follow from this state."""

    code = "step-not-allowed"

    def __init__(self, state: CopyState, step: CopyStep) -> None:
        super().__init__(f"{step} does not follow {state}")
        self.state = state
        self.step = step


def follow_copy(state: CopyState, step: CopyStep) -> CopyState:
    """The state after a step.

    Raises:
        CopyStepNotAllowed: when the table has no such step.
    """
    try:
        return COPY_STEPS[state, step]
    except KeyError:
        raise CopyStepNotAllowed(state, step) from None


def may_follow_copy(state: CopyState, step: CopyStep) -> bool:
    """Whether the step is open from here, for a page to offer it or not."""
    return (state, step) in COPY_STEPS


def copy_diagram() -> str:
    """The table as a Mermaid state diagram, for the README."""
    lines = ["stateDiagram-v2", f"  [*] --> {CopyState.DRAFT}"]
    lines += [f"  {before} --> {after}: {step}" for (before, step), after in COPY_STEPS.items()]
    return "\n".join((*lines, f"  {CopyState.RETIRED} --> [*]"))
