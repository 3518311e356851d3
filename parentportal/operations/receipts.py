"""What a provider says, later, became of a message: kept once, in whatever order it comes."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from messaging.lifecycle import GONE, State, Step, follow, may_follow
from parentportal.delivery import ReportOutcome
from parentportal.models import OutgoingMessage, Suppression, SuppressionReason
from parentportal.operations import trail
from parentportal.operations.failures import Limit, count_failure
from parentportal.operations.suppressing import lift, suppress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.delivery import Report

UNKNOWN: Final = Limit("receipt", 100, timedelta(days=1))
"""Reports on messages that are not ours: a service that is shared, or somebody who guesses."""


class Recorded(StrEnum):
    """What a report changed."""

    KEPT = "kept"
    OLDER = "older"
    UNKNOWN = "unknown"


_STEPS: Mapping[ReportOutcome, Step] = MappingProxyType(
    {
        ReportOutcome.DELIVERED: Step.DELIVER,
        ReportOutcome.TEMPORARY_FAILURE: Step.FAIL,
        ReportOutcome.PERMANENT_FAILURE: Step.FAIL,
        ReportOutcome.RETURNED: Step.RETURN,
    }
)

_ENDS: Mapping[Step, State] = MappingProxyType(
    {
        Step.DELIVER: State.DELIVERED,
        Step.FAIL: State.FAILED,
        Step.RETURN: State.RETURNED,
    }
)

_SUPPRESSING: Mapping[ReportOutcome, SuppressionReason] = MappingProxyType(
    {
        ReportOutcome.PERMANENT_FAILURE: SuppressionReason.UNDELIVERABLE,
        ReportOutcome.RETURNED: SuppressionReason.RETURNED,
    }
)

_RANK = (State.DELIVERED, State.FAILED, State.RETURNED)
"""Of two reports on one moment, the later in this row counts."""


def record(session: Session, report: Report, *, now: datetime) -> Recorded:
    """Keep a report; the same one twice changes nothing, and the newest one counts at the end.

    A report proves that the provider had the message, whatever we thought: one that waited to be
    sent again, or that a person was to find out about, is settled by it. A permanent failure and a
    returned letter stop later messages by that channel; a newer report that it arrived lifts that.
    """
    row = session.scalar(
        select(OutgoingMessage)
        .where(OutgoingMessage.id == report.reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.state in {State.DRAFT, State.SUBMITTED, State.WITHDRAWN}:
        count_failure(session, UNKNOWN, "of-no-message-here", now)
        return Recorded.UNKNOWN
    step = _STEPS[report.outcome]
    if not _is_newer(row, report):
        return Recorded.OLDER
    _settle(row, now)
    if may_follow(row.state, step):
        row.state = follow(row.state, step)
    row.reported_at = report.at
    row.reason = None if step is Step.DELIVER else report.code[:60]
    row.provider_id = row.provider_id or report.provider_id[:80]
    trail.keep(
        session, step, "outgoing_message", row.id, now=now, reason=report.code[:60], way=row.way
    )
    of_this = Suppression.message_id == row.id
    reason = _SUPPRESSING.get(report.outcome)
    if reason is None:
        lift(session, of_this, now=now)
    else:
        lift(session, of_this, Suppression.reason != reason, now=now)
        suppress(session, row, reason, now=now)
    return Recorded.KEPT


def _settle(row: OutgoingMessage, now: datetime) -> None:
    """Whatever it was thought to be doing, the provider has had it."""
    row.lease = row.leased_until = row.due_at = None
    if row.dispatched_at is None:
        row.dispatched_at = row.begun_at or now
    if row.evidence is None:
        row.evidence = {"told": "by-provider"}
    if row.state not in GONE and may_follow(row.state, Step.DISPATCH):
        row.state = follow(row.state, Step.DISPATCH)


def _is_newer(row: OutgoingMessage, report: Report) -> bool:
    """Whether a report counts beside the one that is kept: by the provider's clock, then by weight.

    So the end is the same in whatever order they come.
    """
    if row.reported_at is None:
        return True
    end = _ENDS[_STEPS[report.outcome]]
    code = "" if end is State.DELIVERED else report.code[:60]
    said = (report.at, _RANK.index(end), code)
    return said > (row.reported_at, _RANK.index(row.state), row.reason or "")
