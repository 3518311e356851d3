"""The parent's whole way in a real browser, scripts off: every page sound, narrow and wide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from messaging.council import demonstration_council
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.models import Form
from parentportal.operations import survey
from parentportal.operations.council import save_council
from parentportal.schema import upgrade
from parentportal.web import system_clock
from segmentation.instrument import load_instrument
from tests.conftest import KEYRING
from tests.functional.browser import Visitor, assert_sound, screenshot, serving
from tests.parentportal.survey.conftest import POSTCODE, add_carer
from tests.parentportal.survey.walking import FIRST, MOST, TORN, WHOLE

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

STOPS_AFTER = 5
LEFT_OUT = 3
CHANGED = 2


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """A portal on SQLite that is really served, codes, and the code of a calibration."""
    var = tmp_path_factory.mktemp("var")
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    database, now = Database(url), system_clock()
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=now)
        wave = survey.open_wave(
            session, "Walk", opens_at=now, closes_at=now + timedelta(days=30), now=now
        )
        carers = [add_carer(session, f"W{n}", now) for n in range(11)]
        session.flush()
        whole = survey.invite(session, wave, carers[:1], now=now, form=Form.FULL)[0].code
        codes = [str(one.code) for one in survey.invite(session, wave, carers, now=now)]
    settings = Settings(url, KEYRING, var, demonstration=True, secure_cookies=False)
    with serving(create_app(settings)) as address:
        yield address, iter(codes), str(whole)
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
        """Answer a question as somebody would who is hard to place; one is left out."""
        assert self.page.url.split("?")[0].endswith(f"/survey/question/{number}")
        item = self.page.get_attribute("input[name=item]", "value") or ""
        if number != LEFT_OUT:
            self.page.check(f"#rating-{TORN[item]}")
        self.press("main form button")

    def answer_on(self) -> int:
        """Answer whatever is asked from here on; how many questions there were."""
        asked = 0
        while self.page.locator("input[name=item]").count():
            number = int(self.page.url.split("?")[0].rsplit("/", 1)[1])
            self.answer(number)
            asked += 1
        return asked


def begin_and_leave(walk: Walk, code: str, language: str, *, most: int) -> None:
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
    assert load_instrument().item(FIRST).wording[language] in walk.page.inner_text("h1")
    assert str(most) in walk.page.inner_text("#progress")
    for number in range(1, STOPS_AFTER + 1):
        walk.answer(number)
    walk.press(".govuk-back-link")
    assert walk.page.locator("input[name=rating]:checked").count() == 1
    walk.look("question-back")
    walk.press("form[action='/survey/leave'] button")
    walk.look("saved")


def come_back_and_finish(elsewhere: Walk, code: str, *, most: int) -> None:
    """On another device, by the link: the postcode, the rest, a change, the check, the thanks."""
    elsewhere.page.goto(f"/s/{code}")
    assert code not in elsewhere.page.url
    elsewhere.look("welcome-back")
    elsewhere.page.goto(f"/survey/question/{CHANGED}")
    elsewhere.look("hidden")
    elsewhere.page.goto("/survey/check")
    elsewhere.look("check-hidden")
    elsewhere.page.goto("/survey/postcode")
    elsewhere.page.fill("input[name=postcode]", "EX2 2AB")
    elsewhere.press("main form button")
    elsewhere.look("postcode-wrong")
    elsewhere.page.fill("input[name=postcode]", POSTCODE)
    elsewhere.press("main form button")
    elsewhere.look("check-half")
    elsewhere.page.goto(f"/survey/question/{STOPS_AFTER + 1}")
    assert STOPS_AFTER + elsewhere.answer_on() <= most
    elsewhere.look("wishes")
    elsewhere.page.check("#ptb-yes")
    elsewhere.press("main form button")
    elsewhere.look("check")
    elsewhere.press(f"a[href*='question/{CHANGED}?']")
    elsewhere.look("change")
    elsewhere.page.check("#rating-6")
    elsewhere.press("main form button")
    elsewhere.answer_on()  # what the change calls for, if anything
    assert elsewhere.page.url.endswith("/survey/check")
    elsewhere.press("form:not([action]) button")
    elsewhere.look("thanks")
    elsewhere.page.go_back()  # nothing to press a second time: the same thanks
    assert elsewhere.page.url.endswith("/survey/thanks")


@pytest.mark.parametrize(
    ("language", "width"),
    [("en_GB", 320), ("en_GB", 1280), ("ur", 320), ("ur", 1280), ("cy", 390), ("pl", 390)],
)
def test_a_parent_walks_the_whole_way_without_scripts(service, visitor, language, width):
    address, codes, _whole = service
    code, name = next(codes), f"{language}-{width}"
    walk = Walk(visitor(address, width=width, language=language, javascript=False), name)
    begin_and_leave(walk, code, language, most=MOST)

    elsewhere = Walk(
        visitor(address, width=width, language=language, javascript=False), f"{name}-elsewhere"
    )
    come_back_and_finish(elsewhere, code, most=MOST)

    walk.page.goto("/survey/question/6")
    walk.look("again")
    walk.page.fill("input[name=code]", code)
    walk.press("form[action='/'] button")
    walk.look("answered")


def test_a_parent_of_a_calibration_walks_the_whole_bank_without_scripts(service, visitor):
    address, _codes, code = service
    walk = Walk(visitor(address, width=390, javascript=False), "whole")
    begin_and_leave(walk, code, "en_GB", most=len(WHOLE))
    elsewhere = Walk(visitor(address, width=390, javascript=False), "whole-elsewhere")
    come_back_and_finish(elsewhere, code, most=len(WHOLE))


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_the_pages_beside_the_way_are_sound(service, visitor, language, width):
    address, codes, _whole = service
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
