"""A whole campaign: every family, three ways, four languages, and all that comes back.

Letters go to the folder, emails to a mail server, texts to Notify, each on loopback; what became
of them is told from those servers' own logs.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from random import Random
from types import SimpleNamespace
from uuid import UUID

import pdfplumber
import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.languages import LANGUAGES
from messaging.lifecycle import State
from messaging.message import Message
from messaging.variants import Arm, ChoiceReason, VariantName
from parentportal.app import create_app
from parentportal.demonstration.stage import stage
from parentportal.dispatch import Worker
from parentportal.models import (
    Officer,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    Suppression,
    SuppressionReason,
    TrialFamily,
)
from parentportal.operations import outbox, scheduling
from parentportal.ways_out import read_ways_out
from tests.functional.browser import serving
from tests.loopback import notify as loopback
from tests.loopback.smtp import LoopbackSmtp, bounce

TOKEN = "a token of our own making"
NOT_FOR_PARENTS = re.compile(
    r"settler|prospector|pioneer|posterior|segment|\bscore|\bneutral\b|tailored", re.IGNORECASE
)
LOOKED_INTO = 12
"""Letters that are opened and read; all are counted."""

FIFTHS_OF_STRATA = 4
"""Families by which the neutral arm may miss its fifth: less than one for each stratum."""


@pytest.fixture
def mail():
    with LoopbackSmtp() as server:
        yield server


@pytest.fixture
def notify():
    with loopback.LoopbackNotify() as server:
        yield server


@pytest.fixture
def ways(settings, mail, notify):
    """A council whose letters go to a folder, emails by its own server, texts by Notify."""

    def chosen(letters="folder"):
        environment = {
            "PARENTPORTAL_LETTERS": letters,
            "PARENTPORTAL_EMAILS": "smtp",
            "PARENTPORTAL_TEXTS": "notify",
            "PARENTPORTAL_SMTP_HOST": "127.0.0.1",
            "PARENTPORTAL_SMTP_PORT": str(mail.port),
            "PARENTPORTAL_SMTP_SECURITY": "none",
            "PARENTPORTAL_NOTIFY_KEY": loopback.KEY,
            "PARENTPORTAL_NOTIFY_URL": notify.url,
            "PARENTPORTAL_NOTIFY_TEXT_TEMPLATE": loopback.TEXT_TEMPLATE,
            "PARENTPORTAL_NOTIFY_TOKEN": TOKEN,
        }
        return replace(settings, ways_out=read_ways_out(environment))

    return chosen


@pytest.fixture
def council(database, ways, mail, notify, clock):
    """All of it, with the portal answering on loopback, where Notify sends its receipts."""
    app = create_app(ways(), clock=clock)
    app.config["WTF_CSRF_ENABLED"] = False
    with serving(app) as address:
        notify.callback = (f"{address}/receipts/notify", TOKEN)
        yield SimpleNamespace(
            database=database, ways=ways, app=app, mail=mail, notify=notify, clock=clock
        )
    app.extensions["portal"].database.dispose()


def people(session):
    found = session.scalars(select(Officer)).all()
    return {officer.role: officer for officer in found}


def draft(council, campaign, asked):
    with council.database.transaction() as session:
        return outbox.draft_batch(
            session,
            campaign,
            dated=council.clock().date(),
            now=council.clock(),
            by=people(session)[Role.OFFICER],
            asked=asked,
            portal_link="http://localhost",
        )


def send(council, settings, campaign, asked):
    """Draft, submit, approve and release a campaign, and let a worker send it."""
    now = council.clock()
    batch = draft(council, campaign, asked)
    with council.database.transaction() as session:
        who = people(session)
        outbox.submit(session, batch.id, now=now, by=who[Role.OFFICER])
        outbox.approve(session, batch.id, now=now, by=who[Role.APPROVER])
        scheduling.release(session, batch.id, send_from=now, now=now, by=None)
    work(council, settings, batch.id)
    return batch.id


def work(council, settings, batch_id=None):
    """Let a worker go round for as long as Notify, which takes only so many a minute, needs."""
    worker = Worker(council.database, settings, council.clock)
    worker.drain(batch_id)
    while batch_id and by_state(rows_of(council, batch_id), State.APPROVED):
        council.clock.advance(seconds=1)
        worker.drain(batch_id)
    worker.close()


def rows_of(council, batch_id):
    with council.database.reading() as session:
        return session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.batch_id == batch_id)
        ).all()


def row_of(council, key):
    with council.database.reading() as session:
        return session.get_one(OutgoingMessage, UUID(str(key)))


def by_state(rows, state):
    return [row for row in rows if row.state is state]


def by_channel(rows, channel):
    return [row for row in rows if row.channel is channel]


def keys(rows):
    return Counter(str(row.id) for row in rows)


def everything_went_once(council, folder, rows, gone):
    """Nothing waits, nothing is doubled: each server's own log says the same as the rows."""
    assert {row.state for row in rows} <= {State.DISPATCHED, State.WITHDRAWN}
    assert council.mail.times() == keys(by_channel(gone, Channel.EMAIL))
    assert council.notify.times() == keys(by_channel(gone, Channel.SMS))
    manifest = csv.DictReader(io.StringIO((folder / "manifest.csv").read_text("utf-8")))
    assert Counter(line["message"] for line in manifest) == keys(by_channel(gone, Channel.LETTER))


