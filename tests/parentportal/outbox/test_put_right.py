"""What failed or came back counts no more once the address is another, or right after all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import (
    AuditEvent,
    Carer,
    OutgoingMessage,
    Suppression,
    SuppressionReason,
)
from parentportal.operations.cohort import check_import, confirm_import
from parentportal.operations.outbox import NothingToDraft
from parentportal.operations.preferences import opt_out
from parentportal.operations.suppressing import put_right, suppress
from parentportal.queries.not_arrived import not_arrived, not_arrived_count
from parentportal.queries.outbox import not_reached
from tests.parentportal.counting import statements
from tests.parentportal.intake.sheets import csv_of, row
from tests.parentportal.outbox.batches import messages_of


@pytest.fixture
def imported(session, drafter, now):
    """A file with one family, whose carer is reached as told; the carer as recorded."""

    def bring(when=now, **cells):
        batch, checked = check_import(
            session, "f.csv", csv_of(row(**cells)), demonstration=True, now=when, by=drafter
        )
        assert checked.bad_rows == 0
        confirm_import(session, batch, now=when, by=drafter)
        return session.scalars(select(Carer)).one()

    return bring


@pytest.fixture
def failed(session, draft, imported, now):
    """The only message to a carer came to nothing, by this channel."""

    def make(channel, state=State.FAILED, reason=SuppressionReason.UNDELIVERABLE):
        imported()
        batch = draft(asked=(channel,))
        (message,) = messages_of(session, batch)
        message.evidence, message.dispatched_at = {"file": "x"}, now
        message.state, message.reason = state, "permanent-failure"
        if reason:
            suppress(session, message, reason, now=now)
        session.flush()
        return message

    return make


def in_force(session):
    return session.scalars(select(Suppression).where(Suppression.lifted_at.is_(None))).all()


CHANGES = {
    Channel.LETTER: {"address_line_1": "9 Invented Lane", "address_line_7": "EX1 9AA"},
    Channel.EMAIL: {"email": "new@example.org"},
    Channel.SMS: {"phone": "07700 900999"},
}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize(
    "fate",
    [
        (State.RETURNED, SuppressionReason.RETURNED),
        (State.FAILED, SuppressionReason.RETURNED),
        (State.FAILED, None),
    ],
)
def test_a_file_with_another_address_opens_that_way_again(
    session, draft, failed, imported, channel, fate
):
    message = failed(channel, *fate)
    later = message.dispatched_at + timedelta(days=1)
    imported(later, **CHANGES[channel])
    assert in_force(session) == []
    assert message.state is State.WITHDRAWN
    assert [one.channel for one in messages_of(session, draft(asked=(channel,)))] == [channel]
    if fate[1]:
        kept = session.scalars(select(AuditEvent).filter_by(action="lift-suppression")).one()
        assert kept.detail == {
            "reason": "returned-mail",
            "because": "address-changed",
            "channel": str(channel),
        }
        assert kept.at == later


@pytest.mark.parametrize(
    ("channel", "changes"),
    [
        (Channel.LETTER, {"email": "new@example.org", "phone": "07700 900999"}),
        (Channel.LETTER, {"carer_name": "Sam B Example"}),
        (Channel.LETTER, {"address_line_1": "1 INVENTED STREET"}),
        (Channel.EMAIL, CHANGES[Channel.LETTER]),
        (Channel.EMAIL, {"email": ""}),
        (Channel.SMS, CHANGES[Channel.EMAIL]),
    ],
)
def test_a_file_that_leaves_the_address_as_it_is_opens_nothing(
    session, failed, imported, now, channel, changes
):
    message = failed(channel)
    imported(now + timedelta(days=1), **changes)
    assert [one.channel for one in in_force(session)] == [channel]
    assert message.state is State.FAILED


def test_an_opt_out_stands_wherever_they_live(session, imported, now):
    carer = imported()
    opt_out(session, carer.id, None, Channel.LETTER, now=now, by=None)
    imported(now + timedelta(days=1), **CHANGES[Channel.LETTER])
    assert [one.reason for one in in_force(session)] == [SuppressionReason.OPT_OUT]


def test_an_officer_says_that_the_address_is_right_after_all(session, draft, failed, second, now):
    message = failed(Channel.EMAIL)
    before = not_reached(session, message.batch_id)
    session.get_one(Carer, message.carer_id).address_lines = None
    session.flush()
    with pytest.raises(NothingToDraft):
        draft(asked=(Channel.EMAIL,))
    (found,) = not_arrived(session)
    assert not_arrived_count(session) == 1
    assert (found.carer.id, found.channel) == (message.carer_id, Channel.EMAIL)
    assert found.reasons == ("undeliverable", "permanent-failure")
    seen = {(message.carer_id, Channel.EMAIL)}
    put_right(session, seen, because="by-officer", now=now, by=second)
    assert (len(not_arrived(session)), not_arrived_count(session)) == (0, 0)
    assert not_reached(session, message.batch_id) == before
    assert len(messages_of(session, draft(asked=(Channel.EMAIL,)))) == 1
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.actor_id == second.id))
    assert sorted(actions) == ["lift-suppression", "set-aside"]


@pytest.mark.parametrize("channel", Channel)
def test_what_comes_back_from_where_they_live_no_longer_shuts_no_way(
    session, failed, imported, now, channel
):
    message = failed(channel, reason=None)
    imported(now + timedelta(days=1), **CHANGES[channel])
    suppress(session, message, SuppressionReason.RETURNED, now=now + timedelta(days=2))
    assert in_force(session) == []


def test_until_then_what_failed_is_followed_by_a_letter(session, draft, failed):
    failed(Channel.EMAIL, reason=None)
    found = messages_of(session, draft())
    assert [one.channel for one in found] == [Channel.LETTER]


def test_many_addresses_are_put_right_in_a_few_queries(session, failed, now):
    message = failed(Channel.EMAIL)
    with statements() as seen:
        put_right(session, {(message.carer_id, Channel.SMS)}, because="x", now=now, by=None)
    assert len(seen) == 2
    assert session.get_one(OutgoingMessage, message.id).state is State.FAILED
