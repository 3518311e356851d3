"""The client: so many parents at once, each pressing through pages as a browser would.

It runs in a process of its own and reads its plan on standard input:

    {"port": 8000, "parents": 16, "walks": [{"start": "/…", "typed": {"code": "…"}}, …]}

It prints the seconds the whole took and the seconds each press took: from pressing a button until
the next page, after its redirect, is there.
"""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urljoin

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WALK = 60
FORM = re.compile(r"<form\b(?P<tag>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
CONTROL = re.compile(r"<(?:input|button)\b(?P<tag>[^>]*)>", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')


class WalkBroken(Exception):
    """A page did not come, or the walk came to no end: no figure is worth printing."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser shows after its redirects."""

    status: int
    path: str
    text: str


class Browser(Protocol):
    """One parent's browser: it keeps cookies and follows redirects."""

    def open(self, path: str, fields: Mapping[str, str] | None = None) -> Page:
        """Ask for a page, or send a form's fields to it."""


class KeptConnection:
    """A browser on one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}

    def open(self, path: str, fields: Mapping[str, str] | None = None) -> Page:
        while True:
            status, text, onward = self._ask(path, fields)
            if onward is None:
                return Page(status, path, text)
            path, fields = urljoin(path, onward), None

    def _ask(self, path: str, fields: Mapping[str, str] | None) -> tuple[int, str, str | None]:
        headers = {"Cookie": "; ".join(f"{name}={kept}" for name, kept in self._cookies.items())}
        if fields is None:
            self._connection.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            self._connection.request("POST", path, urlencode(fields).encode(), headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return response.status, text, response.headers.get("Location")


def walk(
    browser: Browser, start: str, typed: Mapping[str, str], at_most: int = LONGEST_WALK
) -> list[float]:
    """Press through every form from ``start`` until a page has none; the seconds of each press.

    Args:
        browser: a parent's.
        start: the path of the first page.
        typed: what goes into the fields of that name; a portrait's answers vary with the walk.
        at_most: presses after which to stop, done or not.

    Raises:
        WalkBroken: a page was refused, or there was no end.
    """
    page = browser.open(start)
    presses: list[float] = []
    while len(presses) < at_most and (form := next_form(page)) is not None:
        fields = filled(form["inside"], typed, len(presses))
        target = urljoin(page.path, attributes(form["tag"]).get("action", ""))
        started = perf_counter()
        page = browser.open(target, fields)
        presses.append(perf_counter() - started)
        if page.status != HTTPStatus.OK or len(presses) == LONGEST_WALK:
            raise WalkBroken(f"{page.status} at {page.path} after {len(presses)} presses")
    if page.status != HTTPStatus.OK or not presses:
        raise WalkBroken(f"{page.status} at {page.path}: no form to press")
    return presses


def next_form(page: Page) -> re.Match[str] | None:
    """The first form of the page's main part that is sent, not only looked up."""
    main = page.text.find("<main")
    return next(
        (
            form
            for form in FORM.finditer(page.text, max(main, 0))
            if attributes(form["tag"]).get("method", "").casefold() == "post"
        ),
        None,
    )


def filled(inside: str, typed: Mapping[str, str], turn: int) -> dict[str, str]:
    """A form's fields as its first button sends them: hidden, typed, one answer of each choice."""
    fields: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    pressed = False
    for control in CONTROL.finditer(inside):
        of = attributes(control["tag"])
        name, value, kind = of.get("name", ""), of.get("value", ""), of.get("type", "text")
        if control[0].startswith("<button"):
            if name and not pressed:
                fields[name] = value
            pressed = True
        elif kind == "radio":
            choices.setdefault(name, []).append(value)
        elif kind != "checkbox":
            fields[name] = typed.get(name, value)
    for name, offered in choices.items():
        fields[name] = offered[(turn + sum(map(ord, name))) % len(offered)]
    return fields


def attributes(tag: str) -> dict[str, str]:
    """The attributes of a tag."""
    return {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}


def run(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Send the parents on their walks, so many at once; the figures."""
    walks = plan["walks"]
    shares = [walks[parent :: plan["parents"]] for parent in range(plan["parents"])]

    def one_parent(share: list[dict[str, Any]]) -> list[float]:
        return [
            press
            for each in share
            for press in walk(KeptConnection(plan["port"]), each["start"], each["typed"])
        ]

    started = perf_counter()
    with ThreadPoolExecutor(plan["parents"]) as parents:
        presses = list(parents.map(one_parent, shares))
    return {"seconds": perf_counter() - started, "presses": [p for share in presses for p in share]}


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
