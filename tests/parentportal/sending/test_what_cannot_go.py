"""What cannot go stops no other, unless none can."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from parentportal.dispatch.folder import FolderWay
from parentportal.dispatch.ways import NotNow
from parentportal.models import Suppression, SuppressionReason
from parentportal.operations import scheduling, sending
from parentportal.operations.council import save_council
from tests.parentportal.sending.outcomes import assert_each_went_exactly_once, rows_of


@pytest.fixture
def failing_way(monkeypatch):
    """The folder, which does not take one message, or any."""

    @contextmanager
    def failing(fault, reference=None):
        real = FolderWay.send

        def send(way, parcel):
            if reference in {None, parcel.reference}:
                raise fault
            return real(way, parcel)

        with monkeypatch.context() as patched:
            patched.setattr(FolderWay, "send", send)
            yield

    return failing


def test_a_way_that_is_shut_stops_the_batch_with_its_reason(
    database, settings, approved, send, now
):
    batch = approved(1)
    settings.outbox_directory.write_text("a file where the folder should be")
    stopped = send(batch)
    assert (stopped.paused_because, stopped.waiting) == ("folder-broken", 2 - stopped.gone)
    settings.outbox_directory.unlink()
    with pytest.raises(StepNotAllowed):
        send(batch)
    with database.transaction() as session:
        scheduling.resume(session, batch.id, now=now, by=None)
    assert send(batch).gone == 2
    assert [row.tries for row in rows_of(database, batch)] == [1, 1]


def test_a_letter_that_cannot_be_printed_stops_no_other(database, settings, approved, send):
    batch = approved(2, name="Ali \N{CUNEIFORM SIGN A} Sample", email=None)
    done = send(batch)
    assert (done.gone, done.refused) == (4, 1)
    refused = [row for row in rows_of(database, batch) if row.state is State.FAILED]
    assert [row.reason for row in refused] == ["character-not-in-fonts"]


def test_what_no_letter_can_help_stops_the_batch_and_takes_no_letter_out(
    database, council, approved, send, now
):
    lines = tuple(f"Line {number}" for number in range(60))
    with database.transaction() as session:
        save_council(session, replace(council, reply_address=lines), now=now)
    batch = approved(2)
    assert send(batch).paused_because == "press-broken"
    letters = [row for row in rows_of(database, batch) if row.channel is Channel.LETTER]
    assert [(row.state, row.tries) for row in letters] == [(State.APPROVED, 0)] * 2


def test_an_email_address_that_is_none_stops_no_other_and_is_not_written_to_again(
    database, approved, send
):
    batch = approved(1, email="no address at all", address_lines=None)
    done = send(batch)
    assert (done.gone, done.refused) == (2, 1)
    failed = [row for row in rows_of(database, batch) if row.state is State.FAILED]
    with database.reading() as session:
        held = session.scalars(select(Suppression)).one()
    assert (held.carer_id, held.channel, held.reason, held.message_id) == (
        failed[0].carer_id,
        Channel.EMAIL,
        SuppressionReason.ADDRESS_REFUSED,
        failed[0].id,
    )


def test_a_fault_that_nobody_foresaw_stops_no_other_and_is_asked_about(
    database, settings, approved, send, clock, failing_way
):
    batch = approved(2)
    first = min(row.id for row in rows_of(database, batch))
    with failing_way(ZeroDivisionError(), first):
        done = send(batch)
    assert (done.gone, done.waiting) == (3, 1)
    clock.advance(minutes=2)
    assert send(batch).gone == 4
    assert_each_went_exactly_once(database, settings, batch, 2)


def test_what_nobody_ever_takes_has_failed_after_so_many_tries(
    database, approved, send, clock, failing_way
):
    batch = approved(1)
    waits = []
    with failing_way(NotNow("away")):
        for _ in range(sending.MOST_TRIES):
            send(batch)
            waits.append(rows_of(database, batch)[0].due_at - clock())
            clock.advance(hours=3)
    rows = rows_of(database, batch)
    assert {(row.state, row.reason, row.tries) for row in rows} == {
        (State.FAILED, "away", sending.MOST_TRIES)
    }
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) <= timedelta(hours=2)
