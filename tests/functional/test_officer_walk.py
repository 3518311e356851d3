"""The officers' whole way in a real browser: from a spreadsheet with mistakes to letters sent."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pdfplumber
import pytest
from sqlalchemy import select

from parentportal.models import Carer, Role
from parentportal.web import system_clock
from parentportal.worker import Rounds
from segmentation.segments import Segment
from tests.functional.desks import Desk, serving_officers
from tests.parentportal.cohort_rows import a_family, assigned

if TYPE_CHECKING:
    from pathlib import Path

    from parentportal.db import Database


pytestmark = pytest.mark.browser

HEAD = (
    *("family_reference", "carer_name", "address_line_1", "address_line_2", "address_line_3"),
    *("email", "language", "child_reference", "child_first_name", "age_band", "miles"),
    "offers_open",
)
FAMILIES = 12
SENDING = 120_000
"""Milliseconds that two dozen messages may take on a machine with much else to do."""


@pytest.fixture(params=[320, 1280])
def width(request):
    return request.param


@pytest.fixture
def service(tmp_path):
    """An empty council whose worker goes round; no family is in it."""
    with serving_officers(tmp_path) as served:
        worker = Rounds(served.database, served.settings, clock=system_clock)
        worker.start()
        yield served
        worker.stop()


@pytest.fixture
def desk(service, visitor, width):
    def make(name, *, language="en_GB", **how):
        device = visitor(service.address, width=width, language=language, **how)
        return Desk(device, f"officer-{name}-{language}-{width}", language)

    return make


def spreadsheet(path: Path, *, mended: bool) -> Path:
    """Twelve families; three rows need mending: a postcode, an age band, an email."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEAD)
    for number in range(FAMILIES):
        wrong = not mended and number < 3
        table.writerow(
            [
                f"F{number:03}",
                f"Ali Sample {number}",
                f"{number + 1} Invented Road",
                "Exampleton",
                "not a postcode" if wrong and number == 0 else "EX1 1ZZ",
                "no email" if wrong and number == 2 else f"ali{number}@family.example",
                ("en_GB", "cy", "pl", "ur")[number % 4],
                f"C{number:03}",
                f"Kit{number}",
                "nine" if wrong and number == 1 else "8-10",
                "5",
                "ptb",
            ]
        )
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def have_answered(database: Database) -> None:
    """Let the carers have answered: in each segment by turns, and one in none."""
    now = datetime.now(UTC)
    turns = [*Segment, None]
    with database.transaction() as session:
        for number, carer in enumerate(session.scalars(select(Carer)).all()):
            assigned(session, carer, turns[number % 4], now)


