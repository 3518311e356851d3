"""Discussion groups: set up, planned, their invitees drawn by lot and written to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from messaging.composition import InvitationDetails
from messaging.lifecycle import State
from messaging.panels import draw_panel, pool_digest
from parentportal.models import (
    FocusGroup,
    GroupDraw,
    GroupSession,
    Invitee,
    InviteeState,
    OutgoingBatch,
)
from parentportal.operations import trail
from parentportal.operations.outbox import draft_batch
from parentportal.operations.pools import pool_for
from parentportal.refusals import NotThere, Refusal
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from random import Random

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

CAMPAIGN = "focus-group-invitation"
LONDON = ZoneInfo("Europe/London")
FEWEST_HOUSEHOLDS = 5
"""A smaller pool would make its people known to each other and to us, and is no discussion."""

FIRST_NAMES = ("Rowan group", "Hazel group", "Alder group", "Willow group")
"""Names that say nothing about who is in a group: parents read them. Which group gets which is
drawn by lot, for this list can be read by anyone."""

_TELLS = re.compile(
    r"settler|prospector|pioneer|segment|typolog|values? mode"
    r"|ymsefydl|chwilwyr|arloeswyr|osadni|poszukiwacz|pionier"
    r"|استحکام پسند|کامیابی پسند|جدت پسند",
    re.IGNORECASE,
)
"""The groups' names for officers, in every language they are shown in."""


class NameTaken(Refusal):
    """Another group has this name."""

    code = "group-name-taken"


class TellsTheSegment(Refusal):
    """A text that parents read has a word in it that says how a group was put together."""

    code = "tells-the-segment"


class MeetingInThePast(Refusal):
    """A meeting is planned for a time that has gone by."""

    code = "meeting-in-the-past"


class MeetingSettled(Refusal):
    """Invitations with this place and time are written: it does not change quietly any more."""

    code = "meeting-settled"


class NoMeeting(Refusal):
    """Place and time are not settled yet."""

    code = "no-meeting"


class AlreadyDrawn(Refusal):
    """The draw for this meeting was held."""

    code = "already-drawn"


class TooFewToDraw(Refusal):
    """The pool is too small, or smaller than what was asked for."""

    code = "too-few-to-draw"


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What an officer decides about a group; the name is read by parents, the aim is not."""

    name: str
    aim: str
    seats: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where and when a group meets: everything that its invitation says about it.

    Attributes:
        place: where.
        starts_at: when; aware.
        minutes: how long.
        access: steps, parking, a hearing loop…; may be empty.
        expenses: what is paid at this meeting; empty prints the council's practice.
    """

    place: str
    starts_at: datetime
    minutes: int
    access: str = ""
    expenses: str = ""


def set_up_groups(
    session: Session,
    aims: Mapping[Segment | None, str],
    seats: int,
    *,
    chance: Random,
    now: datetime,
    by: Officer,
) -> list[FocusGroup]:
    """Make the group of each segment and the mixed one; those that are there stay as they are.

    Args:
        session: the transaction.
        aims: the first aim of each group, in the officer's language.
        seats: how many should come to each.
        chance: deals out the names.
        now: when.
        by: the officer.

    Returns:
        The groups that were made now.
    """
    there = {group.segment: group.name for group in session.scalars(select(FocusGroup))}
    missing = [segment for segment in (*Segment, None) if segment not in there]
    free = [name for name in FIRST_NAMES if name not in there.values()]
    made = [
        FocusGroup(name=name, segment=segment, aim=aims[segment], seats=seats, created_at=now)
        for segment, name in zip(missing, chance.sample(free, len(missing)), strict=True)
    ]
    try:
        with session.begin_nested():
            session.add_all(made)
    except IntegrityError:  # the same button was pressed twice, and the other press was first
        return []
    for group in made:
        trail.keep(session, "set-up", "focus_group", group.id, now=now, by=by, seats=seats)
    return made


def change_group(
    session: Session, group_id: UUID, plan: GroupPlan, *, now: datetime, by: Officer
) -> FocusGroup:
    """Change a group's name, aim and seats.

    Raises:
        NotThere: no such group.
        NameTaken: another one has the name.
        TellsTheSegment: the name says how the group was put together.
    """
    group = _group_in_hand(session, group_id)
    check_tells_nothing(plan.name)
    taken = select(FocusGroup.id).where(FocusGroup.name == plan.name, FocusGroup.id != group_id)
    if session.scalar(taken) is not None:
        raise NameTaken
    group.name, group.aim, group.seats = plan.name, plan.aim, plan.seats
    trail.keep(session, "change", "focus_group", group.id, now=now, by=by, seats=plan.seats)
    return group


def plan_meeting(
    session: Session, group_id: UUID, meeting: Meeting, *, now: datetime, by: Officer
) -> GroupSession:
    """Settle, or change, where and when a group meets.

    Raises:
        NotThere: no such group.
        MeetingInThePast: the time has gone by.
        MeetingSettled: invitations with the old place and time are written.
        TellsTheSegment: a text says how the group was put together.
    """
    group = _group_in_hand(session, group_id)
    check_tells_nothing(meeting.place, meeting.access, meeting.expenses)
    if meeting.starts_at <= now:
        raise MeetingInThePast
    planned = _meeting_of(session, group.id)
    if planned is None:
        planned = GroupSession(group_id=group.id)
        session.add(planned)
    elif _is_written_to(session, planned.id):
        raise MeetingSettled
    planned.place = meeting.place
    planned.starts_at = meeting.starts_at
    planned.minutes = meeting.minutes
    planned.access = meeting.access
    planned.expenses = meeting.expenses
    trail.keep(session, "plan", "group_session", planned.id, now=now, by=by)
    session.flush()
    return planned


