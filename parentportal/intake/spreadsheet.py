"""Bytes of a file in, a sheet of text cells out, its rows numbered as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

import chardet

from parentportal.intake.columns import holds_data
from parentportal.intake.workbook import WorkbookFault, read_workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DELIMITERS = ",;\t"
CODE_PAGES = {"cp1252": 1.5, "cp1250": 1.0}
"""What spreadsheets in Britain and Poland write when they do not write Unicode.

A reading that puts signs into words (``Pawe³``) is the wrong one. Where both make words, chardet
says which is likelier; for a column of names it is never sure, so the British one weighs more. This
counts as a guess, and an officer sees some of it before confirming.
"""
SAMPLE = 2_000
"""Words that are looked at to tell code pages apart."""
PREVIEWED = 5

_NOT_TEXT = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
_TELLING = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff'-]*")
_SIGN_IN_A_WORD = re.compile(r"[^\W\d_][³¹¿¯¥Ÿ¼¾]|[£³¹¿¯¥][^\W\d_]")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS = (  # longest first: the mark of UTF-32 begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


class SheetReason(StrEnum):
    """Why a whole file is refused."""

    EMPTY = "empty"
    NO_ROWS = "no-rows"
    TOO_BIG = "too-big"
    NOT_A_SPREADSHEET = "not-a-spreadsheet"
    LOCKED = "locked"
    SWELLS = "swells"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"
    UNSURE_OF_LETTERS = "unsure-of-letters"
    NUL = "nul"
    OPEN_QUOTE = "open-quote"
    NO_HEADERS = "no-headers"
    SAME_HEADER_TWICE = "same-header-twice"


class SheetRefused(ValueError):
    """The file cannot be read as a spreadsheet.

    Attributes:
        reason: which refusal; its words are the pages' own.
        params: what the words may name: a row, a header, a limit, some of the text.
    """

    def __init__(self, reason: SheetReason, **params: str | int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.params = params


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken in one file.

    Attributes:
        size: bytes of the file as it arrives.
        rows: rows, its header included.
        columns: columns.
    """

    size: int = 10 * 1024 * 1024
    rows: int = 50_000
    columns: int = 100


USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that is not blank; ``cells`` may be shorter or longer than the header."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds, as text.

    Attributes:
        headers: one for each column, each different, none empty.
        rows: numbered as in the file, the first row being 1.
        encoding: how a text file was read; empty for a workbook.
        guessed: whether that was a guess, so that somebody ought to look at the preview.
        preview: some cells with letters outside plain English, as they were read.
        other_sheets: names of a workbook's sheets that were not read.
    """

    headers: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    encoding: str = ""
    guessed: bool = False
    preview: tuple[str, ...] = ()
    other_sheets: tuple[str, ...] = ()

    def without(self, places: frozenset[int]) -> Sheet:
        """The same sheet, some of its columns (counted from 0) taken out for good."""
        if not places:
            return self
        rows = tuple(SheetRow(row.number, _kept(row.cells, places)) for row in self.rows)
        return replace(self, headers=_kept(self.headers, places), rows=rows, preview=_preview(rows))

    def document(self) -> dict[str, Any]:
        """As JSON can hold it; :meth:`from_document` gives the same sheet."""
        return {
            "headers": self.headers,
            "rows": [(row.number, row.cells) for row in self.rows],
            "encoding": self.encoding,
            "guessed": self.guessed,
            "preview": self.preview,
            "other_sheets": self.other_sheets,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Sheet:
        """The sheet that :meth:`document` wrote down."""
        return cls(
            headers=tuple(document["headers"]),
            rows=tuple(SheetRow(number, tuple(cells)) for number, cells in document["rows"]),
            encoding=document["encoding"],
            guessed=document["guessed"],
            preview=tuple(document["preview"]),
            other_sheets=tuple(document["other_sheets"]),
        )


def read_sheet(content: bytes, limits: Limits = USUAL_LIMITS) -> Sheet:
    """Read CSV (comma, semicolon or tab), XLSX, XLS or ODS; the content says which, not the name.

    Raises:
        SheetRefused: when it is none of them, or more than the limits allow.
    """
    if len(content) > limits.size:
        raise SheetRefused(SheetReason.TOO_BIG, largest=limits.size // (1024 * 1024))
    if not content.strip():
        raise SheetRefused(SheetReason.EMPTY)
    if content.startswith((_ZIP, _OLE)):
        return _from_workbook(content, limits)
    return _from_text(content, limits)


def _from_workbook(content: bytes, limits: Limits) -> Sheet:
    try:
        workbook = read_workbook(content, rows=limits.rows, columns=limits.columns)
    except WorkbookFault as fault:
        limit = {
            SheetReason.TOO_MANY_ROWS: {"most": limits.rows},
            SheetReason.TOO_MANY_COLUMNS: {"most": limits.columns},
        }.get(reason := SheetReason(fault.code), {})
        raise SheetRefused(reason, **limit) from None
    return replace(_sheet(workbook.rows, limits), other_sheets=workbook.other_sheets)


def _from_text(content: bytes, limits: Limits) -> Sheet:
    text, encoding, guessed = _decoded(content)
    if "\0" in text:
        raise SheetRefused(SheetReason.NUL)
    if _NOT_TEXT.search(text) or text.startswith("%PDF"):
        raise SheetRefused(SheetReason.NOT_A_SPREADSHEET)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > limits.rows:
                raise SheetRefused(SheetReason.TOO_MANY_ROWS, most=limits.rows)
    except csv.Error:
        raise SheetRefused(SheetReason.OPEN_QUOTE, row=len(rows) + 1) from None
    return replace(_sheet(rows, limits), encoding=encoding, guessed=guessed)


def _decoded(content: bytes) -> tuple[str, str, bool]:
    """The text, the name of its encoding, and whether that is a guess."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), encoding.removesuffix("-sig"), False
            except UnicodeDecodeError:
                raise SheetRefused(SheetReason.NOT_A_SPREADSHEET) from None
    try:
        return content.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    if b"\0" in content:
        raise SheetRefused(SheetReason.NUL)
    # Only words with letters outside ASCII tell code pages apart; the others drown them.
    telling = b" ".join(found[0] for found in islice(_TELLING.finditer(content), SAMPLE))
    for encoding in _likeliest_first(telling):
        try:
            return content.decode(encoding), encoding, True
        except UnicodeDecodeError:
            continue
    seen = telling[:60].decode("cp1252", "replace")
    raise SheetRefused(
        SheetReason.UNSURE_OF_LETTERS, seen=_NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", seen)
    )


