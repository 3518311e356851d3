"""Letters that invite to a group, the replies to them, and their links, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from messaging.composition import Message
from messaging.council import demonstration_council
from messaging.lifecycle import State
from parentportal.models import (
    GroupSession,
    Invitee,
    InviteeState,
    Officer,
    OutgoingMessage,
)
from parentportal.operations.council import save_council
from parentportal.operations.groups import MeetingSettled, draft_invitations, plan_meeting
from parentportal.operations.outbox import NothingToDraft
from parentportal.operations.replies import (
    STEPS,
    LinkUnreadable,
    MeetingBegun,
    Reply,
    ReplyClosed,
    invitee_of,
    reply,
    reply_token,
)
from parentportal.queries.groups import group_sheet
from parentportal.refusals import NotThere
from segmentation.segments import Segment
from tests.parentportal.group_rows import actions, meeting_after


@pytest.fixture
def write(session, groups, clock, officer):
    """Draft the invitations of a group."""
    save_council(session, demonstration_council(), now=clock())

    def written(segment=None):
        return draft_invitations(
            session,
            groups[segment].id,
            reply_link=lambda key: f"https://portal.example.org/account/reply/{reply_token(key)}",
            portal_link="https://portal.example.org",
            dated=clock().date(),
            now=clock(),
            by=officer,
        )

    return written


def states(session):
    rows = session.execute(select(Invitee.state, func.count()).group_by(Invitee.state))
    return {state: number for state, number in rows}  # noqa: C416


def test_each_invitation_carries_its_own_link_and_the_meeting(session, cohort, draw, write):
    cohort.families(6, segment=Segment.PIONEER)
    draw(Segment.PIONEER, invite=5)

    batch = write(Segment.PIONEER)

    assert batch.state is State.DRAFT
    messages = session.scalars(select(OutgoingMessage)).all()
    links = {reply_token(key) for key in session.scalars(select(Invitee.id))}
    assert len(messages) == len(links) == 5
    for message in messages:
        text = Message.from_json(message.content).plain_text()
        assert len([link for link in links if link in text]) == 1
        assert "Invented Library" in text
        assert "pioneer" not in text.casefold()


def test_writing_twice_writes_to_nobody_twice(session, cohort, draw, write):
    cohort.families(6)
    draw()
    write()

    with pytest.raises(NothingToDraft):
        write()


def test_a_meeting_does_not_move_once_letters_name_it(session, cohort, draw, write, clock):
    cohort.families(6)
    held = draw()
    batch = write()
    group = session.get(GroupSession, held.session_id).group
    officer = session.get(Officer, batch.drafted_by_id)

    with pytest.raises(MeetingSettled):
        plan_meeting(session, group.id, meeting_after(clock()), now=clock(), by=officer)


def test_an_invitee_accepts_declines_and_changes_their_mind(session, invitee, clock):
    for answer, state in [
        (Reply.ACCEPT, InviteeState.ACCEPTED),
        (Reply.DECLINE, InviteeState.DECLINED),
        (Reply.ACCEPT, InviteeState.ACCEPTED),
    ]:
        clock.advance(hours=1)
        assert reply(session, invitee.id, answer, now=clock()).state is state
        assert invitee.replied_at == clock()

    assert actions(session, "invitee") == ["accept", "decline", "accept"]
    assert states(session) == {InviteeState.PENDING: 4, InviteeState.ACCEPTED: 1}


def test_the_same_reply_twice_is_harmless(session, invitee, clock):
    reply(session, invitee.id, Reply.ACCEPT, now=clock())
    first = invitee.replied_at
    clock.advance(hours=1)

    reply(session, invitee.id, Reply.ACCEPT, now=clock())

    assert invitee.replied_at == first
    assert actions(session, "invitee") == ["accept"]


def test_no_reply_is_kept_once_the_meeting_has_begun(session, invitee, clock):
    clock.advance(days=20)

    with pytest.raises(MeetingBegun):
        reply(session, invitee.id, Reply.ACCEPT, now=clock())
    assert invitee.state is InviteeState.PENDING


@pytest.mark.parametrize(
    "state", [InviteeState.WAITING, InviteeState.EXPIRED, InviteeState.ATTENDED]
)
def test_a_place_that_is_not_held_takes_no_reply(session, invitee, clock, state):
    invitee.state = state

    with pytest.raises(ReplyClosed):
        reply(session, invitee.id, Reply.ACCEPT, now=clock())


def test_a_reply_of_nobody_is_refused(session, clock, groups):
    with pytest.raises(NotThere):
        reply(session, groups[None].id, Reply.ACCEPT, now=clock())


def test_every_step_leads_to_another_state():
    assert all(before is not after for (before, _), after in STEPS.items())


def test_a_link_leads_back_to_its_invitee_and_names_nobody(invitee):
    token = reply_token(invitee.id)

    assert invitee_of(token) == invitee.id
    assert len(token) == 50
    assert str(invitee.carer_id) not in token


def test_no_other_link_can_be_made_from_one(invitee):
    token = reply_token(invitee.id)

    for place in range(len(token)):
        for other in set("AaBbZz09-_") - {token[place]}:
            with pytest.raises(LinkUnreadable):
                invitee_of(token[:place] + other + token[place + 1 :])
    for wrong in ["", ".", "ä", token[:-1], token + "A", token.split(".")[0], "x" * 5000]:
        with pytest.raises(LinkUnreadable):
            invitee_of(wrong)


def test_the_sheet_of_a_group_has_its_draw_and_its_invitees(session, invitee, groups):
    sheet = group_sheet(session, groups[None].id)

    assert sheet.draw.drawn == len(sheet.invitees) == 5
    assert group_sheet(session, groups[Segment.SETTLER].id).draw is None
    assert group_sheet(session, invitee.id) is None
