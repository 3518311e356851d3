"""Every page that a person of the practice council can reach by links, held to axe.

As nobody and as each role, over one small practice council: in English at 320 px and in Urdu at
1280 px, and with ``script/test --full`` in four languages at three widths. Pages behind buttons are
walked in the other modules.
"""

from __future__ import annotations

import os
import re
from itertools import product
from urllib.parse import urlsplit

import pytest

from messaging.campaigns import CAMPAIGN_KEYS
from messaging.variants import VariantName
from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.demonstration import stage
from parentportal.i18n import LANGUAGES
from parentportal.schema import upgrade
from parentportal.web import system_clock
from tests.conftest import KEYRING
from tests.functional.browser import assert_sound, screenshot, serving

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("every-page")]

KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
CAMPAIGN = re.compile(
    rf"(?<=/)(?:{'|'.join((*CAMPAIGN_KEYS, *LANGUAGES, *VariantName))})(?=/|$)",
)
"""A campaign, and its language and version: at the desk there are hundreds of such pages, alike."""
ALWAYS = {("en_GB", 320), ("ur", 1280)}
FULL = os.environ.get("PARENTPORTAL_FULL") == "1"
FILES = (".pdf", ".csv", ".xlsx", ".svg", ".txt", ".css")


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    """A small practice council, really served."""
    var = tmp_path_factory.mktemp("var")
    url = f"sqlite:///{var / 'portal.sqlite3'}"
    settings = Settings(url, KEYRING, var, demonstration=True, secure_cookies=False)
    with Database(url) as database:
        upgrade(database)
        app = create_app(settings)
        with database.transaction() as session:
            stage.stage(session, "http://127.0.0.1", now=system_clock(), families=24)
    with serving(app) as address:
        yield address
    app.extensions["portal"].database.dispose()


def reached(page, start):
    """Open every page the links of ``start`` lead to, one of each kind, and what those lead to.

    With ``script/test --full`` whoever is not signed in sees each campaign.
    """
    seen, waiting = set(), [start]
    while waiting:
        path = waiting.pop()
        kind = KEY.sub("…", path)
        if start != "/" or not FULL:
            kind = CAMPAIGN.sub("…", kind)
        if kind in seen or path.endswith(FILES):
            continue
        seen.add(kind)
        answer = page.goto(path)
        assert answer.status == 200, path
        yield kind
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        here = urlsplit(page.url).netloc
        waiting += [
            urlsplit(link).path
            for link in links
            if urlsplit(link).netloc == here and "language=" not in link
        ]


@pytest.mark.parametrize(
    ("language", "width"),
    [
        pytest.param(*one, marks=() if one in ALWAYS else pytest.mark.full)
        for one in product(LANGUAGES, (320, 390, 1280))
    ],
)
@pytest.mark.parametrize("role", ["nobody", *(one.role.value for one in stage.SIGN_INS)])
def test_every_page_is_sound(practice, visitor, role, language, width):
    somebody = visitor(practice, width=width, language=language)
    page = somebody.page()
    start = "/"
    if role != "nobody":
        sign_in = next(one for one in stage.SIGN_INS if one.role == role)
        page.goto("/desk/sign-in")
        page.fill("input[name=email]", sign_in.email)
        page.fill("input[name=password]", sign_in.password)
        page.click("main form button[type=submit]")
        start = "/desk/"
    kinds = []
    for kind in reached(page, start):
        kinds.append(kind)
        assert_sound(page, somebody)
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ur" else "ltr")
        name = kind.strip("/").replace("/", "-").replace("…", "x") or "start"
        screenshot(page, f"every-{role}-{language}-{width}-{name}")
    assert len(kinds) >= 5, kinds
