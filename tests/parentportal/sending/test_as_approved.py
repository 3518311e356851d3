"""Every approved message goes exactly as it was approved."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

import pdfplumber
import pytest
from sqlalchemy import select, update

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from messaging.message import Message
from parentportal.dispatch.folder import LetterFolder
from parentportal.models import Carer, OutgoingBatch, OutgoingMessage
from tests.parentportal.sending.outcomes import assert_each_went_exactly_once, rows_of

FORBIDDEN = ("settler", "prospector", "pioneer", "tailored", "neutral")


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
