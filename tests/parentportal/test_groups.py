"""Discussion groups: set-up, pool, draw, letters and replies, on both databases."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from messaging.composition import Message
from messaging.council import demonstration_council
from messaging.lifecycle import State
from messaging.panels import draw_panel, pool_digest
from parentportal.models import (
    AuditEvent,
    FocusGroup,
    GroupSession,
    Invitee,
    InviteeState,
    Officer,
    OutgoingMessage,
    Role,
    Wave,
)
from parentportal.models.standing import Standing
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.operations.groups import (
    FIRST_NAMES,
    AlreadyDrawn,
    GroupPlan,
    MeetingInThePast,
    MeetingSettled,
    NameTaken,
    NoMeeting,
    TellsTheSegment,
    TooFewToDraw,
    change_group,
    draft_invitations,
    hold_draw,
    plan_meeting,
    set_up_groups,
)
from parentportal.operations.outbox import NothingToDraft
from parentportal.operations.pools import KeptOut, pool_for
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
from parentportal.queries.groups import group_lines, group_sheet, standings
from parentportal.refusals import NotThere
from segmentation.segments import Segment
from tests.parentportal.group_rows import AIMS, LONG_AGO, Cohort, four_groups, meeting_after

SEED = "5eed" * 8


@pytest.fixture
def officer(session, clock):
    return add_officer(
        session,
        "programme@exampleshire.example",
        "Sam Programme",
        Role.PROGRAMME,
        "a long enough password",
        clock(),
    )


@pytest.fixture
def cohort(session):
    return Cohort(session)


@pytest.fixture
def groups(session, clock, officer):
    return four_groups(session, clock, officer)


@pytest.fixture
def draw(session, clock, officer, groups):
    """Hold the draw of a segment's group."""

    def held(segment=None, invite=5, seed=SEED):
        return hold_draw(
            session, groups[segment].id, invite=invite, seed=seed, now=clock(), by=officer
        )

    return held


@pytest.fixture
def invitee(session, cohort, draw):
    cohort.families(6)
    draw(invite=5)
    return session.scalars(select(Invitee).limit(1)).one()


def states(session):
    rows = session.execute(select(Invitee.state, func.count()).group_by(Invitee.state))
    return {state: number for state, number in rows}  # noqa: C416


def actions(session, kind):
    return session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject_kind == kind).order_by(AuditEvent.number)
    ).all()


# Where parents stand


def test_parents_are_counted_by_their_newest_answers(session, cohort):
    cohort.families(3, segment=Segment.SETTLER)
    cohort.families(2, answered=True)
    cohort.families(4)
    (changed,) = cohort.family(segment=Segment.SETTLER)
    spring = Wave(
        name="Spring",
        instrument_version="travel-values-1",
        tool_version="test",
        opens_at=LONG_AGO,
        closes_at=LONG_AGO,
    )
    session.add(spring)
    cohort.answer(changed, Segment.PIONEER, wave=spring, at=LONG_AGO + timedelta(days=90))

    assert standings(session) == {
        Standing.SETTLER: 3,
        Standing.PROSPECTOR: 0,
        Standing.PIONEER: 1,
        Standing.UNSURE: 2,
        Standing.SILENT: 4,
    }


def test_the_segment_of_a_parent_who_objected_is_neither_counted_nor_used(session, cohort):
    cohort.family(segment=Segment.PIONEER, objected_at=LONG_AGO)

    assert standings(session)[Standing.PIONEER] == 0
    assert standings(session)[Standing.UNSURE] == 1
    assert pool_for(session, Segment.PIONEER).households == 0
    assert pool_for(session, None).households == 1


# Setting up


def test_one_click_makes_four_groups_and_a_second_click_makes_none(session, clock, officer):
    first = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    second = set_up_groups(session, AIMS, 8, chance=Random(2), now=clock(), by=officer)

    assert [group.segment for group in first] == [*Segment, None]
    assert second == []
    assert session.scalar(select(func.count()).select_from(FocusGroup)) == 4


def test_first_names_of_groups_tell_nothing_and_are_dealt_out_by_lot(session, clock, officer):
    dealt = set()
    for seed in range(9):
        made = set_up_groups(session, AIMS, 8, chance=Random(seed), now=clock(), by=officer)
        dealt.add(tuple(group.name for group in made))
        assert {group.name for group in made} == set(FIRST_NAMES)
        for group in made:
            assert not any(segment.value in group.name.casefold() for segment in Segment)
            session.delete(group)
        session.flush()
    assert len(dealt) > 1