@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_officers_go_from_a_spreadsheet_to_letters_sent(  # noqa: PLR0915 -- one long walk
    service, desk, tmp_path, language
):
    database, settings = service.database, service.settings
    officer = desk("walk", language=language)
    officer.page.goto("/desk/sign-in")
    officer.look("sign-in")
    officer.press("Sign in")
    officer.look("sign-in-blank")
    officer.sign_in(Role.OFFICER)
    officer.look("home")

    officer.page.goto("/desk/cohort/import")
    officer.page.set_input_files(
        "input[type=file]", spreadsheet(tmp_path / "families.csv", mended=False)
    )
    officer.press("Check this file")
    officer.look("check-with-mistakes")
    assert officer.say("Rows to mend") in officer.page.inner_text("main")
    officer.press("Discard this file")
    officer.page.goto("/desk/cohort/import")
    officer.page.set_input_files(
        "input[type=file]", spreadsheet(tmp_path / "mended.csv", mended=True)
    )
    officer.press("Check this file")
    officer.press("Confirm and bring in these families")
    officer.look("families-in")
    have_answered(database)

    officer.page.goto("/desk/messages")
    officer.look("messages-empty")
    officer.press("See who would be written to")
    if language == "en_GB":
        assert "12 carers of 12 families" in officer.page.inner_text("main")
    officer.look("draft")
    officer.press("Write the drafts")
    officer.look("batch-draft")
    batch = officer.page.url
    officer.follow("Compare versions")
    officer.look("versions")
    for letter in "ABCD":
        heading = officer.say(f"Version {letter}")
        assert officer.page.get_by_role("heading", name=heading).count() == 5
    officer.page.goto(batch)
    officer.press("Submit for approval")
    officer.look("batch-submitted")

    second = desk("second", language=language)
    second.sign_in(Role.APPROVER)
    second.look("home")
    second.follow("A Personal Transport Budget for your family")
    second.look("batch")
    second.page.locator("tbody th a", has_text="Ali Sample 3").first.click()
    second.look("letter")
    second.page.goto(batch)
    second.page.get_by_text(second.say("Send it back instead")).click()
    second.press("Send back")
    second.look("send-back-blank")
    second.page.get_by_label(second.say("What needs to change?")).fill("Please look at the date.")
    second.press("Send back")
    officer.page.goto(batch)
    officer.look("batch-sent-back")
    officer.press("Submit for approval")
    second.page.goto(batch)
    second.send("approve")
    second.look("approved")

    officer.page.goto(batch)
    officer.look("batch-approved")
    officer.send("dispatch")
    sent = officer.say("Sent: %(gone)s of %(total)s", gone=24, total=24)
    officer.page.get_by_role("heading", name=sent).wait_for(timeout=SENDING)
    officer.look("sent")
    officer.page.goto(batch)
    officer.look("batch-sent")
    assert len(list((settings.mailbox_directory / "new").iterdir())) == FAMILIES

    officer.page.locator("tbody th a", has_text="Ali Sample").first.click()
    officer.look("letter-sent")
    address = officer.page.get_by_role("button", name=officer.say("Open the PDF")).get_attribute(
        "href"
    )
    answer = officer.page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.body())) as letter:
        assert "Invented Road" in letter.pages[0].extract_text()
    officer.press("Sign out")
    officer.look("signed-out")


def test_officers_open_a_round_invite_everyone_and_get_the_codes(service, desk):
    with service.database.transaction() as session:
        for number in range(3):
            a_family(session, f"F{number}", datetime.now(UTC))
    officer = desk("survey")
    officer.sign_in(Role.OFFICER)
    officer.page.goto("/desk/survey")
    officer.look("none")
    officer.press("Open the round")
    officer.look("blank")
    officer.page.get_by_label("Name of the round").fill("Autumn")
    officer.page.get_by_label("First day").fill("2026-01-01")
    officer.page.get_by_label("Last day").fill("2099-12-31")
    officer.press("Open the round")
    officer.look("opened")
    officer.press("Invite everyone to Autumn")
    officer.look("invited")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("button", name="Get the codes of Autumn").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert len(rows) == 1 + 3
    officer.page.goto("/desk/survey?language=ur")
    officer.look("urdu")


def test_the_walk_needs_no_scripts(service, desk, tmp_path):
    """Sending renews its page by itself where scripts are off too."""
    officer, second = desk("plain", javascript=False), desk("plain-second", javascript=False)
    officer.sign_in(Role.OFFICER)
    officer.page.goto("/desk/cohort/import")
    officer.page.set_input_files(
        "input[type=file]", spreadsheet(tmp_path / "mended.csv", mended=True)
    )
    officer.press("Check this file")
    officer.press("Confirm and bring in these families")
    officer.page.goto("/desk/messages/draft/ptb-offer")
    officer.press("Write the drafts")
    officer.press("Submit for approval")
    second.sign_in(Role.APPROVER)
    second.page.goto(officer.page.url)
    second.press("Approve all 24 messages")
    officer.page.goto(second.page.url)
    officer.press("Send all 24 messages now")
    officer.page.get_by_role("heading", name="Sent: 24 of 24").wait_for(timeout=SENDING)