def share_drawn_neutral(council):
    """Of the families that could be written to in another voice; and how many those are."""
    with council.database.reading() as session:
        arms = Counter(
            session.scalars(select(TrialFamily.arm).where(TrialFamily.stratum.is_not(None)))
        )
    return arms[Arm.NEUTRAL] / arms.total(), arms.total()


def nothing_says_what_a_parent_was_taken_for(council, folder, gone):
    for one in council.mail.accepted:
        parsed = message_from_bytes(one.content, policy=default)
        said = [part.get_content() for part in parsed.walk() if is_text(part)]
        assert not NOT_FOR_PARENTS.search("\n".join([*said, str(parsed.items())]))
    for one in council.notify.accepted:
        assert not NOT_FOR_PARENTS.search(str(one.content))
    assert not NOT_FOR_PARENTS.search((folder / "manifest.csv").read_text("utf-8"))
    letters = by_channel(gone, Channel.LETTER)
    for row in Random(1).sample(letters, min(LOOKED_INTO, len(letters))):
        with pdfplumber.open(folder / row.evidence["file"]) as document:
            said = "\n".join(page.extract_text() for page in document.pages)
        assert not NOT_FOR_PARENTS.search(said)


def is_text(part):
    return part.get_content_maintype() == "text"


def stop_from_its_page(council, row):
    """A parent stops messages like this, behind the link of their own letter."""
    path = "/" + Message.from_json(row.content).link.split("/", 3)[3]
    client = council.app.test_client()
    assert client.get(path).status_code == 200
    assert client.post(path, data={"wish": "stop-all"}).status_code == 302


@pytest.mark.parametrize("families", [48, pytest.param(600, marks=pytest.mark.full)])
def test_a_campaign_reaches_every_family_by_three_ways_and_hears_what_came_back(
    council, families, record_property
):
    settings = council.ways()
    with council.database.transaction() as session:
        stage(session, "http://localhost", now=council.clock(), families=families)
        staged = session.scalars(select(OutgoingBatch)).one()
        outbox.withdraw(session, staged.id, now=council.clock(), by=people(session)[Role.OFFICER])
    first = send(council, settings, "ptb-offer", tuple(Channel))
    rows = rows_of(council, first)
    gone = [row for row in rows if row.state is State.DISPATCHED]
    folder = settings.outbox_directory / str(first)
    everything_went_once(council, folder, rows, gone)
    assert {row.language for row in gone} == set(LANGUAGES)
    assert {row.channel for row in gone} == set(Channel)
    for row in gone:
        own = {ChoiceReason.TAILORED, ChoiceReason.CHOSEN}
        assert row.variant is VariantName.NEUTRAL or row.choice_reason in own
    nothing_says_what_a_parent_was_taken_for(council, folder, gone)
    share, drawn = share_drawn_neutral(council)
    assert abs(share * drawn - drawn / 5) <= FIFTHS_OF_STRATA

    # Receipts come by callback, twice over, and count once.
    texts = council.notify.finish(twice=True)
    told = {one.reference: one.status for one in council.notify.accepted}
    for row in by_channel(rows_of(council, first), Channel.SMS):
        if row.state is not State.WITHDRAWN:
            delivered = told[str(row.id)] == "delivered"
            assert row.state is (State.DELIVERED if delivered else State.FAILED)

    # An email bounces, a parent stops letters like this, a letter of the next campaign comes back.
    came_back = council.mail.accepted[0]
    bounce(came_back, settings.bounces_directory)
    work(council, settings)
    bounced = row_of(council, came_back.reference)
    assert bounced.state is State.FAILED
    letters = by_channel(gone, Channel.LETTER)
    stopper = next(row for row in letters if row.carer_id != bounced.carer_id)
    stop_from_its_page(council, stopper)
    council.clock.advance(days=1)
    second = send(council, council.ways(letters="notify"), "itt-offer", (Channel.LETTER,))
    posted = [row for row in rows_of(council, second) if row.state is State.DISPATCHED]
    assert stopper.carer_id not in {row.carer_id for row in posted}
    council.notify.return_letter(posted[0].id)
    returned = row_of(council, posted[0].id)
    assert returned.state is State.RETURNED

    # The next campaign leaves each of them out.
    with council.database.reading() as session:
        held = {
            (row.carer_id, row.reason): row.channel
            for row in session.scalars(select(Suppression).where(Suppression.lifted_at.is_(None)))
        }
    assert held[bounced.carer_id, SuppressionReason.UNDELIVERABLE] is Channel.EMAIL
    assert held[returned.carer_id, SuppressionReason.RETURNED] is Channel.LETTER
    assert (stopper.carer_id, SuppressionReason.OPT_OUT) in held
    record_property(
        "campaign",
        f"{families} families: {dict(Counter(row.channel for row in gone))} gone,"
        f" {len(rows) - len(gone)} taken out, {texts} receipts, 1 email bounced, 1 letter"
        f" returned, 1 parent stopped; neutral {share:.1%} of {drawn} in the contrast",
    )
