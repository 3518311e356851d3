"""A paper form typed in by an officer with the keyboard alone, in a real browser."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import cycle

import pytest
from sqlalchemy import select

from messaging.council import demonstration_council
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.models import Answer, Mode, Response, Role
from parentportal.operations import survey
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.schema import upgrade
from parentportal.web import system_clock
from tests.conftest import KEYRING
from tests.functional.browser import assert_sound, screenshot, serving
from tests.parentportal.cohort_rows import a_family

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"
KEYS_A_SECOND = 3
"""A practised person on a keyboard of figures; reading the ticks is in it."""
MOST_KEYS, MOST_REQUESTS, ALLOWED = 40, 3, 60


@pytest.fixture
def service(tmp_path):
    """A round with two families, and an officer; really served."""
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    database, now = Database(url), system_clock()
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=now)
        add_officer(session, "pat@example.org", "Pat Sample", Role.OFFICER, PASSWORD, now)
        wave = survey.open_wave(
            session, "Spring", opens_at=now, closes_at=now + timedelta(30), now=now
        )
        carers = [a_family(session, f"F000{number}", now) for number in range(2)]
        issued = survey.invite(session, wave, carers, now=now)
    settings = Settings(url, KEYRING, tmp_path, demonstration=True, secure_cookies=False)
    app = create_app(settings)
    with serving(app) as address:
        yield address, database, [str(one.code) for one in issued]
    app.extensions["portal"].database.dispose()
    database.dispose()


class Hands:
    """An officer's keyboard: it counts keys, and the requests for pages that they cause."""

    def __init__(self, page):
        self.page, self.keys, self.requests = page, 0, 0
        page.on("request", self._count)

    def _count(self, request):
        self.requests += request.is_navigation_request()

    def press(self, keys):
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)


def signed_in(device, path):
    page = device.page()
    page.goto(f"/desk/sign-in?next={path}")
    page.fill("input[name=email]", "pat@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def ratings(database):
    with database.reading() as session:
        return [row.rating for row in session.scalars(select(Answer)) if row.rating]


def test_a_form_is_typed_in_by_few_keys_and_few_pages(service, visitor, capsys):
    address, database, codes = service
    device = visitor(address, width=1280)
    page = signed_in(device, "/desk/keying")
    page.wait_for_selector("input[name=code]:focus")
    hands = Hands(page)
    hands.press([*codes[0].replace("-", "").lower(), "Enter"])
    page.wait_for_selector("#row1:focus")
    hands.press("123456123456")
    page.wait_for_selector("button[type=submit]:focus")
    hands.press(["Enter"])
    page.wait_for_selector("text=Family F0000 is saved: 12 of 12 answered, 0 left out.")
    page.wait_for_selector("input[name=code]:focus")
    seconds = hands.keys / KEYS_A_SECOND
    with capsys.disabled():
        sys.stdout.write(
            f"\na paper form: {hands.keys} keys, {hands.requests} requests; at "
            f"{KEYS_A_SECOND} keys a second {seconds:.0f} s of {ALLOWED} s, besides the pages\n"
        )
    assert hands.keys <= MOST_KEYS
    assert hands.requests <= MOST_REQUESTS
    assert seconds < ALLOWED / 2
    assert sorted(ratings(database)) == sorted([1, 2, 3, 4, 5, 6] * 2)
    with database.reading() as session:
        assert session.scalars(select(Response)).one().mode is Mode.PAPER
    assert_sound(page, device)


@pytest.mark.parametrize(("width", "language"), [(1280, "en_GB"), (320, "en_GB"), (390, "ur")])
def test_rows_left_out_are_asked_about_and_every_page_is_sound(service, visitor, width, language):
    address, database, codes = service
    device = visitor(address, width=width, language=language)
    page = signed_in(device, "/desk/keying")
    look(page, device, f"{language}-{width}-code")
    page.keyboard.type("nonsense 0")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    look(page, device, f"{language}-{width}-mistyped")
    page.fill("input[name=code]", codes[1])
    page.keyboard.press("Enter")
    page.wait_for_selector("#row1:focus")
    look(page, device, f"{language}-{width}-sheet")
    for row, figure in zip(range(1, 13), cycle("9123"), strict=False):
        page.fill(f"#row{row}", figure)
    page.press("#row12", "Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.locator(".govuk-error-summary a").count() == 3
    look(page, device, f"{language}-{width}-mistakes")
    for row in (1, 5, 9):
        page.fill(f"#row{row}", "")
    page.press("#row12", "Enter")
    page.wait_for_selector("[role=status] button:focus")
    look(page, device, f"{language}-{width}-left-out")
    assert ratings(database) == []
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-notification-banner--success")
    assert sorted(ratings(database)) == [1] * 3 + [2] * 3 + [3] * 3
    page.fill("input[name=code]", codes[1])
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    look(page, device, f"{language}-{width}-again")


def test_typing_in_needs_no_script(service, visitor):
    address, database, codes = service
    page = signed_in(visitor(address, javascript=False), "/desk/keying")
    page.fill("input[name=code]", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_selector("#row1")
    page.focus("#row1")
    for _ in range(12):
        page.keyboard.press("4")
        page.keyboard.press("Tab")
    page.press("#row12", "Enter")
    page.wait_for_selector(".govuk-notification-banner--success")
    assert ratings(database) == [4] * 12


def test_forms_are_printed_from_the_rounds_page(service, visitor):
    address, _database, _codes = service
    device = visitor(address, width=390)
    page = signed_in(device, "/desk/survey")
    page.get_by_role("link", name="Paper forms of Spring").click()
    look(page, device, "forms")
    with page.expect_download() as download:
        page.locator("form[action$='forms-en_GB-a4-1.pdf'] button").click()
    assert download.value.suggested_filename == "forms-en_GB-a4-1.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF")


def look(page, device, what):
    screenshot(page, f"keying-{what}")
    assert_sound(page, device)
    assert page.locator("h1").count() == 1