def hold_draw(
    session: Session, group_id: UUID, *, invite: int, seed: str, now: datetime, by: Officer
) -> GroupDraw:
    """Draw by lot whom to invite to a group's meeting, one person of a household.

    The seed and the digest of the pool are kept: with the same pool the same seed draws the same
    people, whoever repeats it.

    Args:
        session: the transaction.
        group_id: the group.
        invite: how many to draw.
        seed: chance, made at the edge; at most 64 characters.
        now: when.
        by: the officer.

    Raises:
        NotThere: no such group.
        NoMeeting: place and time are not settled, or have gone by.
        AlreadyDrawn: the draw was held before.
        TooFewToDraw: the pool has fewer households than that, or fewer than five.
    """
    groups = session.scalars(select(FocusGroup).order_by(FocusGroup.id).with_for_update()).all()
    # All groups are held: two draws at once could each take the same household.
    group = next((group for group in groups if group.id == group_id), None)
    if group is None:
        raise NotThere
    meeting = _meeting_of(session, group.id)
    if meeting is None or meeting.starts_at <= now:
        raise NoMeeting
    if session.scalar(select(GroupDraw.id).where(GroupDraw.session_id == meeting.id)) is not None:
        raise AlreadyDrawn
    pool = pool_for(session, group.segment)
    if not 0 < invite <= pool.households or pool.households < FEWEST_HOUSEHOLDS:
        raise TooFewToDraw
    panel = draw_panel(pool.entrants, invite, seed)
    draw = GroupDraw(
        session_id=meeting.id,
        seed=seed,
        pool=pool.households,
        pool_sha256=pool_digest(pool.entrants),
        drawn=len(panel),
        drawn_by_id=by.id,
        drawn_at=now,
    )
    session.add(draw)
    session.flush()
    session.add_all(
        Invitee(
            session_id=meeting.id,
            carer_id=UUID(entrant.key),
            draw_id=draw.id,
            state=InviteeState.PENDING,
        )
        for entrant in panel
    )
    trail.keep(session, "draw", "group_draw", draw.id, now=now, by=by, drawn=len(panel))
    session.flush()
    return draw


def draft_invitations(
    session: Session,
    group_id: UUID,
    *,
    reply_link: Callable[[UUID], str],
    portal_link: str | None,
    dated: date,
    now: datetime,
    by: Officer,
) -> OutgoingBatch:
    """Write the invitations of everyone who was drawn and has not replied, as drafts.

    Args:
        session: the transaction.
        group_id: the group.
        reply_link: the signed link of an invitee, by the invitee's key.
        portal_link: the page that the letters lead to.
        dated: the date the letters carry.
        now: when.
        by: the officer who drafts; a second one approves.

    Raises:
        NotThere: no such group.
        NoMeeting: place and time are not settled, or have gone by.
        NothingToDraft: nobody was drawn, or all have their letter.
    """
    group = _group_in_hand(session, group_id)
    meeting = _meeting_of(session, group.id)
    if meeting is None or meeting.starts_at <= now:
        raise NoMeeting
    pending = session.execute(
        select(Invitee.id, Invitee.carer_id).where(
            Invitee.session_id == meeting.id, Invitee.state == InviteeState.PENDING
        )
    )
    return draft_batch(
        session,
        CAMPAIGN,
        dated=dated,
        now=now,
        by=by,
        lot=str(meeting.id),
        portal_link=portal_link,
        carers={
            carer_id: invitation_details(meeting, reply_link(invitee_id))
            for invitee_id, carer_id in pending
        },
    )


def invitation_details(meeting: GroupSession, reply_link: str = "") -> InvitationDetails:
    """A meeting as a letter or a reply page prints it, by the clock on the wall there."""
    return InvitationDetails(
        place=meeting.place,
        starts=meeting.starts_at.astimezone(LONDON).replace(tzinfo=None),
        minutes=meeting.minutes,
        access=meeting.access,
        expenses=meeting.expenses,
        reply_link=reply_link,
    )


def check_tells_nothing(*texts: str) -> None:
    """Refuse words that would tell a parent how groups are put together.

    Raises:
        TellsTheSegment: when one of the texts has such a word.
    """
    for text in texts:
        found = _TELLS.search(text)
        if found:
            raise TellsTheSegment(word=found[0])


def _group_in_hand(session: Session, group_id: UUID) -> FocusGroup:
    """A group that nobody else changes until this transaction ends."""
    group = session.get(FocusGroup, group_id, with_for_update=True, populate_existing=True)
    if group is None:
        raise NotThere
    return group


def _meeting_of(session: Session, group_id: UUID) -> GroupSession | None:
    return session.scalar(
        select(GroupSession)
        .where(GroupSession.group_id == group_id)
        .order_by(GroupSession.starts_at.desc())
        .limit(1)
    )


def _is_written_to(session: Session, meeting_id: UUID) -> bool:
    batches = select(OutgoingBatch.id).where(
        OutgoingBatch.lot == str(meeting_id), OutgoingBatch.state != State.WITHDRAWN
    )
    return session.scalar(batches.limit(1)) is not None
