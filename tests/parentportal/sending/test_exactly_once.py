"""Every approved message goes exactly once, whatever becomes of its worker."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from messaging.lifecycle import State
from parentportal.dispatch import Worker, run
from parentportal.operations import scheduling, sending
from parentportal.operations.outbox import AlreadyGoing, withdraw
from tests.parentportal.sending.conftest import TERMS
from tests.parentportal.sending.outcomes import (
    accepted,
    assert_each_went_exactly_once,
    killed_sender,
    rows_of,
    written,
)


def test_two_officers_do_not_send_one_batch(database, approved, now):
    batch = approved(1)
    with database.transaction() as session:
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)


def test_what_a_worker_has_in_hand_no_other_takes_and_nobody_withdraws(
    database, released, claimed, send, clock, now
):
    batch = released(1)
    assert len(claimed()) == 2
    assert claimed() == ()
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=now, by=None)
    assert (send(batch).gone, send(batch).waiting) == (0, 2)
    clock.advance(seconds=61)
    assert send(batch).gone == 2


def test_a_worker_that_lost_its_lease_marks_nothing(database, released, claimed, now):
    batch = released(1)
    old = claimed()
    later = now + timedelta(minutes=2)
    with database.transaction() as session:
        assert len(sending.overdue(session, TERMS, 50, now=later)) == 2
    assert {accepted(database, row, later) for row in old} == {sending.Marked.LOST}
    assert {row.state for row in rows_of(database, batch)} == {State.SENDING}


def test_what_a_killed_sender_began_is_sent_and_not_withdrawn(database, settings, approved, clock):
    batch = approved(12)
    killed_sender(database, settings, batch, clock, 3)
    assert written(settings)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=clock(), by=None)
    run(database, settings, batch.id, clock=clock)
    assert_each_went_exactly_once(database, settings, batch, 12)


def test_two_workers_at_once_double_nothing(database, settings, approved, clock):
    batch = approved(20)
    with database.transaction() as session:
        scheduling.release(session, batch.id, send_from=clock(), now=clock(), by=None)
    workers = [Thread(target=Worker(database, settings, clock).drain) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert_each_went_exactly_once(database, settings, batch, 20)


def test_a_sender_killed_twice_loses_nothing_and_doubles_nothing(
    database, settings, approved, clock
):
    families = 40
    batch = approved(families)
    for files in (3, 25):
        killed_sender(database, settings, batch, clock, files)
    before = {row.state for row in rows_of(database, batch)}
    assert before == {State.APPROVED, State.SENDING, State.DISPATCHED}
    done = run(database, settings, batch.id, clock=clock)
    assert (done.gone, done.refused) == (2 * families, 0)
    assert_each_went_exactly_once(database, settings, batch, families)
