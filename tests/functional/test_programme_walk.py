"""The programme team in a real browser, from the counts to the replies of parents."""

from __future__ import annotations

import re
from gettext import translation
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from messaging.composition import Message
from messaging.council import demonstration_council
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.i18n import TRANSLATIONS
from parentportal.models import OutgoingMessage, Role
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.schema import upgrade
from parentportal.web import system_clock
from segmentation.segments import Segment
from tests.conftest import KEYRING
from tests.functional.browser import assert_sound, screenshot, serving
from tests.parentportal.group_rows import Cohort

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"


@pytest.fixture
def service(tmp_path_factory):
    """A portal on SQLite that is really served, and its database."""
    var = tmp_path_factory.mktemp("var")
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    database, now = Database(url), system_clock()
    settings = Settings(url, KEYRING, var, demonstration=True, secure_cookies=False)
    app = create_app(settings)
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=now)
        for role in (Role.PROGRAMME, Role.APPROVER):
            add_officer(session, f"{role}@exampleshire.example", "Sam Sample", role, PASSWORD, now)
        cohort = Cohort(session)
        for segment, number in zip(Segment, (23, 3, 17), strict=True):
            cohort.families(number, segment=segment)
        cohort.families(9, answered=True)
        for language in ("en_GB", "ur"):
            cohort.families(8, language=language)
    with serving(app) as address:
        yield address, database
    app.extensions["portal"].database.dispose()
    database.dispose()


def sign_in(device, role):
    page = device.page()
    page.goto("/desk/sign-in?next=/programme/")
    page.fill("input[name=email]", f"{role}@exampleshire.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")
    return page


class Walk:
    """One officer's or parent's way, each page held against what it owes and pictured."""

    def __init__(self, device, page, name, language="en_GB"):
        self.device, self.page, self.name, self.seen = device, page, name, 0
        self.language = language
        self.say = translation("messages", TRANSLATIONS, [language], fallback=True).gettext

    def look(self, what):
        self.seen += 1
        screenshot(self.page, f"programme-{self.name}-{self.seen:02}-{what}")
        assert_sound(self.page, self.device)
        assert self.page.locator("h1").count() == 1, self.page.url

    def press(self, words):
        self.page.locator("main").get_by_role("button", name=self.say(words)).first.click()
        self.page.wait_for_load_state()

    def follow_row(self, words):
        self.page.get_by_role("row").filter(has_text=self.say(words)).get_by_role("link").click()
        self.page.wait_for_load_state()

    def follow(self, words):
        self.page.get_by_role("link", name=self.say(words)).first.click()
        self.page.wait_for_load_state()


@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_from_the_counts_to_a_parents_reply(service, visitor, language):
    address, database = service
    device = visitor(address, width=1280, language=language)
    team = Walk(device, sign_in(device, Role.PROGRAMME), f"team-{language}", language)
    plan_a_group(team)
    batch = draw_and_write(team)

    second = visitor(address, width=1280)
    approver = sign_in(second, Role.APPROVER)
    approver.goto(urlsplit(batch).path)
    approver.locator("form[action$='/approve'] button").click()

    with database.reading() as session:
        letters = {row.language: row.content for row in session.scalars(select(OutgoingMessage))}
    assert len(letters) == 2
    for written, letter in letters.items():
        reply_as_a_parent(address, visitor, written, letter)

    narrow = visitor(address, width=320, language=language)
    page = sign_in(narrow, Role.PROGRAMME)
    look_on_a_telephone(Walk(narrow, page, f"team-{language}-320", language))


def plan_a_group(team):
    team.page.goto("/programme/")
    assert team.page.locator("img.portal-chart").evaluate("image => image.naturalWidth") == 640
    team.look("counts")
    team.press("Plan discussion groups")
    team.look("no-groups")
    team.press("Set up the four groups")
    team.look("groups")
    team.follow_row("Everyone else (mixed)")
    team.look("group")
    team.press("Change name, aim and seats")
    team.page.fill("input[name=name]", "Settlers")
    team.press("Save")
    team.look("name-refused")
    team.page.fill("input[name=name]", "Oak group")
    team.press("Save")
    assert team.page.inner_text("h1") == "Oak group"


def draw_and_write(team):
    """Plan the meeting, draw everybody, draft and submit; give the batch's address."""
    team.press("Plan the meeting")
    team.press("Save")
    team.look("meeting-refused")
    team.page.fill("input[name=place]", "Invented Library, 2 Made-up Road, Exampleton")
    team.page.fill("input[name=day]", "2030-03-14")
    team.page.fill("input[name=starts]", "18:30")
    team.page.fill("input[name=access]", "There is a ramp and a hearing loop.")
    team.press("Save")
    team.press("See the pool and draw")
    team.look("draw")
    team.page.fill("input[name=invite]", "25")
    team.press("Hold the draw")
    team.look("drawn")
    team.press("Draft the invitations")
    assert "/desk/messages/" in team.page.url
    batch = team.page.url
    team.press("Submit for approval")
    return batch


def look_on_a_telephone(phone):
    """Every page of the team at 320 pixels, once there is something on it."""
    phone.page.goto("/programme/")
    assert phone.page.locator("img.portal-chart").evaluate("image => image.naturalWidth") == 288
    phone.look("counts")
    phone.press("Plan discussion groups")
    phone.look("groups")
    phone.follow_row("Pioneers")
    phone.page.goto(f"{urlsplit(phone.page.url).path}/draw")
    phone.look("draw")
    phone.page.goto("/programme/groups")
    phone.follow("Oak group")
    if phone.language == "en_GB":
        assert "2 of 25 say that they come" in phone.page.inner_text("main")
    phone.look("group")
    here = urlsplit(phone.page.url).path
    for page in ("change", "meeting"):
        phone.page.goto(f"{here}/{page}")
        phone.look(page)


def reply_as_a_parent(address, visitor, language, letter):
    """Open the link of a letter on a telephone and on a desk, scripts off, and answer."""
    link = re.search(r"/account/reply/[\w.-]+\w", Message.from_json(letter).plain_text())[0]
    for width in (320, 1280):
        device = visitor(address, width=width, javascript=False)
        parent = Walk(device, device.page(), f"parent-{language}-{width}")
        parent.page.goto(link)
        assert parent.page.locator("html").get_attribute("lang") == language.replace("_", "-")
        parent.look("invitation")
        parent.page.locator("main form button").click()
        if width == 320:
            parent.look("nothing-chosen")
        for answer in ("decline", "accept"):
            parent.page.check(f"input[value={answer}]")
            parent.page.locator("main form button").click()
            parent.look(answer)
            assert parent.page.is_checked(f"input[value={answer}]")
        parent.page.goto(f"{link}x?language={language}")
        parent.look("wrong-link")
