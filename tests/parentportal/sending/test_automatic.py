"""What families do sets messages off; a worker reminds of meetings and sends what is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from messaging.lifecycle import State
from parentportal.dispatch import Worker
from parentportal.dispatch.reminders import BETWEEN, Reminders
from parentportal.models import (
    Campaign,
    GroupSession,
    Invitee,
    InviteeState,
    OutgoingBatch,
    OutgoingMessage,
    ReplyKind,
    Role,
    Trigger,
)
from parentportal.operations import survey
from parentportal.operations.automatic import approve, propose
from parentportal.operations.carer_replies import reply_to
from parentportal.operations.groups import hold_draw
from parentportal.operations.reminding import offer_place, send_reminders
from parentportal.operations.replies import Reply, reply, reply_token
from tests.parentportal.answered_rows import a_round
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.group_rows import Cohort, four_groups

ROOT = "https://portal.example"


@pytest.fixture
def ruled(database, clock, council, officers):
    """A rule in force for a trigger."""

    def make(trigger, days=None):
        with database.transaction() as session:
            by = officers[Role.OFFICER]
            rule = propose(
                session, trigger, valid_from=clock().date(), days=days, now=clock(), by=by
            )
            return approve(session, rule.id, now=clock(), by=officers[Role.APPROVER])

    return make


@pytest.fixture
def invitees(database, clock, council, officers):
    """Five of six families, drawn to a meeting in twenty days."""
    with database.transaction() as session:
        Cohort(session).families(6)
        officer = officers[Role.PROGRAMME]
        group = four_groups(session, clock, officer)[None]
        hold_draw(session, group.id, invite=5, seed="5eed", now=clock(), by=officer)
        return session.scalars(select(Invitee).order_by(Invitee.id)).all()


def sent(database, trigger):
    """The messages that a trigger set off, by carer."""
    with database.reading() as session:
        rows = session.scalars(
            select(OutgoingMessage)
            .join(OutgoingBatch)
            .where(OutgoingBatch.event.startswith(f"{trigger}:"))
        ).all()
    return {row.carer_id: row for row in rows}


def answer(database, clock, invitee, said):
    with database.transaction() as session:
        reply(session, invitee.id, said, now=clock(), portal_link=ROOT)


def test_whoever_accepts_is_sent_one_confirmation_with_their_own_link(
    database, clock, ruled, invitees
):
    ruled(Trigger.INVITATION_ACCEPTED)
    first, second, *_ = invitees
    for said in (Reply.ACCEPT, Reply.ACCEPT, Reply.DECLINE, Reply.ACCEPT):
        answer(database, clock, first, said)
    answer(database, clock, second, Reply.DECLINE)
    found = sent(database, Trigger.INVITATION_ACCEPTED)
    assert found.keys() == {first.carer_id}
    assert f"{ROOT}/account/reply/{reply_token(first.id)}" in found[first.carer_id].content
    assert "Invented Library" in found[first.carer_id].content


def test_a_reminder_goes_once_to_those_who_accepted_from_its_day_on(
    database, clock, ruled, invitees
):
    for one in invitees[:2]:
        answer(database, clock, one, Reply.ACCEPT)
    ruled(Trigger.DAYS_BEFORE_MEETING, days=3)
    written = []
    for _ in range(22):
        with database.transaction() as session:
            written.append(send_reminders(session, now=clock(), portal_link=ROOT))
            assert send_reminders(session, now=clock(), portal_link=ROOT) == 0
        clock.advance(days=1)
    assert written == [0] * 17 + [2] + [0] * 4
    found = sent(database, Trigger.DAYS_BEFORE_MEETING)
    assert found.keys() == {one.carer_id for one in invitees[:2]}


def test_who_accepts_late_is_reminded_still_but_not_on_the_day(database, clock, ruled, invitees):
    ruled(Trigger.DAYS_BEFORE_MEETING, days=3)
    clock.advance(days=19)
    answer(database, clock, invitees[0], Reply.ACCEPT)
    with database.transaction() as session:
        assert send_reminders(session, now=clock()) == 1
        session.get_one(Invitee, invitees[1].id).state = InviteeState.ACCEPTED
        session.flush()
        begins = session.scalars(
            select(GroupSession.starts_at).where(GroupSession.id == invitees[1].session_id)
        ).one()
        assert send_reminders(session, now=begins - timedelta(hours=1)) == 0


def test_a_place_that_is_free_is_offered_once(database, clock, ruled, invitees):
    ruled(Trigger.PLACE_FREE)
    for goes in (True, False):
        with database.transaction() as session:
            waiting = session.get_one(Invitee, invitees[0].id)
            waiting.state = InviteeState.WAITING
            assert (offer_place(session, waiting, now=clock()) is not None) is goes
    assert sent(database, Trigger.PLACE_FREE).keys() == {invitees[0].carer_id}


def test_thanks_follow_answers_once_even_if_they_are_sent_in_twice(
    database, clock, ruled, officers
):
    ruled(Trigger.SURVEY_SUBMITTED)
    with database.transaction() as session:
        wave = a_round(session, at=clock())
        carer = a_family(session, "F1", clock())
        (issued,) = survey.invite(session, wave, [carer], now=clock(), by=officers[Role.OFFICER])
        survey.start(session, issued.invitation_id, "en_GB", now=clock())
        for _ in range(2):
            survey.submit(session, issued.invitation_id, now=clock(), portal_link=ROOT)
    found = sent(database, Trigger.SURVEY_SUBMITTED)
    assert found.keys() == {carer.id}
    assert f"{ROOT}/m/" in found[carer.id].content


def test_asking_for_a_call_on_ones_own_page_is_acknowledged_once(
    database, clock, ruled, released, officers
):
    ruled(Trigger.CALL_ASKED)
    batch = released(2)
    with database.transaction() as session:
        rows = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.batch_id == batch.id, OutgoingMessage.channel == "letter")
            .order_by(OutgoingMessage.id)
        ).all()
        for row, by in zip(rows, (None, officers[Role.OFFICER]), strict=True):
            row.state, row.evidence = State.DISPATCHED, {"file": "x"}
            session.flush()
            for _ in range(2):
                reply_to(session, row.id, ReplyKind.CALL, now=clock(), by=by)
    assert sent(database, Trigger.CALL_ASKED).keys() == {rows[0].carer_id}


def test_a_worker_reminds_and_sends_what_it_wrote(database, settings, clock, ruled, invitees):
    answer(database, clock, invitees[0], Reply.ACCEPT)
    ruled(Trigger.DAYS_BEFORE_MEETING, days=3)
    clock.advance(days=18)
    worker = Worker(database, settings, clock)
    worker.drain()
    worker.close()
    (row,) = sent(database, Trigger.DAYS_BEFORE_MEETING).values()
    assert row.state is State.DISPATCHED
    with database.reading() as session:
        batch = session.get_one(OutgoingBatch, row.batch_id)
        key = session.get_one(Campaign, batch.campaign_id).key
    assert (batch.state, key) == (State.DISPATCHED, "focus-group-reminder")


def test_reminders_are_looked_after_now_and_then_and_a_fault_stops_nothing(
    database, clock, ruled, invitees
):
    ruled(Trigger.DAYS_BEFORE_MEETING, days=3)
    clock.advance(days=18)
    reminders = Reminders(database, clock, portal_link="no address at all")
    reminders.write()
    answer(database, clock, invitees[0], Reply.ACCEPT)
    reminders.write()
    assert sent(database, Trigger.DAYS_BEFORE_MEETING) == {}
    clock.advance(seconds=BETWEEN.total_seconds())
    reminders.write()  # nobody can be led to that address, and nobody hears of it
    assert sent(database, Trigger.DAYS_BEFORE_MEETING) == {}
