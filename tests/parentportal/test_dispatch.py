"""Every approved message goes exactly once, and exactly as it was approved."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path

import pdfplumber
import pytest
from sqlalchemy import func, select, update

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from messaging.message import Message
from messaging.press import NotPrintable
from parentportal.dispatch import run, start, take_back
from parentportal.dispatch.folder import LetterFolder
from parentportal.models import AuditEvent, Carer, Family, OutgoingBatch, OutgoingMessage, Role
from parentportal.operations import sending
from parentportal.operations.council import save_council
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.outbox import (
    AlreadyGoing,
    approve,
    draft_batch,
    submit,
    withdraw,
)
from tests.parentportal.cohort_rows import a_cohort, a_family

FORBIDDEN = ("settler", "prospector", "pioneer", "tailored", "neutral")


@pytest.fixture
def now(clock):
    return clock()


@pytest.fixture
def approved(database, council, officers, now):
    """A batch of so many families, approved."""

    def make(families=3, **columns):
        with database.transaction() as session:
            a_cohort(session, now, families)
            if columns:
                a_family(session, "Z", now, **columns)
            batch = draft_batch(
                session,
                "ptb-offer",
                dated=date(2026, 11, 2),
                now=now,
                by=officers[Role.OFFICER],
            )
            submit(session, batch.id, now=now, by=officers[Role.OFFICER])
            approve(session, batch.id, now=now, by=officers[Role.APPROVER])
        return batch

    return make


@pytest.fixture
def send(database, settings, clock):
    def make(batch, **how):
        return run(database, settings, batch.id, clock=clock, **how)

    return make


def rows_of(database, batch):
    with database.reading() as session:
        query = select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
        return session.scalars(query).all()


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


def test_letters_and_emails_lie_where_they_should_with_a_manifest(
    database, settings, approved, send
):
    batch = approved(3)
    assert (send(batch).gone, send_state(database, batch)) == (6, State.DISPATCHED)
    assert_each_went_exactly_once(database, settings, batch, 3)


def send_state(database, batch):
    with database.reading() as session:
        return session.get_one(OutgoingBatch, batch.id).state


def test_the_manifest_never_tells_the_segment_or_the_version(settings, approved, send):
    batch = approved(8)
    send(batch)
    folder = LetterFolder.of(settings.outbox_directory, batch.id)
    text = folder.manifest.read_text()
    assert text.splitlines()[0] == "message,file,pages,sha256,channel"
    assert not any(word in text for word in FORBIDDEN)


def test_no_outgoing_message_names_a_segment(settings, approved, send):
    batch = approved(8)
    send(batch)
    for file in (settings.mailbox_directory / "new").iterdir():
        mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
        words = "".join(part.get_content() for part in mail.iter_parts()).casefold()
        words += str(mail.items()).casefold()
        assert not any(word in words for word in FORBIDDEN[:4])
    for file in (settings.outbox_directory / str(batch.id) / "letters").iterdir():
        with pdfplumber.open(file) as pdf:
            words = "".join(page.extract_text() for page in pdf.pages).casefold()
        assert "dear ali sample" in words
        assert not any(word in words for word in FORBIDDEN[:4])


def test_an_email_carries_the_stored_words_as_text_and_html(database, settings, approved, send):
    batch = approved(1)
    send(batch)
    row = next(row for row in rows_of(database, batch) if row.channel is Channel.EMAIL)
    file = settings.mailbox_directory / row.evidence["file"]
    mail = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    message = Message.from_json(row.content)
    assert mail["To"] == "ali0@family.example"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<{row.id}@localhost>"
    assert message.sender.email in mail["From"]
    plain, rich = mail.iter_parts()
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert (
        message.plain_text().splitlines()
        == plain.get_content().splitlines()[: len(message.plain_text().splitlines())]
    )
    assert message.html().splitlines()[1] in rich.get_content()
    assert mail.defects == []


def test_what_changed_after_approval_is_not_what_goes(database, approved, send, settings):
    batch = approved(1)
    with database.transaction() as session:
        carer = session.scalars(select(Carer)).one()
        carer.name = "Somebody Else"
        carer.address_lines = ["9 Other Road", "Elsewhere", "EX2 2ZZ"]
    send(batch)
    row = next(row for row in rows_of(database, batch) if row.channel is Channel.LETTER)
    with pdfplumber.open(settings.outbox_directory / str(batch.id) / row.evidence["file"]) as pdf:
        words = pdf.pages[0].extract_text()
    assert "1 Invented Road" in words
    assert "Somebody Else" not in words


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.WITHDRAWN])
def test_what_is_not_approved_does_not_go(database, settings, approved, send, state):
    batch = approved(1)
    with database.transaction() as session:
        session.execute(update(OutgoingBatch).values(state=state))
        session.execute(update(OutgoingMessage).values(state=state))
    with pytest.raises(StepNotAllowed):
        send(batch)
    assert not settings.outbox_directory.exists()


def test_a_batch_that_went_does_not_go_again(approved, send):
    batch = approved(1)
    send(batch)
    with pytest.raises(StepNotAllowed):
        send(batch)


def test_two_officers_do_not_send_one_batch(database, approved, send, clock, now):
    batch = approved(1)
    with database.transaction() as session:
        sending.take(session, batch.id, now=now, by=None)
    with pytest.raises(AlreadyGoing):
        send(batch)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=now, by=None)
    clock.advance(seconds=61)
    assert send(batch).gone == 2


def test_a_sender_that_lost_its_lease_marks_nothing(database, approved, clock, now):
    batch = approved(1)
    with database.transaction() as session:
        old = sending.take(session, batch.id, now=now, by=None)
    with database.transaction() as session:
        sending.take(session, batch.id, now=now + timedelta(minutes=2), by=None)
    waiting = rows_of(database, batch)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        sending.record_sent(
            session, batch.id, old, {row.id: {"file": "x"} for row in waiting}, now=now
        )
    assert {row.state for row in rows_of(database, batch)} == {State.APPROVED}


def test_a_failure_on_the_way_gives_the_batch_back_at_once(database, settings, approved, send):
    batch = approved(1)
    settings.outbox_directory.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="outbox"):
        send(batch)
    settings.outbox_directory.unlink()
    assert send(batch).gone == 2


def test_a_letter_that_cannot_be_printed_stops_no_other(database, settings, approved, send):
    batch = approved(2, name="Ali \N{CUNEIFORM SIGN A} Sample", email=None)
    done = send(batch)
    assert (done.gone, done.refused) == (4, 1)
    refused = [row for row in rows_of(database, batch) if row.state is State.WITHDRAWN]
    assert [row.evidence for row in refused] == [{"refused": "character-not-in-fonts"}]


def test_what_no_letter_can_help_stops_the_batch_and_takes_no_letter_out(
    database, council, approved, send, now
):
    lines = tuple(f"Line {number}" for number in range(60))
    with database.transaction() as session:
        save_council(session, replace(council, reply_address=lines), now=now)
    batch = approved(2)
    with pytest.raises(NotPrintable):
        send(batch)
    assert {row.state for row in rows_of(database, batch)} == {State.APPROVED}
    with database.transaction() as session:
        sending.take(session, batch.id, now=now, by=None)  # it was given back at once


def test_an_email_address_that_is_none_stops_no_other(database, approved, send):
    batch = approved(1, email="no address at all", address_lines=None)
    done = send(batch)
    assert (done.gone, done.refused) == (2, 1)


def test_an_objection_during_dispatch_takes_the_message_away_again(
    database, settings, approved, clock, now
):
    batch = approved(1)
    with database.transaction() as session:
        lease = sending.take(session, batch.id, now=now, by=None)
    rows = rows_of(database, batch)
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(choice_reason="tailored"))
        carer = session.scalars(select(Carer)).one()
        assert len(object_to_tailoring(session, carer.id, now=now, by=None)) == 2
    with database.transaction() as session:
        marked = sending.record_sent(
            session, batch.id, lease, {row.id: {"file": "x"} for row in rows}, now=now
        )
    assert marked == set()
    assert {row.state for row in rows_of(database, batch)} == {State.WITHDRAWN}


def flag_family(database, reference="F0000"):
    with database.transaction() as session:
        family = session.scalars(select(Family).where(Family.reference == reference)).one()
        family.flags = ["bereavement"]


def written(settings):
    """The keys of all messages that lie on a way out."""
    folders = (settings.outbox_directory, settings.mailbox_directory)
    return {
        file.stem
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".pdf", ".eml"}
    }


def test_a_family_flagged_after_approval_gets_nothing(database, settings, approved, send):
    batch = approved(3)
    flag_family(database)
    done = send(batch)
    assert (done.gone, done.refused) == (4, 2)
    rows = rows_of(database, batch)
    out = [row for row in rows if row.state is State.WITHDRAWN]
    assert [row.evidence for row in out] == [{"refused": "bereavement"}] * 2
    assert written(settings) == {str(row.id) for row in rows} - {str(row.id) for row in out}


def test_a_chunk_of_which_nothing_may_go_any_more_does_not_end_the_sending(
    database, approved, send
):
    batch = approved(3)
    for reference in ("F0000", "F0001"):
        flag_family(database, reference)
    assert send(batch, chunk=1).gone == 2


def test_a_family_flagged_while_its_letter_is_written_is_not_marked_as_sent(
    database, approved, now
):
    batch = approved(1)
    with database.transaction() as session:
        lease = sending.take(session, batch.id, now=now, by=None)
        rows = sending.waiting(session, batch.id, lease, 50, now=now)
    flag_family(database)
    with database.transaction() as session:
        written = {row.id: {"file": "x"} for row in rows}
        assert sending.record_sent(session, batch.id, lease, written, now=now) == set()
    assert {row.state for row in rows_of(database, batch)} == {State.WITHDRAWN}


def killed_sender(database, settings, batch, clock, files, *, chunk=7):
    """A sender that is killed when so many letters are written."""
    url = database.engine.url.render_as_string(hide_password=False)
    letters = settings.outbox_directory / str(batch.id) / "letters"
    command = [
        *(sys.executable, "-m", "tests.parentportal.dispatching"),
        *(url, str(settings.var_directory), str(batch.id), clock().isoformat(), str(chunk)),
    ]
    sender = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    until = time.monotonic() + 60
    while len(list(letters.glob("*.pdf"))) < files:
        assert sender.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.002)
    sender.send_signal(signal.SIGKILL)
    sender.wait()
    clock.advance(minutes=2)


def test_what_a_killed_sender_began_is_sent_and_not_withdrawn(database, settings, approved, clock):
    batch = approved(12)
    killed_sender(database, settings, batch, clock, 3, chunk=50)
    assert written(settings)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=clock(), by=None)
    run(database, settings, batch.id, clock=clock)
    assert_each_went_exactly_once(database, settings, batch, 12)


def test_what_a_killed_sender_wrote_is_taken_away_when_its_reader_objects_or_is_flagged(
    database, settings, approved, clock
):
    batch = approved(12)
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(choice_reason="tailored"))
    killed_sender(database, settings, batch, clock, 3, chunk=50)
    lying = written(settings)
    for row in [row for row in rows_of(database, batch) if str(row.id) in lying]:
        with database.transaction() as session:
            taken = object_to_tailoring(session, row.carer_id, now=clock(), by=None)
            take_back(settings, batch.id, [one.id for one in taken])
    assert not written(settings) & lying
    done = run(database, settings, batch.id, clock=clock)
    assert done.refused >= len(lying)
    rows = rows_of(database, batch)
    assert written(settings) == {str(row.id) for row in rows if row.state is State.DISPATCHED}


def test_a_sender_that_fails_leaves_nothing_behind_and_the_batch_can_be_withdrawn(
    database, settings, approved, send, clock, monkeypatch
):
    batch = approved(2)
    monkeypatch.setattr(sending, "record_sent", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(batch)
    assert written(settings) == set()
    with database.transaction() as session:
        withdraw(session, batch.id, now=clock(), by=None)


def test_a_thread_sends_while_the_officer_goes_on(database, settings, approved, officers, clock):
    batch = approved(2)
    thread = start(database, settings, batch.id, clock=clock, by=officers[Role.OFFICER])
    with pytest.raises((AlreadyGoing, StepNotAllowed)):
        start(database, settings, batch.id, clock=clock, by=officers[Role.OFFICER])
    thread.join(30)
    assert_each_went_exactly_once(database, settings, batch, 2)


def test_a_sender_killed_twice_loses_nothing_and_doubles_nothing(
    database, settings, approved, clock
):
    families = 40
    batch = approved(families)
    for files in (3, 25):
        killed_sender(database, settings, batch, clock, files)
    before = {row.state for row in rows_of(database, batch)}
    assert before == {State.APPROVED, State.DISPATCHED}
    done = run(database, settings, batch.id, clock=clock)
    assert (done.gone, done.refused) == (2 * families, 0)
    assert_each_went_exactly_once(database, settings, batch, families)
