"""A replay through the web pages themselves, as a browser without JavaScript would."""

from __future__ import annotations

import re
from html import unescape
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from parentportal.operations.survey import Issued
    from segmentation.respondents import Respondent

TIMEOUT = 60
_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ITEM: Final = re.compile(r'name="item" value="([^"]+)"')
_REDIRECTS: Final = (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)


class PageRefused(Exception):
    """A page answered with something else than the next page."""


class Visitor:
    """One parent's browser: its cookies, its connection, the form of the last page.

    Attributes:
        item: the code of the item that the last page asks for; empty when it asks for none.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.item = ""

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def open(self, path: str) -> str:
        """Get a page, wherever it leads; its address comes back.

        Raises:
            PageRefused: it answered with an error.
        """
        return self._ask("GET", path, None)

    def send(self, path: str, fields: Mapping[str, str]) -> str:
        """Post a form with the token of the last page; the address it leads to comes back.

        Raises:
            PageRefused: it answered with an error.
        """
        body = urlencode({**fields, "csrf_token": self._token})
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: str | None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.msg.get_all("Set-Cookie") or ():
            self._cookies.update({key: kept.value for key, kept in SimpleCookie(line).items()})
        if answer.status in _REDIRECTS:
            return self._ask("GET", urlsplit(answer.headers["Location"]).path, None)
        if answer.status != HTTPStatus.OK:
            raise PageRefused(f"{method} {path} answered {answer.status}")
        if found := _TOKEN.search(text):
            self._token = unescape(found[1])
        asks = _ITEM.search(text)
        self.item = asks[1] if asks else ""
        return path


def answer_through_pages(
    base_url: str,
    issued: Sequence[Issued],
    respondents: Sequence[Respondent],
    *,
    progress: Callable[[int], None],
) -> int:
    """Give each respondent's ratings for one carer, page by page, and send them in.

    Returns:
        How many ratings were given.

    Raises:
        PageRefused: a page did not lead where a parent would have gone.
        OSError: nobody answers at ``base_url``.
    """
    instrument, given = load_instrument(), 0
    for seat, respondent in zip(issued, respondents, strict=True):
        visitor = Visitor(base_url)
        given += _answer_one(visitor, seat, instrument.from_facets(respondent.ratings).ratings)
        visitor.close()
        progress(1)
    return given


def _answer_one(visitor: Visitor, seat: Issued, ratings: Mapping[str, int]) -> int:
    visitor.open("/")
    visitor.send("/", {"code": str(seat.code)})
    visitor.send("/survey/language", {"chosen": "en_GB"})
    at = visitor.send("/survey/notice", {"choice": "start"})
    given = 0
    for number in count(1):
        if not visitor.item:
            break
        _expect(at, f"/survey/question/{number}")
        fields = {"item": visitor.item}
        if rating := ratings.get(visitor.item):
            fields["rating"] = str(rating)
            given += 1
        at = visitor.send(at, fields)
    _expect(at, "/survey/wishes")
    _expect(visitor.send(at, {}), "/survey/check")
    _expect(visitor.send("/survey/check", {}), "/survey/thanks")
    return given


def _expect(at: str, wanted: str) -> None:
    if at != wanted:
        raise PageRefused(f"came to {at} and not to {wanted}")
