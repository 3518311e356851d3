"""What came of a batch that was sent."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import AuditEvent, OutgoingMessage
from parentportal.operations import sending


def rows_of(database, batch):
    with database.reading() as session:
        query = select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
        return session.scalars(query).all()


def written(settings):
    """The keys of all messages that lie on a way out."""
    folders = (settings.outbox_directory, settings.mailbox_directory)
    return {
        file.stem
        for folder in folders
        for file in [*folder.glob("*/letters/*.pdf"), *folder.rglob("*.eml")]
    }


def accepted(database, row, now, *, held=True):
    """What the database makes of it that this message was taken."""
    with database.transaction() as session:
        return sending.record_accepted(
            session, row.id, row.lease, {"file": "x"}, now=now, held=held
        )


def assert_each_went_exactly_once(database, settings, batch, families):
    rows = rows_of(database, batch)
    assert {row.state for row in rows} == {State.DISPATCHED}
    folder = settings.outbox_directory / str(batch.id)
    letters = {f"letters/{file.name}": file for file in (folder / "letters").iterdir()}
    mails = {f"new/{file.name}": file for file in (settings.mailbox_directory / "new").iterdir()}
    assert len(letters) == len(mails) == families
    assert list((settings.mailbox_directory / "tmp").iterdir()) == []
    for row in rows:
        file = (letters if row.channel is Channel.LETTER else mails)[row.evidence["file"]]
        assert sha256(file.read_bytes()).hexdigest() == row.evidence["sha256"]
    with (folder / "manifest.csv").open(newline="") as manifest:
        listed = [line["message"] for line in csv.DictReader(manifest)]
    assert sorted(listed) == sorted(str(row.id) for row in rows)
    with database.reading() as session:
        ended = session.scalar(
            select(func.count()).where(
                AuditEvent.subject_id == batch.id, AuditEvent.action == "dispatch"
            )
        )
    assert ended == 1


def killed_sender(database, settings, batch, clock, files):
    """A sender that is killed when so many letters are written."""
    url = database.engine.url.render_as_string(hide_password=False)
    letters = settings.outbox_directory / str(batch.id) / "letters"
    command = [
        *(sys.executable, "-m", "tests.parentportal.sending.dispatching"),
        *(url, str(settings.var_directory), str(batch.id), clock().isoformat()),
    ]
    sender = subprocess.Popen(command, cwd=Path(__file__).parents[3])
    until = time.monotonic() + 60
    while len(list(letters.glob("*.pdf"))) < files:
        assert sender.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.002)
    sender.send_signal(signal.SIGKILL)
    sender.wait()
    clock.advance(minutes=2)
