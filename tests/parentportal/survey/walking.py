"""A parent who walks the pages: reads what is there, follows where it leads."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from segmentation.adaptive import play
from segmentation.instrument import load_instrument
from segmentation.scoring import VALUE_OF_FACET, VALUES_OF_SEGMENT
from segmentation.segments import Segment
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.conftest import Clock

SETTLERS = VALUES_OF_SEGMENT[Segment.SETTLER]
TOOL = load_typing_tool()
FIRST = TOOL.asking.first
MOST = TOOL.asking.maximum
WHOLE = (FIRST, *(item.code for item in load_instrument().items if item.code != FIRST))
"""The whole bank, in the order in which it is asked."""

SETTLED = {
    code: 1 + number % 2 if VALUE_OF_FACET[facet] in SETTLERS else 5 + number % 2
    for number, (code, facet) in enumerate(zip(TOOL.items, TOOL.facets, strict=True))
}
"""How somebody would answer who is sure to be a settler."""

TORN = {code: 1 + number**2 % 5 for number, code in enumerate(TOOL.items)}
"""How somebody would answer who is hard to place: they are asked as much as may be."""

ASKED = play(TOOL, TORN)[1]
"""What they are asked."""


def words_of(page: TestResponse) -> str:
    """The words of a page's main part, on one line."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", main[0] if main else page.text)
    return " ".join(html.unescape(bare).split())


def heading_of(page: TestResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


def item_of(page: TestResponse) -> str:
    """Code of the item that a page asks for; empty when it asks for none."""
    found = re.search(r'name="item" value="([^"]+)"', page.text)
    return found[1] if found else ""


class Parent:
    """One browser of one parent.

    With a clock they take their time: so many seconds pass at each question.
    """

    def __init__(self, client: FlaskClient, clock: Clock | None = None, seconds: float = 8) -> None:
        self.client, self.clock, self.seconds = client, clock, seconds

    def get(self, address: str) -> TestResponse:
        return self.client.get(address, follow_redirects=True)

    def post(self, address: str, **fields: object) -> TestResponse:
        return self.client.post(address, data=fields, follow_redirects=True)

    def enter(self, code: object) -> TestResponse:
        return self.post("/", code=str(code))

    def begin(self, code: object, language: str = "en_GB") -> TestResponse:
        self.enter(code)
        self.post("/survey/language", chosen=language)
        return self.post("/survey/notice", choice="start")

    def item(self, number: int) -> str:
        """Code of the item that a question's page asks for."""
        return item_of(self.client.get(f"/survey/question/{number}"))

    def answer(self, number: int, rating: object = "", item: str = "") -> TestResponse:
        """Answer a question as its page has it; with an item, as an older page had it."""
        item = item or self.item(number)
        if self.clock:
            self.clock.advance(seconds=self.seconds)
        return self.post(f"/survey/question/{number}", item=item, rating=rating)

    def answer_all(self, opinions: Mapping[str, int], at_most: int = MOST) -> TestResponse:
        """Answer what is asked, from the next question on, until there is enough or so much."""
        page = self.get("/survey")
        for _ in range(at_most):
            if not (item := item_of(page)):
                break
            page = self.answer(number_of(page), opinions.get(item, ""), item)
        return page

    def checked(self, number: int) -> int | None:
        """Which answer the page of a question shows as given."""
        page = self.get(f"/survey/question/{number}")
        found = re.search(r'value="(\d)" checked', page.text)
        return int(found[1]) if found else None


def number_of(page: TestResponse) -> int:
    """Which question a page says it is."""
    found = re.search(r"Question (\d+) of", words_of(page))
    return int(found[1]) if found else 0
