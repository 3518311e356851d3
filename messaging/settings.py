"""Reading frozen dataclasses from documents, and writing them back: the types are the schema."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType, TypeVar, get_origin, get_type_hints
from urllib.parse import urlsplit

from messaging.colour import READABLE, WHITE, Colour
from messaging.languages import LANGUAGES
from messaging.printable import tidy, why_unprintable

T = TypeVar("T")
Problem = tuple[str, str]

Email = NewType("Email", str)
Phone = NewType("Phone", str)
WebAddress = NewType("WebAddress", str)
Line = NewType("Line", str)
"""One line of an address; a setting of `Line | None` may be left out."""
Texts = Mapping[str, str]
"""A text parents read, once in every language: language key to words."""

LONGEST_TEXT = 600  # characters: room for what a reviewed paragraph needs on two sides
LONGEST_LINE = 60
LARGEST_NUMBER = 10_000

_EMAIL = re.compile(r"[^\s@<>\"']+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ]{8,18}")


class SettingsReader:
    """Reads one document and gathers every problem on the way."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read(self, kind: type[T], document: Any, path: str = "") -> T | None:
        """A dataclass from a table; none, with problems noted, if anything in it is wrong."""
        if not isinstance(document, Mapping):
            self.problems.append((path, "must be a table"))
            return None
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        before = len(self.problems)
        self._refuse_unknown(document, names, path, "is not a setting")
        values = {name: self._at(hints[name], document, path, name) for name in names}
        return kind(**values) if len(self.problems) == before else None

    def _at(self, kind: Any, table: Mapping[str, Any], path: str, name: str) -> Any:
        place = f"{path}.{name}" if path else name
        if kind == Line | None:
            return self._value(Line, table[name], place) if name in table else None
        if name not in table:
            self.problems.append((place, "is missing"))
            return None
        return self._value(kind, table[name], place)

    def _value(self, kind: Any, raw: Any, path: str) -> Any:
        if is_dataclass(kind) and isinstance(kind, type) and kind not in _SCALARS:
            return self.read(kind, raw, path)
        if kind == Texts:
            return self._texts(raw, path)
        if get_origin(kind) is tuple:
            return self._lines(raw, path)
        try:
            return _SCALARS[kind](raw)
        except ValueError as wrong:
            self.problems.append((path, str(wrong)))
            return None

    def _texts(self, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.problems.append((path, f"must have a text in each of {', '.join(LANGUAGES)}"))
            return None
        self._refuse_unknown(raw, LANGUAGES, path, "is not a language of this service")
        return {language: self._at(str, raw, path, language) for language in LANGUAGES}

    def _lines(self, raw: Any, path: str) -> Any:
        if not isinstance(raw, list | tuple) or not raw:
            self.problems.append((path, "must be a list of lines"))
            return None
        return tuple(self._value(str, line, f"{path}[{number}]") for number, line in enumerate(raw))

    def _refuse_unknown(
        self, table: Mapping[str, Any], known: Sequence[str], path: str, reason: str
    ) -> None:
        unknown = sorted(set(map(str, table)) - set(known))
        self.problems += [(f"{path}.{name}" if path else name, reason) for name in unknown]


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("must be a text")
    reason = why_unprintable(raw.strip(), LONGEST_TEXT)
    if reason:
        raise ValueError(f"cannot be printed: {reason}")
    return tidy(raw.strip())


def _line(raw: Any) -> str:
    text = _text(raw)
    if len(text) > LONGEST_LINE:
        raise ValueError(f"must be one line of at most {LONGEST_LINE} characters")
    return text


def _email(raw: Any) -> str:
    text = _text(raw)
    if not _EMAIL.fullmatch(text):
        raise ValueError("must be an email address")
    return text


def _phone(raw: Any) -> str:
    text = _text(raw)
    if not _PHONE.fullmatch(text):
        raise ValueError("must be a telephone number, of digits and blanks")
    return text


def _web_address(raw: Any) -> str:
    text = _text(raw)
    if not is_web_address(text):
        raise ValueError("must be a web address that starts with https:// or http://")
    return text


def _colour(raw: Any) -> Colour:
    try:
        colour = Colour.parse(_text(raw))
    except ValueError as wrong:
        raise ValueError("must be a colour such as #12436d") from wrong
    if colour.contrast(WHITE) < READABLE:
        raise ValueError("is too light: headings in it could not be read on white")
    return colour


def _integer(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= LARGEST_NUMBER:
        raise ValueError(f"must be a whole number from 1 to {LARGEST_NUMBER}")
    return raw


def _decimal(raw: Any) -> Decimal:
    reason = f"must be a number above 0 and at most {LARGEST_NUMBER}"
    if isinstance(raw, bool):
        raise ValueError(reason)  # noqa: TRY004 -- every refusal is one kind of error here
    try:
        number = Decimal(str(raw))
    except InvalidOperation as wrong:
        raise ValueError(reason) from wrong
    if not number.is_finite() or not 0 < number <= LARGEST_NUMBER:
        raise ValueError(reason)
    return number


def _date(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError) as wrong:
        raise ValueError("must be a date such as 2026-09-01") from wrong


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {
    str: _text,
    Line: _line,
    Email: _email,
    Phone: _phone,
    WebAddress: _web_address,
    Colour: _colour,
    int: _integer,
    Decimal: _decimal,
    date: _date,
}


def is_web_address(text: str) -> bool:
    """Whether the text is an absolute http(s) address with a host and nothing odd in it."""
    try:
        parts = urlsplit(text)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError:
        return False
    odd = any(c.isspace() or c in "<>\"'\\`{}|^" for c in text)
    return (
        parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_a_number and not odd
    )


def written(value: Any) -> Any:
    """A value of these settings in JSON's types: decimals and dates as text, no field for none."""
    if isinstance(value, Colour):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return {name: written(item) for name, item in named.items() if item is not None}
    if isinstance(value, Mapping):
        return {str(key): written(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [written(item) for item in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value
