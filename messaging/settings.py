"""Reading frozen dataclasses from documents, and writing them back: the types are the schema.

A field with a default may be left out. A field of several dataclasses is a table whose `kind` says
which of them it is. What no single field can tell, a dataclass tells in `contradictions()`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from messaging.colour import READABLE, WHITE, Colour
from messaging.drawings import Drawing
from messaging.languages import LANGUAGES
from messaging.printable import tidy, why_unprintable

T = TypeVar("T")
Problem = tuple[str, str]

Email = NewType("Email", str)
Phone = NewType("Phone", str)
WebAddress = NewType("WebAddress", str)
Line = NewType("Line", str)
"""One line of an address."""
Texts = Mapping[str, str]
"""A text parents read, once in every language: language key to words."""

LONGEST_TEXT = 600  # characters: room for what a reviewed paragraph needs on two sides
LONGEST_LINE = 60
LARGEST_NUMBER = 10_000
MOST_ITEMS = 100
TAG = "kind"

_ATOM = r"[A-Za-z0-9!#$%&*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
"""As every mail server takes one: a sender that none takes would fail the whole of a batch."""
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
        known = fields(kind)  # type: ignore[arg-type]
        before = len(self.problems)
        self._refuse_unknown(document, [f.name for f in known], path, "is not a setting")
        values = {
            f.name: self._at(hints[f.name], document, path, f.name)
            for f in known
            if f.name in document or not _has_default(f)
        }
        if len(self.problems) > before:
            return None
        value = kind(**values)
        self.problems += [(_place(path, name), reason) for name, reason in _contradictions(value)]
        return value if len(self.problems) == before else None

    def _at(self, kind: Any, table: Mapping[str, Any], path: str, name: str) -> Any:
        place = _place(path, name)
        if name not in table:
            self.problems.append((place, "is missing"))
            return None
        return self._value(kind, table[name], place)

    def _value(self, kind: Any, raw: Any, path: str) -> Any:
        if get_origin(kind) in {Union, UnionType}:
            return self._one_of([one for one in get_args(kind) if one is not NoneType], raw, path)
        if is_dataclass(kind) and isinstance(kind, type) and kind not in _SCALARS:
            return self.read(kind, raw, path)
        if kind == Texts:
            return self._texts(raw, path)
        if get_origin(kind) is tuple:
            return self._items(get_args(kind)[0], raw, path)
        read = _SCALARS.get(kind) or partial(_member, kind)
        try:
            return read(raw)
        except ValueError as wrong:
            self.problems.append((path, str(wrong)))
            return None

    def _one_of(self, kinds: Sequence[Any], raw: Any, path: str) -> Any:
        """A value of the only kind there is, or of the kind that the table names itself."""
        if len(kinds) == 1:
            return self._value(kinds[0], raw, path)
        if not isinstance(raw, Mapping):
            self.problems.append((path, "must be a table"))
            return None
        by_name = {getattr(kind, TAG): kind for kind in kinds}
        tag = raw.get(TAG)
        if not isinstance(tag, str) or tag not in by_name:
            reason = "is missing" if TAG not in raw else f"must be one of {', '.join(by_name)}"
            self.problems.append((_place(path, TAG), reason))
            return None
        rest = {name: value for name, value in raw.items() if name != TAG}
        return self.read(by_name[tag], rest, path)

    def _texts(self, raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            self.problems.append((path, f"must have a text in each of {', '.join(LANGUAGES)}"))
            return None
        self._refuse_unknown(raw, LANGUAGES, path, "is not a language of this service")
        return {language: self._at(str, raw, path, language) for language in LANGUAGES}

    def _items(self, kind: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, list | tuple) or not raw:
            self.problems.append((path, "must be a list, and not an empty one"))
            return None
        if len(raw) > MOST_ITEMS:
            self.problems.append((path, f"must be a list of at most {MOST_ITEMS}"))
            return None
        return tuple(
            self._value(kind, item, f"{path}[{number}]") for number, item in enumerate(raw)
        )

    def _refuse_unknown(
        self, table: Mapping[str, Any], known: Sequence[str], path: str, reason: str
    ) -> None:
        unknown = sorted(set(map(str, table)) - set(known))
        self.problems += [(_place(path, name), reason) for name in unknown]


def _place(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _contradictions(value: Any) -> Iterable[Problem]:
    tell = getattr(value, "contradictions", None)
    return tell() if tell else ()


def _has_default(field: "Field[Any]") -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _member(kind: type[Enum], raw: Any) -> Enum:
    try:
        return kind(raw)
    except ValueError as wrong:
        known = ", ".join(str(member.value) for member in kind)
        raise ValueError(f"must be one of {known}") from wrong


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


def _drawing(raw: Any) -> Drawing:
    if not isinstance(raw, str):
        raise ValueError('must be the text of an SVG drawing, or { file = "drawing.svg" }')  # noqa: TRY004 -- one kind of error here
    return Drawing.parse(raw)


def _truth(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("must be true or false")  # noqa: TRY004 -- one kind of error here
    return raw


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
    Drawing: _drawing,
    bool: _truth,
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
    if isinstance(value, Colour | Drawing | Decimal | date):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        tag = getattr(type(value), TAG, None)
        table = {TAG: tag} if isinstance(tag, str) else {}
        stated = {name: item for name, item in named.items() if item is not None and item != ()}
        return table | {name: written(item) for name, item in stated.items()}
    if isinstance(value, Mapping):
        return {str(key): written(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [written(item) for item in value]
    return value.value if isinstance(value, Enum) else value
