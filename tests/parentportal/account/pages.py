"""A parent's pages as tests reach and read them."""

from __future__ import annotations

import re
from html import unescape

from parentportal.operations.addressees import Addressee

ROOT = "https://travel.example"


def page_of(row) -> str:
    return Addressee.read(row.recipient).link.removeprefix(ROOT)


def text_of(response) -> str:
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(unescape(body).split())
