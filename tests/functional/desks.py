"""Officers' devices, and a council with an officer of each role and no family yet."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from gettext import translation
from typing import TYPE_CHECKING

from messaging.council import demonstration_council
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.i18n import TRANSLATIONS
from parentportal.models import Role
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.schema import upgrade
from parentportal.web import system_clock
from tests.conftest import KEYRING
from tests.functional.browser import assert_sound, screenshot, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.functional.browser import Visitor

PASSWORD = "a long enough password"


@dataclass(frozen=True, slots=True)
class Service:
    """A portal that is really served: its address, its rows and its settings."""

    address: str
    database: Database
    settings: Settings


@contextmanager
def serving_officers(var: Path) -> Iterator[Service]:
    """Serve an empty council with an officer of each role while the block lasts."""
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    settings = Settings(url, KEYRING, var, demonstration=True, secure_cookies=False)
    database, now = Database(url), system_clock()
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=now)
        for role in Role:
            email = f"{role}@exampleshire.example"
            add_officer(session, email, f"Sam {role}", role, PASSWORD, now)
    app = create_app(settings)
    with serving(app) as address:
        yield Service(address, database, settings)
    app.extensions["portal"].database.dispose()
    database.dispose()


class Desk:
    """One officer's device; every page is held against what it owes and pictured."""

    def __init__(self, device: Visitor, name: str, language: str = "en_GB") -> None:
        self.device, self.name, self.seen = device, name, 0
        self.page: Page = device.page()
        self.words = translation("messages", TRANSLATIONS, [language], fallback=True)

    def say(self, words: str, **values: object) -> str:
        """The words as they stand in this officer's language."""
        said = self.words.gettext(words)
        return said % values if values else said

    def look(self, what: str, *, headings: int = 1) -> None:
        """Picture the page, and hold it against what it owes; each whole message has a heading."""
        self.seen += 1
        screenshot(self.page, f"{self.name}-{self.seen:02}-{what}")
        assert_sound(self.page, self.device)
        assert self.page.locator("h1").count() == headings, self.page.url

    def read(self) -> str:
        """The words of the page."""
        return self.page.inner_text("main")

    def press(self, words: str) -> None:
        """Press the first button of this name."""
        self.page.get_by_role("button", name=self.say(words)).first.click()
        self.page.wait_for_load_state()

    def send(self, step: str) -> None:
        """Press the button of the form that takes what is shown a step on."""
        self.page.locator(f"form[action$='/{step}'] button").first.click()
        self.page.wait_for_load_state()

    def follow(self, words: str) -> None:
        """Follow the first link of this name."""
        self.page.get_by_role("link", name=self.say(words)).first.click()
        self.page.wait_for_load_state()

    def sign_in(self, role: Role) -> None:
        """Sign in as the officer of this role."""
        self.page.goto("/desk/")
        self.page.get_by_label(self.say("Email")).fill(f"{role}@exampleshire.example")
        self.page.get_by_label(self.say("Password")).fill(PASSWORD)
        self.press("Sign in")
