"""What a message is made of: a few kinds of block, each either tone or locked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over what follows."""

    part: str
    locked: bool
    text: str


Ranges = tuple[tuple[int, int], ...]
"""Where a text is bold: from this character up to that one, in order and apart."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `strong` are its bold ranges."""

    part: str
    locked: bool
    text: str
    strong: Ranges = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A bulleted list; `strong` holds the bold ranges of each item, or nothing if none is bold."""

    part: str
    locked: bool
    items: tuple[str, ...]
    strong: tuple[Ranges, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head row; the first column names the rows."""

    part: str
    locked: bool
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A titled fact: the title runs into the text."""

    part: str
    locked: bool
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """The parting words and who says them, a line each."""

    part: str
    locked: bool
    lines: tuple[str, ...]


Block = Heading | Paragraph | Listing | Grid | Fact | Signature

_KINDS: Mapping[str, type[Block]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "listing": Listing,
    "grid": Grid,
    "fact": Fact,
    "signature": Signature,
}
_KIND_OF = {kind: name for name, kind in _KINDS.items()}


def block_document(block: Block) -> dict[str, Any]:
    """A block in JSON's types, its kind first; where nothing is bold, nothing is said of it."""
    values = {field.name: getattr(block, field.name) for field in fields(block)}
    if not values.get("strong", True):
        del values["strong"]
    return {"kind": _KIND_OF[type(block)], **{k: _listed(v) for k, v in values.items()}}


def emphasised(text: str, strong: Ranges) -> Iterator[tuple[str, bool]]:
    """The text in runs, each with whether it is bold; together they are the text."""
    end = 0
    for start, stop in strong:
        yield text[end:start], False
        yield text[start:stop], True
        end = stop
    yield text[end:], False


def read_block(document: Mapping[str, Any]) -> Block:
    """The block that `block_document` wrote.

    Raises:
        KeyError: an unknown kind.
        TypeError: fields that the kind does not have.
    """
    values = {name: _frozen(value) for name, value in document.items() if name != "kind"}
    return _KINDS[document["kind"]](**values)


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
