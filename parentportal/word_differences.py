"""Two texts compared word by word, for people to read."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from flask_babel import gettext as _
from markupsafe import Markup, escape

_WORDS = re.compile(r"\s+|\S+")


def marked(before: str, after: str) -> Markup:
    """The later text with what was taken out and put in, marked for the eye and the ear."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Markup] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            pieces.append(escape(gone))
            continue
        if gone:
            pieces.append(_mark("del", _("taken out:"), gone))
        if came:
            pieces.append(_mark("ins", _("put in:"), came))
    return Markup("").join(pieces)


def _mark(tag: str, said: str, text: str) -> Markup:
    """One change; the words for screen readers stand inside it."""
    opening, closing = Markup(f"<{tag}>"), Markup(f"</{tag}>")  # noqa: S704 -- tags of ours
    hidden = Markup('<span class="govuk-visually-hidden">{} </span>').format(said)
    return opening + hidden + escape(text) + closing
