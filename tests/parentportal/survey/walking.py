"""A parent who walks the pages: reads what is there, follows where it leads."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

ITEMS = [item.code for item in load_instrument().items]


def words_of(page: TestResponse) -> str:
    """The words of a page's main part, on one line."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    bare = re.sub(r"<[^>]+>", " ", main[0] if main else page.text)
    return " ".join(html.unescape(bare).split())


def heading_of(page: TestResponse) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


class Parent:
    """One browser of one parent."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

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

    def answer(self, number: int, rating: object = "") -> TestResponse:
        return self.post(f"/survey/question/{number}", rating=rating)

    def answer_all(self, ratings: list[int]) -> TestResponse:
        for number, rating in enumerate(ratings, start=1):
            page = self.answer(number, rating)
        return page

    def checked(self, number: int) -> int | None:
        """Which answer the page of a question shows as given."""
        page = self.get(f"/survey/question/{number}")
        found = re.search(r'value="(\d)" checked', page.text)
        return int(found[1]) if found else None
