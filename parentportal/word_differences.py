"""Two texts compared word by word, for people to read."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = re.compile(r"\s+|\S+")


def marked(before: str, after: str) -> Markup:
    """The later text with what was taken out and put in, marked for the eye and the ear."""
    pieces: list[Markup] = []
    for kept, gone, came in _stretches(_WORDS.findall(before), _WORDS.findall(after)):
        pieces.append(escape(kept))
        if gone:
            pieces.append(_mark("del", _("taken out:"), gone))
        if came:
            pieces.append(_mark("ins", _("put in:"), came))
    return Markup("").join(pieces)


def _stretches(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """What stands, then what is gone and what came after it.

    Changes with a mere space between them are one: words that go and come by turns are hard to
    read.
    """
    kept = gone = came = ""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        was, now = "".join(old[a:b]), "".join(new[c:d])
        if kind != "equal" or (was == " " and (gone or came) and b < len(old)):
            gone, came = gone + was, came + now
            continue
        if gone or came:
            yield kept, gone, came
        kept, gone, came = was, "", ""
    yield kept, gone, came


def _mark(tag: str, said: str, text: str) -> Markup:
    """One change; the words for screen readers stand inside it."""
    opening, closing = Markup(f"<{tag}>"), Markup(f"</{tag}>")  # noqa: S704 -- tags of ours
    hidden = Markup('<span class="govuk-visually-hidden">{} </span>').format(said)
    return opening + hidden + escape(text) + closing
