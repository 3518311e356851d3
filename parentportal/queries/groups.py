"""What the programme team's pages and a parent's reply page show of the discussion groups."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from parentportal.models import (
    Carer,
    FocusGroup,
    GroupDraw,
    GroupSession,
    Invitee,
    OutgoingBatch,
)
from parentportal.models.standing import Standing, newest_assignments, standing_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import InviteeState


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list: its next meeting, where there is one, and its replies by state."""

    group: FocusGroup
    meeting: GroupSession | None
    replies: Mapping[InviteeState, int]


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """All that a group's page shows.

    Attributes:
        group: the group.
        meeting: where and when it meets, or none yet.
        draw: the lottery that was held for it, or none yet.
        invitees: who was drawn, their carers loaded.
        batches: the letters that were drafted for them, the newest first.
    """

    group: FocusGroup
    meeting: GroupSession | None
    draw: GroupDraw | None = None
    invitees: Sequence[Invitee] = ()
    batches: Sequence[OutgoingBatch] = field(default=())


def standings(session: Session) -> dict[Standing, int]:
    """How many carers stand where; every standing has a count. One query."""
    newest = newest_assignments()
    standing = standing_of(newest).label("standing")
    rows = session.execute(
        select(standing, func.count())
        .select_from(Carer)
        .outerjoin(newest, newest.c.carer_id == Carer.id)
        .group_by(standing)
    )
    found = {Standing(word): number for word, number in rows}
    return {standing: found.get(standing, 0) for standing in Standing}


def group_lines(session: Session) -> list[GroupLine]:
    """Every group, the mixed one last. Three queries, however many there are."""
    groups = session.scalars(
        select(FocusGroup).options(selectinload(FocusGroup.sessions)).order_by(FocusGroup.name)
    ).all()
    replies: dict[UUID, dict[InviteeState, int]] = defaultdict(dict)
    for meeting_id, state, number in session.execute(
        select(Invitee.session_id, Invitee.state, func.count()).group_by(
            Invitee.session_id, Invitee.state
        )
    ):
        replies[meeting_id][state] = number
    lines = [
        GroupLine(group, meeting, replies[meeting.id] if meeting else {})
        for group in groups
        for meeting in [_newest(group)]
    ]
    order = list(Standing)
    return sorted(
        lines, key=lambda line: order.index(Standing(line.group.segment or Standing.UNSURE))
    )


def group_sheet(session: Session, group_id: UUID) -> GroupSheet | None:
    """A group's page, or none when there is no such group. At most five queries."""
    group = session.scalar(
        select(FocusGroup)
        .options(selectinload(FocusGroup.sessions))
        .where(FocusGroup.id == group_id)
    )
    if group is None:
        return None
    meeting = _newest(group)
    if meeting is None:
        return GroupSheet(group, None)
    draw = session.scalar(
        select(GroupDraw)
        .where(GroupDraw.session_id == meeting.id)
        .order_by(GroupDraw.drawn_at.desc())
        .limit(1)
    )
    invitees = session.scalars(
        select(Invitee)
        .options(joinedload(Invitee.carer, innerjoin=True))
        .where(Invitee.session_id == meeting.id)
        .order_by(Invitee.id)
    ).all()
    batches = session.scalars(
        select(OutgoingBatch)
        .where(OutgoingBatch.lot == str(meeting.id))
        .order_by(OutgoingBatch.drafted_at.desc())
    ).all()
    return GroupSheet(group, meeting, draw, invitees, batches)


def invitee_with_meeting(session: Session, invitee_id: UUID) -> Invitee | None:
    """An invitee with the meeting, the group and the carer. One query."""
    return session.scalar(
        select(Invitee)
        .options(
            joinedload(Invitee.session, innerjoin=True).joinedload(
                GroupSession.group, innerjoin=True
            ),
            joinedload(Invitee.carer, innerjoin=True),
        )
        .where(Invitee.id == invitee_id)
    )


def _newest(group: FocusGroup) -> GroupSession | None:
    return group.sessions[-1] if group.sessions else None
