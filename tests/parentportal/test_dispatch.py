"""Every approved message goes exactly once, and exactly as it was approved."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pdfplumber
import pytest
from sqlalchemy import func, select, update

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from messaging.message import Message
from messaging.variants import VariantName
from parentportal.dispatch import Worker, run
from parentportal.dispatch.folder import FolderWay, LetterFolder
from parentportal.dispatch.ways import NotNow
from parentportal.models import (
    AuditEvent,
    Carer,
    Family,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    Suppression,
    SuppressionReason,
)
from parentportal.operations import scheduling, sending
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
    assert text.splitlines()[0] == "message,file,pages,sha256,channel,print_file,first_page"
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


TERMS = sending.Terms("folder", timedelta(minutes=1))


def claimed(database, batch, now, most=50):
    """Its messages, as a worker has them in hand."""
    with database.transaction() as session:
        if session.get_one(OutgoingBatch, batch.id).send_from is None:
            scheduling.release(session, batch.id, send_from=now, now=now, by=None)
        rows = sending.claim(session, TERMS, most, channels=set(Channel), now=now)
    for row in rows:
        with database.transaction() as session:
            assert sending.begin(session, row.id, row.lease, until=row.leased_until, now=now)
    return rows


def accepted(database, row, now, *, held=True):
    """What the database makes of it that this message was taken."""
    with database.transaction() as session:
        return sending.record_accepted(
            session, row.id, row.lease, {"file": "x"}, now=now, held=held
        )


def test_two_officers_do_not_send_one_batch(database, approved, now):
    batch = approved(1)
    with database.transaction() as session:
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)


def test_what_a_worker_has_in_hand_no_other_takes_and_nobody_withdraws(
    database, approved, send, clock, now
):
    batch = approved(1)
    assert len(claimed(database, batch, now)) == 2
    assert claimed(database, batch, now) == ()
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=now, by=None)
    assert (send(batch).gone, send(batch).waiting) == (0, 2)
    clock.advance(seconds=61)
    assert send(batch).gone == 2


def test_a_worker_that_lost_its_lease_marks_nothing(database, approved, now):
    batch = approved(1)
    old = claimed(database, batch, now)
    later = now + timedelta(minutes=2)
    with database.transaction() as session:
        assert len(sending.overdue(session, TERMS, 50, now=later)) == 2
    assert {accepted(database, row, later) for row in old} == {sending.Marked.LOST}
    assert {row.state for row in rows_of(database, batch)} == {State.SENDING}


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


def objected(database, now):
    """Every carer's message was tailored, and every carer objects now."""
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(choice_reason="tailored", variant="settler"))
        for carer in session.scalars(select(Carer)):
            object_to_tailoring(session, carer.id, now=now, by=None)


def test_an_objection_during_dispatch_takes_the_message_away_again_and_writes_it_anew(
    database, settings, approved, send, now
):
    batch = approved(1)
    rows = claimed(database, batch, now)
    objected(database, now)
    assert {accepted(database, row, now) for row in rows} == {sending.Marked.TAKEN_BACK}
    assert send(batch).gone == 0
    assert {row.state for row in rows_of(database, batch)} == {State.WITHDRAWN}
    with database.reading() as session:
        query = select(OutgoingMessage).where(OutgoingMessage.batch_id != batch.id)
        anew = session.scalars(query).all()
    assert {(row.state, row.variant) for row in anew} == {(State.DRAFT, VariantName.NEUTRAL)}
    assert len(anew) == 2
    assert written(settings) == set()


def test_what_left_the_house_before_an_objection_has_gone(database, approved, now):
    batch = approved(1)
    rows = claimed(database, batch, now)
    objected(database, now)
    marked = {accepted(database, row, now, held=False) for row in rows}
    assert marked == {sending.Marked.GONE}
    assert {row.state for row in rows_of(database, batch)} == {State.DISPATCHED}


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
        for file in [*folder.glob("*/letters/*.pdf"), *folder.rglob("*.eml")]
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
    assert send(batch, at_a_time=1).gone == 2


def test_a_family_flagged_while_its_letter_is_written_is_not_marked_as_sent(
    database, approved, now
):
    batch = approved(1)
    rows = claimed(database, batch, now)
    flag_family(database)
    assert {accepted(database, row, now) for row in rows} == {sending.Marked.TAKEN_BACK}
    rows = rows_of(database, batch)
    assert [(row.state, row.evidence) for row in rows] == [
        (State.WITHDRAWN, {"refused": "bereavement"})
    ] * 2


def test_a_carer_who_is_suppressed_after_approval_gets_nothing_by_that_channel(
    database, approved, send, now
):
    batch = approved(2)
    with database.transaction() as session:
        session.add(
            Suppression(
                carer_id=rows_of(database, batch)[0].carer_id,
                channel=Channel.EMAIL,
                reason=SuppressionReason.OPT_OUT,
                since=now,
            )
        )
    done = send(batch)
    assert (done.gone, done.refused) == (3, 1)
    out = [row for row in rows_of(database, batch) if row.state is State.WITHDRAWN]
    assert [(row.channel, row.evidence) for row in out] == [(Channel.EMAIL, {"refused": "opt-out"})]


@pytest.mark.parametrize(
    ("values", "gone"),
    [({"purpose": "offer"}, 0), ({"purpose": "consultation"}, 2), ({"lifted_at": True}, 2)],
)
def test_a_suppression_counts_for_its_purpose_and_until_it_is_lifted(
    database, approved, send, now, values, gone
):
    batch = approved(1)
    if "lifted_at" in values:
        values = {"lifted_at": now}
    with database.transaction() as session:
        session.add(
            Suppression(
                carer_id=rows_of(database, batch)[0].carer_id,
                reason=SuppressionReason.OPT_OUT,
                since=now,
                **values,
            )
        )
    assert send(batch).gone == gone


def killed_sender(database, settings, batch, clock, files):
    """A sender that is killed when so many letters are written."""
    url = database.engine.url.render_as_string(hide_password=False)
    letters = settings.outbox_directory / str(batch.id) / "letters"
    command = [
        *(sys.executable, "-m", "tests.parentportal.dispatching"),
        *(url, str(settings.var_directory), str(batch.id), clock().isoformat()),
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
    killed_sender(database, settings, batch, clock, 3)
    assert written(settings)
    with pytest.raises(AlreadyGoing), database.transaction() as session:
        withdraw(session, batch.id, now=clock(), by=None)
    run(database, settings, batch.id, clock=clock)
    assert_each_went_exactly_once(database, settings, batch, 12)


def test_what_a_killed_sender_wrote_is_taken_away_when_its_reader_objects_or_is_flagged(
    database, settings, approved, clock
):
    batch = approved(12)
    killed_sender(database, settings, batch, clock, 3)
    lying = written(settings)
    held = [row for row in rows_of(database, batch) if row.state is State.SENDING]
    assert held
    flag_family(database, family_of(database, held[0]))
    objected(database, clock())
    done = run(database, settings, batch.id, clock=clock)
    rows = rows_of(database, batch)
    assert {row.state for row in rows} <= {State.WITHDRAWN, State.DISPATCHED}
    assert done.refused >= 24 - len(lying)
    assert written(settings) == {str(row.id) for row in rows if row.state is State.DISPATCHED}
    assert {row.id for row in held} <= {row.id for row in rows if row.state is State.WITHDRAWN}


def family_of(database, row):
    with database.reading() as session:
        carer = session.get_one(Carer, row.carer_id)
        return session.get_one(Family, carer.family_id).reference


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
