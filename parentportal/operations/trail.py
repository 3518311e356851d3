"""Keep what was done, in the transaction that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parentportal.models import AuditEvent

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


def keep(
    session: Session,
    action: str,
    subject_kind: str,
    subject_id: UUID | None,
    *,
    now: datetime,
    by: Officer | None = None,
    **detail: str | int,
) -> None:
    """Add an event to the trail.

    Args:
        session: the transaction that does what the event says.
        action: what was done, as a verb ("approve", "dispatch").
        subject_kind: the table of what it was done to.
        subject_id: its key.
        now: when.
        by: the officer who did it; none for a parent or for the service itself.
        detail: counts, states and versions; never a name, an address or an answer.
    """
    session.add(
        AuditEvent(
            at=now,
            actor_id=by.id if by else None,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=detail,
        )
    )
