"""Who may do what: one table, a ``check_…`` that refuses and a ``may_…`` that tells a page."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from parentportal.models import Role
from parentportal.refusals import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Action(StrEnum):
    """Something an officer can do or see."""

    SEE_DESK = "see-desk"
    SEE_COHORT = "see-cohort"
    IMPORT_COHORT = "import-cohort"
    RUN_SURVEY = "run-survey"
    KEY_FORMS = "key-forms"
    TEND_REQUESTS = "tend-requests"
    DRAFT_MESSAGES = "draft-messages"
    READ_MESSAGES = "read-messages"
    SEE_VERSIONS = "see-versions"
    APPROVE_MESSAGES = "approve-messages"
    DISPATCH_MESSAGES = "dispatch-messages"
    EDIT_COPY = "edit-copy"
    APPROVE_COPY = "approve-copy"
    SEE_SEGMENT_COUNTS = "see-segment-counts"
    PLAN_GROUPS = "plan-groups"
    PLAN_TRIALS = "plan-trials"
    TEND_TOOL = "tend-tool"


_MAY: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.OFFICER: frozenset(
            {
                Action.SEE_DESK,
                Action.SEE_COHORT,
                Action.IMPORT_COHORT,
                Action.RUN_SURVEY,
                Action.KEY_FORMS,
                Action.TEND_REQUESTS,
                Action.DRAFT_MESSAGES,
                Action.READ_MESSAGES,
                Action.SEE_VERSIONS,
                Action.DISPATCH_MESSAGES,
                Action.EDIT_COPY,
            }
        ),
        Role.APPROVER: frozenset(
            {
                Action.SEE_DESK,
                Action.SEE_COHORT,
                Action.READ_MESSAGES,
                Action.SEE_VERSIONS,
                Action.APPROVE_MESSAGES,
                Action.APPROVE_COPY,
            }
        ),
        Role.PROGRAMME: frozenset(
            {
                Action.SEE_DESK,
                Action.SEE_SEGMENT_COUNTS,
                Action.PLAN_GROUPS,
                Action.PLAN_TRIALS,
                Action.TEND_TOOL,
                Action.READ_MESSAGES,
                Action.DRAFT_MESSAGES,
                Action.DISPATCH_MESSAGES,
            }
        ),
    }
)


def may(role: Role, action: Action) -> bool:
    """Whether this role may do this."""
    return action in _MAY[role]


def check_may(role: Role, action: Action) -> None:
    """Refuse what this role may not do.

    Raises:
        NotAllowed: always, when :func:`may` says no.
    """
    if not may(role, action):
        raise NotAllowed(action=action)
