"""Whatever stops an erasure, and whoever tries it too, it comes to the same end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from messaging.lifecycle import State
from parentportal.dispatch.erasing import finish, search_for
from parentportal.models import Erasure, Family, OutgoingBatch, OutgoingMessage
from parentportal.operations import erasing
from parentportal.operations.erasing import MessageInHand, erase
from parentportal.queries.details import Kind
from parentportal.refusals import NotThere
from tests.conftest import KEYRING


@pytest.fixture
def before(database, settings, world):
    return search_for(database, settings, world.details, family_id=world.family_id)


@pytest.fixture
def erasure(database, clock, world, before):
    """Committed, and no file touched: the process died there."""
    with database.transaction() as session:
        return erase(session, world.family_id, now=clock(), shared=before.shared)


@pytest.fixture
def environment(settings, tmp_path):
    keys = tmp_path.parent / f"{tmp_path.name}-keys.json"
    keys.write_text(KEYRING.to_json())
    return {
        "DATABASE_URL": settings.database_url,
        "PARENTPORTAL_VAR": str(settings.var_directory),
        "PARENTPORTAL_KEYS": str(keys),
        "PARENTPORTAL_DEMONSTRATION": "1",
    }


def command(environment, *words):
    return subprocess.Popen(
        [sys.executable, "-c", "from parentportal.cli import main; main()", "family", *words],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output(environment, *words):
    running = command(environment, *words)
    said, _ = running.communicate(timeout=120)
    return running.returncode, said


def is_gone(database, world):
    with database.reading() as session:
        return session.get(Family, world.family_id) is None


def test_what_was_committed_is_finished_by_a_later_call(
    database, settings, clock, world, before, erasure
):
    alone = [one for one in world.details if one not in before.shared]
    still = search_for(database, settings, alone)
    assert {Kind.EMAIL, Kind.KEY} <= {place.kind for place in still.places}
    with database.reading() as session:
        assert erasing.unfinished(session) == [erasure.id]
    details = finish(database, settings, erasure.id, clock=clock)
    assert set(details) == set(alone)
    assert search_for(database, settings, details).places == ()
    with database.reading() as session:
        assert erasing.unfinished(session) == []
    assert finish(database, settings, erasure.id, clock=clock) == ()


@pytest.mark.parametrize("after", [0.0, 0.05, 0.4])
def test_a_process_that_is_killed_leaves_what_the_next_one_finishes(
    database, settings, world, before, environment, after
):
    running = command(environment, "erase", world.reference, "--yes")
    deadline = time.monotonic() + 60
    while not is_gone(database, world) and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=30)
    code, said = output(environment, "erase", world.reference)
    assert code == 0, said
    alone = [one for one in world.details if one not in before.shared]
    assert search_for(database, settings, alone).places == ()
    code, said = output(environment, "finish")
    assert (code, said) == (0, "Every erasure is finished.\n")


def test_of_two_at_once_one_erases(database, clock, world):
    ready = Barrier(2)

    def attempt(_number):
        ready.wait()
        try:
            with database.transaction() as session:
                erase(session, world.family_id, now=clock())
        except NotThere:
            return "not there"
        return "erased"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == ["erased", "not there"]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Erasure)) == 1


def test_the_command_shows_what_was_found_what_stays_and_that_nothing_is_left(
    database, world, environment
):
    code, said = output(environment, "erase", world.reference.lower(), "--yes")
    assert code == 0
    lines = said.splitlines()
    assert any(line.startswith("Before: email in carer.email_sealed") for line in lines)
    assert "Removed: family (1)" in lines
    assert any(line.startswith("Kept until ") for line in lines)
    assert any(line.startswith("Copies beyond our reach: folder: 1 letter") for line in lines)
    assert any("the council's backups" in line for line in lines)
    assert "After: nothing of this family is found in any table or file." in lines
    assert not any(word in said for word in world.words)
    code, said = output(environment, "erase", world.reference)
    assert code == 0
    assert said.startswith("This family was erased on ")
    code, said = output(environment, "erase", "DEMO-99999")
    assert (code, said) == (1, "Error: No family has this reference.\n")


def test_a_log_or_an_export_that_names_them_is_said(database, world, environment, tmp_path):
    log = tmp_path.parent / f"{tmp_path.name}-portal.log"
    log.write_text(f"mail to {world.words[1].upper()} refused\n")
    code, said = output(environment, "erase", world.reference, "--yes", "--look-in", str(log))
    assert code == 1
    assert [line for line in said.splitlines() if line.startswith("After")] == [
        f"After: email in {log} (1, no family's)"
    ]


def hold(session, world, now):
    """A worker has a message of theirs in hand."""
    row = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.carer_id.in_(world.carers))
    ).first()
    row.state, row.lease, row.leased_until = State.SENDING, row.id, now + timedelta(minutes=1)


def close(session, world, now):
    """A worker makes up their batch."""
    batch = session.get_one(OutgoingBatch, world.batch)
    batch.lease, batch.leased_until = batch.id, now + timedelta(minutes=1)


@pytest.mark.parametrize("busy", [hold, close])
def test_nobody_is_erased_while_a_message_to_them_is_in_a_workers_hands(
    database, clock, world, busy
):
    with database.transaction() as session:
        busy(session, world, clock())
    with pytest.raises(MessageInHand), database.transaction() as session:
        erase(session, world.family_id, now=clock())
    assert not is_gone(database, world)