def _likeliest_first(telling: bytes) -> list[str]:
    """The code pages, in the order in which they suit these lines."""
    guesses = chardet.detect_all(
        telling, ignore_threshold=True, include_encodings=CODE_PAGES, compat_names=False
    )
    sure = {guess["encoding"]: guess["confidence"] for guess in guesses}

    def unlikeliness(page: str) -> tuple[int, float]:
        signs = len(_SIGN_IN_A_WORD.findall(telling.decode(page, "replace")))
        return signs, -CODE_PAGES[page] * sure.get(page, 0)

    return sorted(CODE_PAGES, key=unlikeliness)


def _delimiter(text: str) -> str:
    """The one that makes most columns of the first line; a comma when none makes any."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"?', "", first)
    return max(DELIMITERS, key=unquoted.count)


def _preview(rows: Iterable[SheetRow]) -> tuple[str, ...]:
    """A few different cells that tell whether letters outside plain English were read right."""
    found: dict[str, None] = {}
    for cell in (cell for row in rows for cell in row.cells if not cell.isascii()):
        found[cell[:60]] = None
        if len(found) == PREVIEWED:
            break
    return tuple(found)


def _sheet(rows: Sequence[Sequence[str]], limits: Limits) -> Sheet:
    """Headers from the first row that is not blank; every other one keeps its number."""
    filled = [
        SheetRow(number, tuple(cell.strip() for cell in row))
        for number, row in enumerate(rows, start=1)
        if any(cell and not cell.isspace() for cell in row)
    ]
    if not filled:
        raise SheetRefused(SheetReason.EMPTY)
    headers = list(filled[0].cells)
    while not headers[-1]:
        headers.pop()
    if len(headers) > limits.columns:
        raise SheetRefused(SheetReason.TOO_MANY_COLUMNS, most=limits.columns)
    if any(holds_data(header) for header in headers):
        raise SheetRefused(SheetReason.NO_HEADERS)
    named = tuple(
        " ".join(header.split())[:200] or f"Column {_letters(place)}"
        for place, header in enumerate(headers)
    )
    seen: set[str] = set()
    for header in named:
        if header.casefold() in seen:
            raise SheetRefused(SheetReason.SAME_HEADER_TWICE, header=header)
        seen.add(header.casefold())
    if len(filled) == 1:
        raise SheetRefused(SheetReason.NO_ROWS)
    data = tuple(filled[1:])
    return Sheet(named, data, preview=_preview(data))


def _letters(place: int) -> str:
    """A column's name in a spreadsheet: 0 is A, 26 is AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _kept(cells: tuple[str, ...], gone: frozenset[int]) -> tuple[str, ...]:
    return tuple(cell for place, cell in enumerate(cells) if place not in gone)
