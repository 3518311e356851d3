"""What people type into a form: read as it was meant, or refused with words at its field."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import abort, request
from flask_babel import gettext
from wtforms.validators import StopValidation

from messaging.printable import LONGEST_VALUE, why_unprintable
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from wtforms import Field

YEARS = range(2000, 2100)
"""A date of another year is a slip of the hand; near the ends of the calendar sums with it fail."""

FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class HiddenCharacter(Refusal):
    """What was sent has a character that no database keeps and nobody can type."""

    code = "hidden-character"


class Readable:
    """Says in our own words that a number, a date or a time could not be read."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, _form: Any, field: Field) -> None:
        """Stop with these words where the field could not read what was sent."""
        far = isinstance(field.data, date) and field.data.year not in YEARS
        if field.process_errors or far:
            field.errors[:] = []
            raise StopValidation(self.words)


class Prints:
    """Refuses what no letter could print; it is merged into invitations as it stands.

    Args:
        lines: whether it may be of several lines, which no letter has, and as long as it likes.
    """

    def __init__(self, *, lines: bool = False) -> None:
        self.lines = lines

    def __call__(self, _form: Any, field: Field) -> None:
        """Stop at what is too long, and at characters that nobody sees."""
        text = field.data or ""
        if self.lines:
            text = "".join(text.split())
        reason = why_unprintable(text, len(text) if self.lines else LONGEST_VALUE)
        if reason == "too-long":
            raise StopValidation(gettext("Use %(most)s characters at most", most=LONGEST_VALUE))
        if reason:
            raise StopValidation(gettext("This has a hidden character in it: type it anew"))


def tidied(text: str | None) -> str:
    """Each run of blanks made one, none at the ends."""
    return " ".join(text.split()) if text else ""


def refuse_hidden() -> None:
    """Let no request on whose address or fields have a NUL in them: PostgreSQL keeps none.

    Raises:
        HiddenCharacter: a field has one.
        NotFound: the address has one, and no page's has.
    """
    if "\0" in request.path:
        abort(HTTPStatus.NOT_FOUND)
    sent = _texts(request.args)
    if request.mimetype in FORMS:  # how much else of a body is read is for its view to say
        sent += _texts(request.form)
    if any("\0" in text for text in sent):
        raise HiddenCharacter


def _texts(fields: Any) -> list[str]:
    return [text for pair in fields.items(multi=True) for text in pair]
