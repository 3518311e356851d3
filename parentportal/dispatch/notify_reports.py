"""What GOV.UK Notify tells by callback, or when asked: receipts, and letters that came back.

Receipts cover emails and texts; a returned letter is a callback of its own, with other fields. Both
carry the bearer token that the council gave Notify. (Notify's documentation, Callbacks; the
fields of a returned letter are those its code sends.)
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from messaging.printable import why_unprintable
from parentportal.delivery import Report, ReportOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping

_OUTCOMES = {
    "delivered": ReportOutcome.DELIVERED,
    "permanent-failure": ReportOutcome.PERMANENT_FAILURE,
    "temporary-failure": ReportOutcome.TEMPORARY_FAILURE,
    "returned-letter": ReportOutcome.RETURNED,
    # It did not go, and nothing is wrong with the address.
    "technical-failure": ReportOutcome.TEMPORARY_FAILURE,
    "validation-failed": ReportOutcome.TEMPORARY_FAILURE,
    "virus-scan-failed": ReportOutcome.TEMPORARY_FAILURE,
    "cancelled": ReportOutcome.TEMPORARY_FAILURE,
}
FAILURES = tuple(
    status
    for status, outcome in _OUTCOMES.items()
    if outcome in {ReportOutcome.PERMANENT_FAILURE, ReportOutcome.TEMPORARY_FAILURE}
)
"""The statuses that tell of a failure, as Notify is asked for them."""

LONGEST_ID = 80
"""Characters that are kept of what Notify calls a message; its own have 36."""

_UNPRINTED = "permanent-failure"
"""Of a letter this says that the printer could not print it, and nothing about the address."""


class CallbackUnreadable(ValueError):
    """This is no callback of Notify."""

    code = "not-a-callback"


def token_is_right(header: str | None, token: str) -> bool:
    """Whether an Authorization header bears the token; in a time that tells nothing about it."""
    given = (header or "").encode()
    return bool(token) and hmac.compare_digest(given, f"Bearer {token}".encode())


def read_callback(document: object, now: datetime) -> Report | None:
    """What a callback says of a message; none where it says nothing that is over, or not of ours.

    Args:
        document: the JSON it came with.
        now: the time for what bears none.

    Raises:
        CallbackUnreadable: it is something else.
    """
    if not isinstance(document, dict):
        raise CallbackUnreadable
    if "notification_id" in document:  # of a returned letter: it bears no status
        return report_of(
            {
                **document,
                "id": document["notification_id"],
                "status": "returned-letter",
                "completed_at": None,  # `date_sent` is when it left, not when it came back
            },
            now,
        )
    if not {"id", "reference", "status"} <= document.keys():
        raise CallbackUnreadable
    return report_of(document, now)


def report_of(notification: Mapping[str, Any], now: datetime) -> Report | None:
    """The report in a notification as Notify shows it; none while it is on its way."""
    status = notification["status"]
    outcome = _OUTCOMES.get(status) if isinstance(status, str) else None
    reference = _uuid(notification.get("reference"))
    own_id = str(notification["id"])
    if outcome is None or reference is None or why_unprintable(own_id, LONGEST_ID):
        return None
    if notification.get("type") == "letter" and status == _UNPRINTED:
        outcome = ReportOutcome.TEMPORARY_FAILURE
    at = _moment(notification.get("completed_at")) or now
    return Report(reference, own_id, outcome, at, status)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC) if moment else None
    except (ValueError, OverflowError):  # no date, or one at the very end of the calendar
        return None
