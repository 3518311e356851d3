"""Fixtures for tests that drive a real browser; mark such a test with ``browser``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.functional import browser as tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; skips where there is none, and fails instead under CI."""
    with tools.launched() as browser:
        yield browser


@pytest.fixture
def visitor(browser) -> Iterator[Callable[..., tools.Visitor]]:
    """Make visitors: ``visitor(address, width=320, language="ur", javascript=False)``."""
    opened: list[tools.Visitor] = []

    def make(address: str, **how) -> tools.Visitor:
        opened.append(tools.visitor(browser, address, **how))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """What axe finds against WCAG 2.2 AA; an empty list when all is well."""
    return tools.violations


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Keep a picture of a page under ``var/screenshots``."""
    return tools.screenshot
