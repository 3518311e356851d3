"""A queue that only wakes, and workers that find what is due without it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from messaging.lifecycle import State
from parentportal.cli import main
from parentportal.models import OutgoingBatch
from parentportal.waking import Waker
from parentportal.ways_out import SettingsWrong
from parentportal.worker import LONGEST_REST, SHORTEST_REST, Rounds, consumer, rest_until_due
from tests.conftest import address_of, skip_or_fail


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def redis_server():
    """A Redis of our own on a free port."""
    binary = shutil.which("redis-server")
    if binary is None:
        skip_or_fail("no redis-server is installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [binary, "--port", str(port), "--save", "", "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while not answers(port):
            assert time.monotonic() < until
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@contextmanager
def queue_of(kind, tmp_path_factory):
    if kind == "redis":
        with redis_server() as url:
            yield url
    elif kind == "postgresql":
        with address_of(kind, tmp_path_factory) as url:
            yield url
    else:
        yield ""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "redis"])
def test_what_one_process_wakes_another_hears_on_every_kind_of_queue(
    settings, tmp_path_factory, kind
):
    if "sqlite" not in settings.database_url:
        pytest.skip("the queue does not depend on the database")
    looked = []
    with queue_of(kind, tmp_path_factory) as url:
        settings = replace(settings, queue=url)
        waking = Waker(settings)
        waking.wake()
        waking.close()
        woken = Waker(settings, look=lambda: looked.append(1))
        task = woken.queue.dequeue()
        woken.queue.execute(task)
        assert looked == [1]
        assert woken.queue.dequeue() is None
        woken.close()


def test_a_queue_that_is_away_stops_nobody(settings, caplog):
    Waker(replace(settings, queue="redis://127.0.0.1:1/0")).wake()
    assert "the queue is away" in caplog.text


def test_a_queue_of_another_kind_is_refused(settings):
    with pytest.raises(SettingsWrong, match="amqp"):
        assert Waker(replace(settings, queue="amqp://there")).queue


def state_of(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingBatch.state)).one()


def wait_until_sent(database):
    until = time.monotonic() + 60
    while state_of(database) is not State.DISPATCHED:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_consumer_sends_what_was_there_before_it_started(database, settings, released, clock):
    released()
    running = consumer(database, settings, clock=clock)
    running.start()
    try:
        wait_until_sent(database)
    finally:
        running.stop(graceful=True)


def test_rounds_go_by_themselves_and_end_when_they_are_told(database, settings, released, clock):
    rounds = Rounds(database, settings, clock=clock, rest=timedelta(milliseconds=20))
    rounds.start()
    released()
    wait_until_sent(database)
    rounds.stop()
    assert not rounds.is_alive()


def test_a_database_that_is_away_ends_no_rounds(database, settings, clock, monkeypatch, caplog):
    calls = []

    def away():
        calls.append(1)
        raise OSError("away")

    rounds = Rounds(database, settings, clock=clock, rest=timedelta(milliseconds=5))
    monkeypatch.setattr("parentportal.worker.Worker.drain", lambda _worker: away())
    rounds.start()
    until = time.monotonic() + 20
    while len(calls) < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    rounds.stop()
    assert "away" in caplog.text


def test_a_worker_rests_until_something_is_due(database, released, claimed, now):
    assert rest_until_due(database, now) == LONGEST_REST
    released(send_from=now + timedelta(seconds=30))
    assert rest_until_due(database, now) == timedelta(seconds=30)
    claimed(at=now + timedelta(seconds=30))
    assert rest_until_due(database, now + timedelta(seconds=89)) == SHORTEST_REST


def test_the_command_sends_what_is_due_and_ends(tmp_path):
    run = CliRunner(env={"PARENTPORTAL_VAR": str(tmp_path), "DATABASE_URL": ""}).invoke
    assert run(main, ["database", "upgrade"]).exit_code == 0
    assert run(main, ["worker", "--once"]).exit_code == 0
