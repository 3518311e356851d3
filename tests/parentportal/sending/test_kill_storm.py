"""Workers killed at random moments, and providers that drop connections: nothing doubled or lost.

The provider's own log is the witness. The small form runs always; the full one (2,000 messages, 50
kills) with ``script/test --full``, which prints what it counted.
"""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import OutgoingBatch, OutgoingMessage, Role
from parentportal.operations import scheduling
from parentportal.operations.outbox import approve, draft_batch, submit
from parentportal.web import system_clock
from tests.loopback.notify import Faults, LoopbackNotify
from tests.loopback.smtp import Faults as MailFaults
from tests.loopback.smtp import LoopbackSmtp
from tests.parentportal.cohort_rows import a_cohort, impact_assessed
from tests.parentportal.sending.storming import ways_out

SEED = 2026
DROPPED = 0.05
WORKERS = 3
BECALMED = 600
"""Seconds without any change: something is lost. A thousand letters take a while to print."""


@dataclass(frozen=True)
class Storm:
    """How much there is to send, and how often a worker is killed."""

    families: int
    kills: int


SMALL, FULL = Storm(30, 4), Storm(1000, 50)
SIZES = [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.full)]


@pytest.fixture
def released(database, council, officers):
    """So many families' letters and emails, approved and let go."""

    def make(families):
        now = system_clock()
        with database.transaction() as session:
            impact_assessed(session, now)
            a_cohort(session, now, families)
            batch = draft_batch(
                session, "ptb-offer", dated=now.date(), now=now, by=officers[Role.OFFICER]
            )
            submit(session, batch.id, now=now, by=officers[Role.OFFICER])
            approve(session, batch.id, now=now, by=officers[Role.APPROVER])
            scheduling.release(session, batch.id, send_from=now, now=now, by=None)
        return batch

    return make


class Crew:
    """Workers in processes of their own."""

    def __init__(self, told: dict[str, str], chance: random.Random) -> None:
        self._chance = chance
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.parentportal.sending.storming", json.dumps(told)],
            cwd=Path(__file__).parents[3],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._working = [self._start() for _ in range(WORKERS)]

    def kill_one(self) -> None:
        """Kill a worker that works, and put another in its place."""
        place = self._chance.randrange(len(self._working))
        os.kill(self._working[place], signal.SIGKILL)
        self._working[place] = self._start()

    def dismiss(self) -> None:
        """Kill them all."""
        for process in self._working:
            os.kill(process, signal.SIGKILL)
        self._nursery.kill()
        self._nursery.communicate()

    def _start(self) -> int:
        self._nursery.stdin.write("start\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())


@contextmanager
def provider(way):
    """The double at the other end of a way, and its address."""
    with ExitStack() as stack:
        if way == "notify":
            faults = Faults(drop_before=DROPPED, drop_after=DROPPED, seed=SEED)
            double = stack.enter_context(LoopbackNotify(rate=1_000_000, faults=faults))
            yield double, double.url
        elif way == "smtp":
            faults = MailFaults(drop_before=DROPPED, drop_after=DROPPED, seed=SEED)
            double = stack.enter_context(LoopbackSmtp(faults=faults))
            yield double, str(double.port)
        else:
            yield None, ""


def counts(database):
    with database.reading() as session:
        rows = session.execute(
            select(OutgoingMessage.state, func.count()).group_by(OutgoingMessage.state)
        )
        return Counter({state: count for state, count in rows})  # noqa: C416 -- rows are no pairs


def weather(database, settings, storm, way, address):
    """Send it all, with kills at random points on the way; how many workers were killed."""
    chance = random.Random(SEED)
    messages = counts(database).total()
    at = sorted(chance.uniform(0, 0.95) * messages for _ in range(storm.kills))
    url = database.engine.url.render_as_string(hide_password=False)
    told = {"url": url, "var": str(settings.var_directory), "way": way, "address": address}
    crew = Crew(told, chance)
    killed, changed, before = 0, time.monotonic(), None
    try:
        while True:
            found = counts(database)
            if found != before:
                before, changed = found, time.monotonic()
            assert time.monotonic() - changed < BECALMED, found
            done = messages - found[State.APPROVED] - found[State.SENDING]
            if killed < len(at) and done >= at[killed]:
                time.sleep(chance.uniform(0, 0.05))
                crew.kill_one()
                killed += 1
            elif closed(database):
                return killed
            time.sleep(0.01)
    finally:
        crew.dismiss()


def closed(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingBatch.state)).all() == [State.DISPATCHED]


def rows_of(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingMessage)).all()


@pytest.mark.parametrize("storm", SIZES)
@pytest.mark.parametrize("way", ["notify", "folder", pytest.param("smtp", marks=pytest.mark.full)])
def test_every_message_is_accepted_once_however_often_a_worker_is_killed(
    database, settings, released, capsys, way, storm
):
    batch, began = released(storm.families), time.monotonic()
    messages = 2 * storm.families
    with provider(way) as (double, address):
        settings = replace(settings, ways_out=ways_out(way, address))
        killed = weather(database, settings, storm, way, address)
    rows = rows_of(database)
    assert (len(rows), killed) == (messages, storm.kills)
    by_double = [row for row in rows if double and row.way == way]
    uncertain = [row for row in rows if row.state is State.UNCERTAIN]
    assert {row.state for row in rows} - {State.UNCERTAIN} == {State.DISPATCHED}
    times = double.times() if double else Counter()
    sent = {str(row.id) for row in by_double if row.state is State.DISPATCHED}
    assert set(times.values()) <= {1}, "doubled"
    assert sent <= set(times), "lost"
    if way == "smtp":
        assert {row.channel for row in uncertain} <= {Channel.EMAIL}
        assert set(times) - sent <= {str(row.id) for row in uncertain}
        assert double.dropped.total() <= len(uncertain) <= double.dropped.total() + killed
    else:
        assert uncertain == []
        assert sent == set(times)
    in_folder = [row for row in rows if row.way == "folder"]
    if in_folder:
        assert_lying_once(settings, batch, in_folder)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n  {way}, {database.engine.dialect.name}: {messages} messages, {killed} kills, "
            f"dropped {dict(double.dropped) if double else {}}; accepted once "
            f"{len(times) if double else len(in_folder)}, doubled 0, lost 0, "
            f"uncertain {len(uncertain)}; {time.monotonic() - began:.0f} s"
        )


def assert_lying_once(settings, batch, rows):
    """Each message lies in the folder, and stands in the manifest, once."""
    folder = settings.outbox_directory / str(batch.id)
    letters = {file.stem for file in (folder / "letters").glob("*.pdf")}
    mails = {file.stem for file in (settings.mailbox_directory / "new").glob("*.eml")}
    assert letters == {str(row.id) for row in rows if row.channel is Channel.LETTER}
    assert mails == {str(row.id) for row in rows if row.channel is Channel.EMAIL}
    with (folder / "manifest.csv").open(newline="") as manifest:
        listed = Counter(line["message"] for line in csv.DictReader(manifest))
    assert listed == Counter(str(row.id) for row in rows)
