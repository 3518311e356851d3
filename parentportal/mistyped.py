"""What to say of a code that is none: exactly what is odd about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from messaging.languages import isolated
from parentportal.access_codes import LENGTH
from parentportal.i18n import page_language

if TYPE_CHECKING:
    from parentportal.access_codes import CodeMistyped


def what_is_odd(mistyped: CodeMistyped) -> str:
    """Sentences for whoever typed something that cannot be a code; it is not blank."""
    sentences = []
    if mistyped.has_nought:
        sentences.append(
            _(
                "Our codes never have the letter O or the number 0. "
                "Please look again: it may be a C, a D or a Q."
            )
        )
    others = " ".join(c for c in mistyped.strange if c not in "0O")
    if others:
        sentences.append(
            _(
                "Our codes never have %(characters)s. They have letters from A to Z "
                "and the numbers 3, 4, 7 and 9.",
                characters=isolated(others, page_language().code),
            )
        )
    if mistyped.length != LENGTH:
        sentences.append(
            _(
                "A code has %(right)s letters and numbers. You typed %(typed)s.",
                right=LENGTH,
                typed=mistyped.length,
            )
        )
    return " ".join(sentences)
