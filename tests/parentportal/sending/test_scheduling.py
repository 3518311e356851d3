"""When a batch goes, and when it stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from parentportal.dispatch import Worker
from parentportal.models import OutgoingBatch, OutgoingMessage
from parentportal.office_hours import OfficeHours
from parentportal.operations import scheduling, sending
from parentportal.operations.outbox import withdraw
from parentportal.queries.due import next_due

PRINTED = {"file": "letters/x.pdf", "pages": 2, "sha256": "x"}


@pytest.fixture
def drain(database, settings, clock):
    def make(**changes):
        Worker(database, replace(settings, **changes), clock).drain()

    return make


def states(messages):
    return {row.state for row in messages()}


def batch_state(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingBatch.state)).one()


def test_nothing_goes_before_an_officer_sends_it(approved, drain, messages):
    approved()
    drain()
    assert states(messages) == {State.APPROVED}


def test_nothing_goes_before_its_moment(database, released, drain, messages, clock, now):
    released(send_from=now + timedelta(hours=2))
    drain()
    assert states(messages) == {State.APPROVED}
    with database.reading() as session:
        assert next_due(session, now) == now + timedelta(hours=2)
    clock.advance(hours=2)
    drain()
    assert (states(messages), batch_state(database)) == ({State.DISPATCHED}, State.DISPATCHED)


def test_what_is_left_on_its_last_day_is_withdrawn_with_the_reason(
    database, released, claimed, drain, messages, clock
):
    released(2, send_before=date(2026, 11, 3))
    (first,) = claimed(1)
    with database.transaction() as session:
        sending.record_accepted(session, first.id, first.lease, PRINTED, now=clock())
    clock.time = datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
    drain()
    found = {row.id: row for row in messages()}
    assert found.pop(first.id).state is State.DISPATCHED
    assert [(row.state, row.evidence) for row in found.values()] == [
        (State.WITHDRAWN, {"refused": "too-late"})
    ] * 3
    assert batch_state(database) is State.DISPATCHED


def test_the_last_day_begins_at_midnight_in_england(database, released, drain, messages, clock):
    clock.time = datetime(2026, 6, 30, 22, 59, tzinfo=UTC)  # a minute to midnight
    released(send_from=clock(), send_before=date(2026, 7, 1), now=clock())
    clock.advance(minutes=1)
    drain()
    assert states(messages) == {State.WITHDRAWN}


@pytest.mark.parametrize("before", [date(2026, 11, 1), date(2026, 11, 2)])
def test_an_end_before_the_beginning_is_refused(released, before):
    with pytest.raises(scheduling.LastDayTooSoon):
        released(send_before=before)


def test_emails_wait_for_office_hours_and_letters_do_not(released, drain, messages, clock):
    released()
    clock.time = datetime(2026, 11, 2, 20, tzinfo=UTC)
    drain(office_hours=OfficeHours(time(8), time(18)))
    by_channel = {row.channel: row.state for row in messages()}
    assert by_channel == {Channel.LETTER: State.DISPATCHED, Channel.EMAIL: State.APPROVED}
    clock.time = datetime(2026, 11, 3, 8, tzinfo=UTC)
    drain(office_hours=OfficeHours(time(8), time(18)))
    assert states(messages) == {State.DISPATCHED}


def test_a_paused_batch_goes_on_where_it_was(database, released, claimed, drain, messages, now):
    batch = released()
    (held,) = claimed(1, begun=False)
    with database.transaction() as session:
        scheduling.pause(session, batch.id, because="by-officer", now=now, by=None)
    with database.transaction() as session:  # the one in hand is not begun any more
        until = now + timedelta(minutes=1)
        assert not sending.begin(session, held.id, held.lease, until=until, now=now)
        sending.put_back(session, held.id, held.lease)
    drain()
    assert states(messages) == {State.APPROVED}
    with pytest.raises(StepNotAllowed), database.transaction() as session:
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)
    with database.transaction() as session:
        scheduling.resume(session, batch.id, now=now, by=None)
    drain()
    assert states(messages) == {State.DISPATCHED}


def test_a_cancelled_batch_keeps_what_has_gone_and_withdraws_the_rest(
    database, released, claimed, drain, messages, now
):
    batch = released(2)
    gone, in_hand = claimed(2)
    with database.transaction() as session:
        sending.record_accepted(session, gone.id, gone.lease, PRINTED, now=now)
    with database.transaction() as session:
        assert scheduling.cancel(session, batch.id, now=now, by=None) == 2
    with database.transaction() as session:  # nobody took the one that was in hand
        sending.record_not_now(session, in_hand.id, in_hand.lease, "away", after=None, now=now)
    drain()
    found = {row.id: row for row in messages()}
    assert found.pop(gone.id).state is State.DISPATCHED
    assert {row.evidence["refused"] for row in found.values()} == {"cancelled"}
    assert batch_state(database) is State.DISPATCHED


def test_a_paused_batch_can_be_cancelled(database, released, drain, messages, now):
    batch = released()
    with database.transaction() as session:
        scheduling.pause(session, batch.id, because="by-officer", now=now, by=None)
        scheduling.cancel(session, batch.id, now=now, by=None)
    drain()
    assert (states(messages), batch_state(database)) == ({State.WITHDRAWN}, State.DISPATCHED)


@pytest.mark.parametrize("step", [scheduling.resume, scheduling.cancel])
def test_a_batch_that_has_gone_is_neither_resumed_nor_cancelled(
    database, released, drain, now, step
):
    batch = released()
    drain()
    with pytest.raises(StepNotAllowed), database.transaction() as session:
        step(session, batch.id, now=now, by=None)


def test_a_batch_is_not_closed_while_something_waits(database, released, claimed, drain, now):
    released()
    claimed(1)
    drain()
    assert batch_state(database) is State.APPROVED
    with database.reading() as session:
        assert next_due(session, now) == now + timedelta(minutes=1)


def test_a_batch_released_and_not_begun_can_still_be_withdrawn(database, released, messages, now):
    batch = released(send_from=now + timedelta(days=1))
    with database.transaction() as session:
        withdraw(session, batch.id, now=now, by=None)
    assert states(messages) == {State.WITHDRAWN}


def test_two_batches_do_not_wait_for_each_other(database, released, claimed, drain, messages, now):
    """One whose message is in a dead worker's hand keeps no other."""
    released()
    held = claimed()
    with database.transaction() as session:
        assert session.scalars(select(OutgoingMessage.id)).all()
    drain()
    assert {row.id for row in messages() if row.state is State.SENDING} == {row.id for row in held}
