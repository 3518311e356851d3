"""A campaign in a real browser: its trial, its drafts, its sending, and the parents' own page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.message import Message
from messaging.variants import Arm
from parentportal.dispatch import Worker
from parentportal.models import (
    Carer,
    OutgoingMessage,
    PrintFormat,
    Role,
    Suppression,
    TrialFamily,
)
from parentportal.web import system_clock
from segmentation.segments import Segment
from tests.functional.desks import Desk, serving_officers
from tests.paper import pages, words
from tests.parentportal.cohort_rows import a_family, assigned

pytestmark = pytest.mark.browser

SPOKEN = ("en_GB", "cy", "pl", "ur") * 2
OF_A_TABLET = 768


@pytest.fixture
def service(tmp_path):
    """Eight families in four languages, who have an email address and a mobile telephone."""
    with serving_officers(tmp_path) as served:
        with served.database.transaction() as session:
            for number, language in enumerate(SPOKEN):
                carer = a_family(
                    session,
                    f"F{number}",
                    system_clock(),
                    name=f"Ali Sample {number}",
                    email=f"ali{number}@family.example",
                    phone=f"+4477009001{number:02}",
                    language=language,
                )
                assigned(session, carer, tuple(Segment)[number % 3], system_clock())
        yield served


def test_a_campaign_goes_from_its_plan_to_what_a_parent_says(service, visitor):
    def desk(name, width, **how):
        return Desk(visitor(service.address, width=width, **how), f"campaign-{name}")

    plan(desk("programme", 1280))
    officer = desk("officer", OF_A_TABLET)
    officer.sign_in(Role.OFFICER)
    batch = draft(officer)
    second = desk("second", 320)
    second.sign_in(Role.APPROVER)
    second.page.goto(batch)
    second.look("batch")
    second.send("approve")
    second.look("approved")
    let_go(officer, batch)

    worker = Worker(service.database, service.settings, system_clock)
    worker.drain()
    worker.close()
    officer.page.goto(f"{batch}/progress")
    total = len(SPOKEN) * len(Channel)
    heading = officer.say("Sent: %(gone)s of %(total)s", gone=total, total=total)
    assert officer.page.inner_text("h1") == heading
    officer.look("sent")
    with service.database.reading() as session:
        states = session.execute(
            select(OutgoingMessage.state, func.count()).group_by(OutgoingMessage.state)
        ).all()
        arms = set(session.scalars(select(TrialFamily.arm)))
    assert [tuple(one) for one in states] == [(State.DISPATCHED, total)]
    assert arms == set(Arm)
    open_letters(service, officer)
    programme = desk("programme-after", 320)
    programme.sign_in(Role.PROGRAMME)
    programme.page.goto("/programme/trials/ptb-offer")
    programme.look("plan-fixed")
    assert programme.page.locator("main form").count() == 0
    say_what_a_parent_wants(service, desk("parent", 320, javascript=False))


def plan(programme):
    """Every other family is to be neutral, and nobody can be told so late."""
    programme.sign_in(Role.PROGRAMME)
    programme.page.goto("/programme/trials")
    programme.look("trials")
    programme.follow("A Personal Transport Budget for your family")
    programme.look("plan")
    programme.page.get_by_label("A carer asks for a call").check()
    programme.page.get_by_label("Every other family").check()
    programme.page.fill("input[name=counted_until]", "2001-01-01")
    programme.press("Save")
    programme.look("plan-too-late")
    programme.page.fill("input[name=counted_until]", "")
    programme.press("Save")
    programme.look("plan-kept")
    assert "The plan is kept." in programme.read()


def draft(officer):
    """Letters, emails and texts to everybody; give the batch's address."""
    officer.page.goto("/desk/messages/draft/ptb-offer")
    for way in ("Letter", "Email", "Text message"):
        officer.page.get_by_label(way, exact=True).uncheck()
    officer.press("Write the drafts")
    officer.look("no-way-chosen")
    assert "Choose at least one way to write." in officer.read()
    for way in ("Letter", "Email", "Text message"):
        officer.page.get_by_label(way, exact=True).check()
    officer.press("Write the drafts")
    officer.look("drafted")
    batch = officer.page.url
    officer.press("Submit for approval")
    return batch


def let_go(officer, batch):
    """From today on, and not on a day that is over."""
    officer.page.goto(batch)
    officer.press("Send them later")
    officer.look("schedule")
    today = officer.page.input_value("input[name=day]")
    officer.page.fill("input[name=day]", "2001-01-01")
    officer.press("Let them go then")
    officer.look("schedule-refused")
    officer.page.fill("input[name=day]", today)
    officer.press("Let them go then")
    officer.page.goto(f"{batch}/progress?refresh=no")
    officer.look("waiting")


def message_to(service, language, channel):
    """One message, and where its page on the desk is."""
    with service.database.reading() as session:
        row = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.language == language, OutgoingMessage.channel == channel)
            .order_by(OutgoingMessage.id)
        ).first()
    return row, f"/desk/messages/{row.batch_id}/{row.id}"


def open_letters(service, officer):
    """A letter in Urdu, and one in Welsh that carries the English beside it."""
    for language, said in (("ur", ""), ("cy", "Dear Ali Sample")):
        _, page = message_to(service, language, Channel.LETTER)
        officer.page.goto(page)
        officer.look(f"letter-{language}", headings=2 if said else 1)
        address = officer.page.get_by_role("button", name="Open the PDF").get_attribute("href")
        answer = officer.page.request.get(address)
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert 2 <= pages(answer.body()) <= 4
        assert said in words(answer.body())
    row, page = message_to(service, "pl", Channel.SMS)
    officer.page.goto(page)
    officer.look("text")
    sent = Message.from_json(row.content).plain_text()
    assert officer.page.inner_text(".portal-paper").strip() == sent


def say_what_a_parent_wants(service, parent):
    """On a small telephone, in Urdu, with scripts off: why, a call, no more, again, large print."""
    row, _ = message_to(service, "ur", Channel.SMS)
    parent.page.goto(urlsplit(Message.from_json(row.content).link).path)
    assert parent.page.get_attribute("html", "dir") == "rtl"
    parent.look("message")
    assert parent.page.locator("#why").count() == 1
    for wish in ("call", "stop", "start", "stop-all"):
        parent.page.locator(f"button[name=wish][value={wish}]").click()
        parent.look(wish)
    with service.database.reading() as session:
        held = session.scalars(select(Suppression).where(Suppression.carer_id == row.carer_id))
        assert [one.channel for one in held if one.lifted_at is None] == [None]
    parent.page.locator("main a[href$='/wishes']").click()
    parent.look("wishes")
    parent.page.check("input[name=print_format][value=large-print]")
    parent.page.locator("main form button").click()
    parent.look("wishes-kept")
    with service.database.reading() as session:
        kept = session.get_one(Carer, row.carer_id)
        assert kept.print_format is PrintFormat.LARGE_PRINT
