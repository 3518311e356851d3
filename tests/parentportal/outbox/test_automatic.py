"""Automatic messages: approved once as a rule, composed from it, stored, and once an event."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.variants import VariantName
from parentportal.intake.vocabulary import Flag
from parentportal.models import (
    AuditEvent,
    AutomaticRule,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    TemplateVersion,
    Trigger,
)
from parentportal.operations import automatic, copy, preferences
from parentportal.operations.automatic import (
    TEMPLATES,
    OwnRule,
    RuleEnded,
    RuleUnreadable,
    approve,
    end,
    fire,
    propose,
    rests,
    rule_in_force,
)
from parentportal.refusals import NotThere
from tests.parentportal.cohort_rows import a_family

THANKS = Trigger.SURVEY_SUBMITTED


@pytest.fixture
def ruled(database, clock, council, officers):
    """A rule in force: proposed by one officer, approved by another."""

    def make(trigger=THANKS, **dates):
        with database.transaction() as session:
            dates = {"valid_from": clock().date(), **dates}
            rule = propose(session, trigger, now=clock(), by=officers[Role.OFFICER], **dates)
            return approve(session, rule.id, now=clock(), by=officers[Role.APPROVER])

    return make


@pytest.fixture
def carer(database, clock):
    with database.transaction() as session:
        return a_family(session, str(uuid4()), clock())


def fired(database, clock, carer, subject=None, trigger=THANKS):
    with database.transaction() as session:
        return fire(session, trigger, carer.id, subject or uuid4(), now=clock())


def messages(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage)).all()


@pytest.mark.parametrize("trigger", Trigger)
def test_what_every_trigger_sends_answers_something_the_family_did(trigger):
    assert load_campaign(TEMPLATES[trigger]).solicited


def test_a_message_goes_approved_by_whoever_approved_the_rule(
    database, clock, ruled, carer, officers
):
    rule = ruled()
    approved_at = clock()
    clock.advance(hours=30)
    batch = fired(database, clock, carer)
    assert (batch.rule_id, batch.state, batch.send_from) == (rule.id, State.APPROVED, clock())
    assert batch.drafted_by_id == officers[Role.OFFICER].id
    assert batch.approved_by_id == officers[Role.APPROVER].id
    assert batch.approved_at == approved_at
    (row,) = messages(database)
    assert (row.state, row.carer_id) == (State.APPROVED, carer.id)
    assert "Thank you for your answers" in row.content
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "fire")).all()
    assert [event.detail for event in events] == [{"trigger": str(THANKS), "messages": 1}]


def test_the_same_event_fires_once_however_often_it_is_told(database, clock, ruled, carer):
    ruled()
    subject = uuid4()
    assert fired(database, clock, carer, subject)
    assert fired(database, clock, carer, subject) is None
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(state=State.WITHDRAWN))
    assert fired(database, clock, carer, subject) is None
    assert fired(database, clock, carer)
    assert len(messages(database)) == 2


def test_the_database_itself_holds_an_event_to_one_batch(database, clock, ruled, carer):
    ruled()
    first, second = fired(database, clock, carer), fired(database, clock, carer)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(OutgoingBatch, second.id).event = first.event


def test_without_a_rule_or_outside_its_days_nothing_goes(database, clock, ruled, carer):
    assert fired(database, clock, carer) is None
    today = clock().date()
    ruled(valid_from=today + timedelta(days=1), valid_until=today + timedelta(days=2))
    for goes in (False, True, True, False):
        assert (fired(database, clock, carer) is not None) is goes
        clock.advance(days=1)


def test_a_rule_that_only_one_officer_has_seen_sends_nothing(
    database, clock, council, officers, carer
):
    with database.transaction() as session:
        by = officers[Role.OFFICER]
        rule = propose(session, THANKS, valid_from=clock().date(), now=clock(), by=by)
        with pytest.raises(OwnRule):
            approve(session, rule.id, now=clock(), by=by)
    assert fired(database, clock, carer) is None
    with database.transaction() as session:
        row = session.get_one(AutomaticRule, rule.id)
        row.approved_by_id, row.approved_at = row.proposed_by_id, clock()
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_rule_that_has_ended_sends_nothing_and_a_new_one_takes_its_place(
    database, clock, ruled, carer, officers
):
    first = ruled()
    second = ruled()
    with database.transaction() as session:
        assert rule_in_force(session, THANKS, clock()).id == second.id
        with pytest.raises(RuleEnded):
            end(session, first.id, now=clock(), by=officers[Role.OFFICER])
        end(session, second.id, now=clock(), by=officers[Role.OFFICER])
        with pytest.raises(NotThere):
            end(session, uuid4(), now=clock(), by=officers[Role.OFFICER])
    assert fired(database, clock, carer) is None


def test_a_rule_rests_while_its_words_are_others_until_it_is_approved_again(
    database, clock, ruled, carer, officers
):
    rule = ruled()
    by, second = officers[Role.OFFICER], officers[Role.APPROVER]
    with database.transaction() as session:
        place = ("survey-thanks", "en_GB", VariantName.NEUTRAL)
        row = copy.begin_edit(session, *place, now=clock(), by=by)
        words = {**row.tone, "closing": "Here is a closing of our own, and I am glad to help."}
        copy.save_words(session, row.id, words, now=clock(), by=by)
        copy.check(session, row.id, now=clock(), by=by)
        copy.approve(session, row.id, now=clock(), by=second)
        assert not rests(session, rule)
        copy.put_in_use(session, row.id, now=clock(), by=by)
        assert rests(session, rule)
    assert fired(database, clock, carer) is None
    with database.transaction() as session:
        approve(session, rule.id, now=clock(), by=second)
    assert fired(database, clock, carer) is not None
    (sent,) = messages(database)
    assert "a closing of our own" in sent.content
    with database.reading() as session:
        assert session.get_one(TemplateVersion, sent.template_version_id).made_by_id == by.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"trigger": THANKS, "days": 3},
        {"trigger": Trigger.DAYS_BEFORE_MEETING},
        {"trigger": Trigger.DAYS_BEFORE_MEETING, "days": 0},
        {"trigger": Trigger.DAYS_BEFORE_MEETING, "days": automatic.MOST_DAYS + 1},
        {"trigger": THANKS, "ends": -1},
    ],
)
def test_a_rule_that_cannot_be_is_refused(database, clock, council, officers, wrong):
    today = clock().date()
    last = today + timedelta(days=wrong["ends"]) if "ends" in wrong else None
    with database.transaction() as session, pytest.raises(RuleUnreadable):
        propose(
            session,
            wrong["trigger"],
            valid_from=today,
            valid_until=last,
            days=wrong.get("days"),
            now=clock(),
            by=officers[Role.OFFICER],
        )


def test_whoever_has_opted_out_or_is_not_to_be_contacted_gets_nothing(
    database, clock, ruled, carer
):
    ruled()
    purpose = load_campaign("survey-thanks").purpose
    with database.transaction() as session:
        preferences.opt_out(session, carer.id, purpose, now=clock(), by=None)
        other = a_family(session, "F2", clock(), flags=[Flag.DO_NOT_CONTACT])
    for one in (carer, other):
        assert fired(database, clock, one) is None
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutgoingBatch)) == 0


@pytest.mark.parametrize("wish", [None, *Channel])
def test_it_goes_as_the_carer_prefers_else_by_email(database, clock, ruled, carer, wish):
    ruled()
    with database.transaction() as session:
        row = session.get_one(type(carer), carer.id)
        row.email, row.phone, row.preferred_channel = "ali@sample.example", "+447700900123", wish
    fired(database, clock, carer)
    assert [row.channel for row in messages(database)] == [wish or Channel.EMAIL]
