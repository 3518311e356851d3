"""The parent's whole way in a real browser, scripts off: every page sound, narrow and wide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from messaging.council import demonstration_council
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.operations import survey
from parentportal.operations.council import save_council
from parentportal.schema import upgrade
from parentportal.web import system_clock
from segmentation.instrument import load_instrument
from tests.conftest import KEYRING
from tests.functional.browser import Visitor, assert_sound, screenshot, serving
from tests.parentportal.survey.conftest import POSTCODE, add_carer

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RATINGS = [4, 1, 5, 4, 1, 4, 3, 1, 6, 5, 1, 5]
STOPS_AFTER = 5
LEFT_OUT = 3


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A portal on SQLite that is really served, and a way to get codes."""
    var = tmp_path_factory.mktemp("var")
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    database, now = Database(url), system_clock()
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=now)
        wave = survey.open_wave(
            session, "Walk", opens_at=now, closes_at=now + timedelta(days=30), now=now
        )
        carers = [add_carer(session, f"W{n}", now) for n in range(8)]
        session.flush()
        codes = [str(one.code) for one in survey.invite(session, wave, carers, now=now)]
    settings = Settings(url, KEYRING, var, demonstration=True, secure_cookies=False)
    with serving(create_app(settings)) as address:
        yield address, iter(codes)
    database.dispose()


class Walk:
    """One device, whose every page is held against what it owes and pictured."""

    def __init__(self, device: Visitor, name: str) -> None:
        self.device, self.name, self.seen = device, name, 0
        self.page: Page = device.page()

    def look(self, what: str) -> None:
        """Hold the page in hand against everything it owes."""
        self.seen += 1
        screenshot(self.page, f"parent-{self.name}-{self.seen:02}-{what}")
        assert_sound(self.page, self.device)
        assert self.page.locator("h1").count() == 1, self.page.url

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()

    def type_code(self, code: str) -> None:
        self.page.goto("/")
        self.page.fill("input[name=code]", code)
        self.press("form[action='/'] button")

    def answer(self, number: int) -> None:
        assert self.page.url.endswith(f"/survey/question/{number}")
        if number != LEFT_OUT:
            self.page.check(f"#rating-{RATINGS[number - 1]}")
        self.press("main form button")


def begin_and_leave(walk: Walk, code: str, language: str) -> None:
    """From the start page to a third of the questions, back once, and away."""
    walk.page.goto("/")
    walk.look("start")
    walk.type_code("ABCD-EFG0")
    walk.look("start-mistyped")
    walk.type_code(f" {code.lower().replace('-', ' ')} ")
    walk.look("language")
    walk.press(f"button[value={language}]")
    walk.look("notice")
    walk.press("button[value=start]")
    walk.look("question")
    assert load_instrument().items[0].wording[language] in walk.page.inner_text("h1")
    for number in range(1, STOPS_AFTER + 1):
        walk.answer(number)
    walk.press(".govuk-back-link")
    assert walk.page.is_checked(f"#rating-{RATINGS[STOPS_AFTER - 1]}")
    walk.look("question-back")
    walk.press("form[action='/survey/leave'] button")
    walk.look("saved")


def come_back_and_finish(elsewhere: Walk, code: str) -> None:
    """On another device, by the link: the postcode, the rest, the check, the thanks."""
    elsewhere.page.goto(f"/s/{code}")
    assert code not in elsewhere.page.url
    elsewhere.look("welcome-back")
    elsewhere.page.goto("/survey/question/2")
    elsewhere.look("hidden")
    elsewhere.page.goto("/survey/postcode")
    elsewhere.page.fill("input[name=postcode]", "EX2 2AB")
    elsewhere.press("main form button")
    elsewhere.look("postcode-wrong")
    elsewhere.page.fill("input[name=postcode]", POSTCODE)
    elsewhere.press("main form button")
    elsewhere.look("check-half")
    elsewhere.page.goto("/survey/question/6")
    for number in range(6, 13):
        elsewhere.answer(number)
    elsewhere.look("wishes")
    elsewhere.page.check("#ptb-yes")
    elsewhere.press("main form button")
    elsewhere.look("check")
    elsewhere.press("a[href*='question/3']")
    elsewhere.page.check("#rating-2")
    elsewhere.press("main form button")
    elsewhere.press("form:not([action]) button")
    elsewhere.look("thanks")
    elsewhere.page.go_back()  # nothing to press a second time: the same thanks
    assert elsewhere.page.url.endswith("/survey/thanks")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_a_parent_walks_the_whole_way_without_scripts(service, visitor, language, width):
    address, codes = service
    code, name = next(codes), f"{language}-{width}"
    walk = Walk(visitor(address, width=width, language=language, javascript=False), name)
    begin_and_leave(walk, code, language)

    elsewhere = Walk(
        visitor(address, width=width, language=language, javascript=False), f"{name}-elsewhere"
    )
    come_back_and_finish(elsewhere, code)

    walk.page.goto("/survey/question/6")
    walk.look("again")
    walk.page.fill("input[name=code]", code)
    walk.press("form[action='/'] button")
    walk.look("answered")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_the_pages_beside_the_way_are_sound(service, visitor, language, width):
    address, codes = service
    name = f"{language}-{width}-beside"
    walk = Walk(visitor(address, width=width, language=language, javascript=False), name)
    for page in ("privacy", "cookies", "accessibility", "contact"):
        walk.page.goto(f"/{page}")
        walk.look(page)
    walk.page.goto("/survey/closed")
    walk.look("closed")
    walk.type_code(next(codes))
    walk.page.goto("/survey/notice")
    walk.press("button[value=skip]")
    walk.look("skipped")
    walk.press("main form button")
    assert walk.page.url.endswith("/survey/language")
    walk.page.goto("/survey/no-such-page")
    walk.look("not-found")