def test_a_group_that_comes_back_gets_a_name_that_is_free(session, clock, officer):
    made = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    session.delete(made[1])
    session.flush()
    made[0].name = made[1].name
    session.flush()
    (again,) = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    assert again.segment is Segment.PROSPECTOR
    assert again.name != made[0].name


@pytest.mark.parametrize(
    "name",
    [
        "Pioneers of the north",
        "SETTLER group",
        "Segment two",
        "Grŵp Arloeswyr",
        "Grupa Poszukiwaczy",
        "جدت پسند گروپ",
    ],
)
def test_a_name_that_tells_the_segment_is_refused(session, groups, clock, officer, name):
    with pytest.raises(TellsTheSegment):
        change_group(session, groups[None].id, GroupPlan(name, "aim", 6), now=clock(), by=officer)


def test_two_groups_never_share_a_name(session, groups, clock, officer):
    taken = GroupPlan(groups[Segment.SETTLER].name, "aim", 6)

    with pytest.raises(NameTaken):
        change_group(session, groups[None].id, taken, now=clock(), by=officer)


def test_a_group_keeps_its_own_name_when_its_aim_changes(session, groups, clock, officer):
    plan = GroupPlan(groups[None].name, "Another aim", 7)

    group = change_group(session, groups[None].id, plan, now=clock(), by=officer)

    assert (group.aim, group.seats) == ("Another aim", 7)


def test_a_meeting_is_never_planned_for_a_time_gone_by(session, groups, clock, officer):
    with pytest.raises(MeetingInThePast):
        plan_meeting(session, groups[None].id, meeting_after(clock(), 0), now=clock(), by=officer)


def test_the_list_has_the_mixed_group_last(session, groups):
    assert [line.group.segment for line in group_lines(session)] == [*Segment, None]


# The pool and the draw


def test_the_pool_says_why_the_others_are_not_in_it(session, cohort, draw):
    cohort.families(5, segment=Segment.SETTLER)
    cohort.family(segment=Segment.SETTLER, carers=2)
    cohort.family(segment=Segment.SETTLER, flags=["do-not-contact"])
    cohort.family(segment=Segment.SETTLER, reachable=False)
    cohort.families(3, segment=Segment.PIONEER)

    before = pool_for(session, Segment.SETTLER)
    draw(Segment.SETTLER, invite=6)
    after = pool_for(session, Segment.SETTLER)

    assert (len(before.entrants), before.households) == (7, 6)
    assert before.kept_out == {
        KeptOut.NOT_TO_CONTACT: 1,
        KeptOut.ALREADY_INVITED: 0,
        KeptOut.UNREACHABLE: 1,
    }
    assert after.households == 0
    assert after.kept_out[KeptOut.ALREADY_INVITED] == 7


def test_a_household_is_asked_once_even_by_two_groups(session, cohort, draw):
    cohort.families(6)
    (first, second) = cohort.family(carers=2)
    cohort.answer(second, Segment.SETTLER, wave=cohort.wave)
    cohort.families(6, segment=Segment.SETTLER)

    draw(None, invite=7)
    draw(Segment.SETTLER, invite=6)

    families = session.scalars(select(Invitee).join(Invitee.carer)).all()
    households = [invitee.carer.family_id for invitee in families]
    assert first.family_id in households
    assert len(households) == len(set(households)) == 13


def test_the_draw_can_be_repeated_from_what_is_kept(session, cohort, draw):
    cohort.families(12)
    pool = pool_for(session, None)

    held = draw(invite=5)

    drawn = set(session.scalars(select(Invitee.carer_id)))
    assert {str(key) for key in drawn} == {
        entrant.key for entrant in draw_panel(pool.entrants, 5, held.seed)
    }
    assert (held.pool, held.pool_sha256, held.drawn) == (12, pool_digest(pool.entrants), 5)
    assert actions(session, "group_draw") == ["draw"]


def test_a_draw_is_held_once(session, cohort, draw):
    cohort.families(12)
    draw()

    with pytest.raises(AlreadyDrawn):
        draw(seed="another")


@pytest.mark.parametrize(("families", "invite"), [(4, 4), (12, 13), (12, 0)])
def test_a_draw_needs_enough_households(session, cohort, draw, families, invite):
    cohort.families(families)

    with pytest.raises(TooFewToDraw):
        draw(invite=invite)


def test_nobody_is_drawn_before_there_is_a_meeting(session, cohort, clock, officer):
    cohort.families(6)
    group = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)[-1]

    with pytest.raises(NoMeeting):
        hold_draw(session, group.id, invite=5, seed=SEED, now=clock(), by=officer)


# Letters


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


# Replies


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


# Links


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
