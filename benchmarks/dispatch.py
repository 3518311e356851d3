"""Emails a second through GOV.UK Notify on loopback, with its limit of the minute and without.

The double is in a process of its own. A worker does all it does for real: it takes messages in
hand, each under its lease, says that it begins, sends and records, each step in its own
transaction. The floor is the same way out handed the same messages one after the other, without a
database; under the limit, it is the limit. Every reading ends with the double's own log: each
message once.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from json import loads
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import select

from benchmarks.cohort import NOW, settings_of
from benchmarks.databases import empty_database
from benchmarks.report import Row
from messaging.channels import Channel
from messaging.council import demonstration_council
from messaging.message import Message
from parentportal.db import Database
from parentportal.dispatch import Worker
from parentportal.dispatch.notify import NotifyWay
from parentportal.dispatch.ways import Parcel
from parentportal.models import OutgoingMessage, Role
from parentportal.operations import accounts, scheduling
from parentportal.operations.council import save_council
from parentportal.operations.outbox import approve, draft_batch, submit
from parentportal.operations.pacing import EVERY_MINUTE
from parentportal.schema import upgrade
from parentportal.sealing import use_keyring
from parentportal.ways_out import NOTIFY_RATE, NotifyService, Provider, WaysOut
from tests.loopback.notify import EMAIL_TEMPLATE, KEY, TEXT_TEMPLATE
from tests.parentportal.cohort_rows import a_cohort, impact_assessed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from benchmarks.size import Size
    from parentportal.config import Settings

UNLIMITED = 1_000_000
"""Messages a minute that no worker reaches."""

BREATH = 0.02
"""Seconds between two rounds of a worker that the limit holds back."""


def measure(size: Size, kind: str, folder: Path) -> list[Row]:
    """The rows of this part on one kind of database; each reading fills an empty one."""
    free, held, floor = [], [], []
    for _ in range(size.rounds):
        rate, least = _reading(kind, folder, size.messages, UNLIMITED)
        free.append(rate)
        floor.append(least)
        held.append(_reading(kind, folder, size.messages, NOTIFY_RATE)[0])
    limit = (NOTIFY_RATE / 60,) * size.rounds
    return [
        Row(
            "dispatch",
            "emails through Notify, no limit",
            "emails/s",
            tuple(free),
            tuple(floor),
            kind,
        ),
        Row(
            "dispatch",
            "emails through Notify, 3,000 a minute",
            "emails/s",
            tuple(held),
            limit,
            kind,
        ),
    ]


def _reading(kind: str, folder: Path, messages: int, limit: int) -> tuple[float, float]:
    """Emails a second of one worker, and of the way alone."""
    log = folder / f"notify-{uuid4()}.jsonl"
    with empty_database(kind, folder) as url, _notify(log, limit) as address:
        service = NotifyService(
            key=KEY,
            url=address,
            email_template=EMAIL_TEMPLATE,
            text_template=TEXT_TEMPLATE,
            rate=limit,
        )
        ways = WaysOut(emails=Provider.NOTIFY, notify=service)
        settings = replace(settings_of(url, folder), ways_out=ways)
        use_keyring(settings.keyring)
        with Database(url) as database:
            upgrade(database)
            batch_id = _released(database, messages)
            least = _alone(database, service) if limit == UNLIMITED else 0.0
            already = _accepted(log)
            started = monotonic()
            _drain(database, settings, batch_id)
            spent = monotonic() - started
    went = _accepted(log) - already
    if len(went) != messages or set(went.values()) != {1}:
        raise RuntimeError(f"{len(went)} of {messages} accepted, {went.total()} times in all")
    # Under a limit a few go ahead of their turn: what is measured is the pace after them.
    ahead = 0 if limit == UNLIMITED else min(limit // EVERY_MINUTE, messages - 1)
    return (messages - ahead) / spent, least


def _released(database: Database, messages: int) -> UUID:
    """So many emails, approved and let go, of a council that may send."""
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=NOW)
        impact_assessed(session, NOW)
        drafts, approves = (
            accounts.add_officer(
                session, f"{role}@council.example", "Pat Sample", role, "a password for both", NOW
            )
            for role in (Role.OFFICER, Role.APPROVER)
        )
        a_cohort(session, NOW, messages)
        batch = draft_batch(
            session, "ptb-offer", dated=NOW.date(), now=NOW, by=drafts, asked=(Channel.EMAIL,)
        )
        submit(session, batch.id, now=NOW, by=drafts)
        approve(session, batch.id, now=NOW, by=approves)
        scheduling.release(session, batch.id, send_from=NOW, now=NOW, by=None)
    return batch.id


def _drain(database: Database, settings: Settings, batch_id: UUID) -> None:
    """Go round as a worker does, until the batch is closed."""
    worker = Worker(database, settings, lambda: datetime.now(UTC))
    while not _is_closed(database, batch_id):
        if not worker.round(batch_id):
            sleep(BREATH)


def _is_closed(database: Database, batch_id: UUID) -> bool:
    with database.reading() as session:
        waiting = select(OutgoingMessage.id).where(
            OutgoingMessage.batch_id == batch_id,
            OutgoingMessage.state.in_(scheduling.WAITING),
        )
        return session.scalar(waiting.limit(1)) is None


def _alone(database: Database, service: NotifyService) -> float:
    """Emails a second of the way out alone, under references of their own."""
    with database.reading() as session:
        rows = session.scalars(select(OutgoingMessage)).all()
        parcels = [
            Parcel(
                reference=uuid4(),
                batch_id=row.batch_id,
                message=Message.from_json(row.content),
                to=row.recipient["email"],
                approved_at=NOW,
            )
            for row in rows
        ]
    way = NotifyWay(service, channels=[Channel.EMAIL], clock=lambda: datetime.now(UTC))
    started = monotonic()
    for parcel in parcels:
        way.send(parcel)
    spent = monotonic() - started
    way.close()
    return len(parcels) / spent


@contextmanager
def _notify(log: Path, limit: int) -> Iterator[str]:
    """The double in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.loopback.notify"]
    with subprocess.Popen(
        [*command, "--rate", str(limit), "--log", str(log)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    ) as double:
        if double.stdout is None:
            raise RuntimeError("the double has no voice")
        yield double.stdout.readline().split()[0]
        double.terminate()


def _accepted(log: Path) -> Counter[str]:
    """How often the double has accepted each message."""
    return Counter(loads(line)["reference"] for line in log.read_text().splitlines())
