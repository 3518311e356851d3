"""What goes about a meeting by itself: a place that became free, a reminder some days before."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from parentportal.models import GroupSession, Invitee, InviteeState, OutgoingBatch, Trigger
from parentportal.operations.automatic import event_of, rule_in_force
from parentportal.operations.contacts import LONDON
from parentportal.operations.replies import write_about_meeting

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def offer_place(
    session: Session, invitee: Invitee, *, now: datetime, portal_link: str | None = None
) -> OutgoingBatch | None:
    """Offer a place that has become free to one on the waiting list, once, by the rule in force."""
    return write_about_meeting(
        session, Trigger.PLACE_FREE, invitee, now=now, portal_link=portal_link
    )


def send_reminders(session: Session, *, now: datetime, portal_link: str | None = None) -> int:
    """Remind everyone who accepted of a meeting that is near; safe to call as often as one likes.

    A meeting of today is not reminded of any more. Three queries where there is nothing to do.

    Returns:
        How many were written to.
    """
    rule = rule_in_force(session, Trigger.DAYS_BEFORE_MEETING, now)
    if rule is None or rule.days is None:
        return 0
    today = now.astimezone(LONDON).date()
    near = session.scalars(
        select(Invitee)
        .join(Invitee.session)
        .options(contains_eager(Invitee.session))
        .where(
            Invitee.state == InviteeState.ACCEPTED,
            GroupSession.starts_at >= _midnight(today + timedelta(days=1)),
            GroupSession.starts_at < _midnight(today + timedelta(days=rule.days + 1)),
        )
        .order_by(GroupSession.starts_at, Invitee.id)
    ).all()
    told = _told(session, [invitee.id for invitee in near])
    fired = [
        write_about_meeting(
            session, Trigger.DAYS_BEFORE_MEETING, invitee, now=now, portal_link=portal_link
        )
        for invitee in near
        if event_of(Trigger.DAYS_BEFORE_MEETING, invitee.id) not in told
    ]
    return sum(batch is not None for batch in fired)


def _told(session: Session, invitees: list[UUID]) -> set[str | None]:
    """Which of these reminders have gone, or are on their way."""
    events = [event_of(Trigger.DAYS_BEFORE_MEETING, one) for one in invitees]
    return set(session.scalars(select(OutgoingBatch.event).where(OutgoingBatch.event.in_(events))))


def _midnight(day: date) -> datetime:
    """When a day begins in London."""
    return datetime.combine(day, time(), LONDON)
