"""A real browser for tests: found on this machine, never fetched."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright
from waitress.server import create_server

from tests.conftest import skip_or_fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
STANDARD = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""axe's tags for WCAG 2.2, levels A and AA."""
_SCRIPTLESS: WeakSet[BrowserContext] = WeakSet()
SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"


def executable() -> str | None:
    """Say where the browser is; without one, skip the test, or fail it where CI=true."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        skip_or_fail("no Chromium on this machine")
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser and close it again."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine while the block lasts.

    Yields:
        Its address, without a final slash.
    """
    # Polled, for a socket that is closed from another thread makes select() fail at the end.
    server = create_server(app, host="127.0.0.1", port=0, threads=4, asyncore_use_poll=True)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One person with one device: each has cookies, a screen and a language of their own.

    Attributes:
        context: what Playwright calls it.
        complaints: what the browser had to say against any page: scripts that failed, content
            that the security policy stopped. A test asserts that it is empty.
    """

    context: BrowserContext
    complaints: list[str]

    def page(self) -> Page:
        """Open another tab."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.complaints.append(message.text)
                if message.type in ("error", "warning") and "status of 4" not in message.text
                else None
            ),
        )
        return page


def visitor(
    browser: Browser, address: str, *, width: int = 390, language: str = "", javascript: bool = True
) -> Visitor:
    """Give somebody a device.

    Args:
        browser: the browser to open it in.
        address: where the service is; pages may then be opened by path.
        width: of the screen in CSS pixels, such as 320, 390 or 1280.
        language: code of the language to begin in, such as ``ur``; empty asks for none.
        javascript: whether scripts run.
    """
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 780},
        java_script_enabled=javascript,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(30_000)
    if not javascript:
        _SCRIPTLESS.add(context)
    if language:
        context.request.get(f"{address}/?language={language}", max_redirects=0)
    return Visitor(context, [])


def violations(page: Page) -> list[str]:
    """List what axe finds wrong with a page against WCAG 2.2 AA, one line each.

    axe waits on timers, which never come where scripts are off: such a page is judged as a
    copy, whose own scripts stay off.
    """
    if page.context not in _SCRIPTLESS:
        return _judged(page)
    assert page.context.browser is not None
    context = page.context.browser.new_context(viewport=page.viewport_size)
    try:
        html = page.content()
        copy = context.new_page()
        copy.route(
            page.url,
            lambda route: route.fulfill(
                body=html,
                content_type="text/html; charset=utf-8",
                headers={"Content-Security-Policy": "script-src 'none'"},
            ),
        )
        copy.goto(page.url)
        return _judged(copy)
    finally:
        context.close()


def _judged(page: Page) -> list[str]:
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"
        ".then(result => result.violations)",
        list(STANDARD),
    )
    return [
        f"{violation['id']}: {violation['help']} — {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page is wider than its window (WCAG 2.2, criterion 1.4.10)."""
    wider: bool = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return wider


def assert_sound(page: Page, visitor: Visitor | None = None) -> None:
    """Hold a page against everything each page owes: WCAG, its width, a quiet console."""
    assert violations(page) == [], page.url
    assert not scrolls_sideways(page), page.url
    if visitor is not None:
        assert visitor.complaints == [], page.url


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the whole page under ``var/screenshots`` for people to look at.

    A browser on a machine that is short of breath sometimes refuses a picture; it is asked again.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    try:
        page.screenshot(path=path, full_page=True)
    except Error:
        page.wait_for_timeout(1_000)
        page.screenshot(path=path, full_page=True)
    return path


@cache
def _axe() -> str:
    return (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
