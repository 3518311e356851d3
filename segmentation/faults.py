"""Files somebody brings: read with their row numbers, refused whole; results written whole."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from os import getpid
from pathlib import Path
from typing import Final, TextIO

LISTED: Final = 100
"""Faults kept for the report; beyond these they are only counted."""


class Fault(StrEnum):
    """Why a file is refused."""

    UNREADABLE = "unreadable"
    EMPTY = "empty"
    NO_ID_COLUMN = "no-id-column"
    COLUMN_TWICE = "column-twice"
    OFF_SCALE = "off-scale"
    NO_ID = "no-id"
    ID_TWICE = "id-twice"
    TOO_MANY_CELLS = "too-many-cells"
    NO_COLUMN = "no-column"
    BLANK = "blank"
    NOT_A_SEGMENT = "not-a-segment"
    NOT_A_PROBABILITY = "not-a-probability"
    NOT_ONE_TOGETHER = "not-one-together"
    NOT_IN_FRAME = "not-in-frame"
    NOT_INVITED = "not-invited"
    NOT_A_SCORE = "not-a-score"
    NOT_OURS = "not-ours"
    NOT_ONE_CARER = "not-one-carer"


_WORDS: Final = {
    Fault.UNREADABLE: "cannot be read as CSV in UTF-8",
    Fault.EMPTY: "the file is empty",
    Fault.NO_ID_COLUMN: "there is no column id",
    Fault.COLUMN_TWICE: "the same thing stands in two columns",
    Fault.OFF_SCALE: "neither blank nor 1 to 6",
    Fault.NO_ID: "there is no id",
    Fault.ID_TWICE: "the id has been used further up",
    Fault.TOO_MANY_CELLS: "more cells than the header has",
    Fault.NO_COLUMN: "there is no such column",
    Fault.BLANK: "blank; what is not known needs a word of its own",
    Fault.NOT_A_SEGMENT: "neither blank nor the name of a segment",
    Fault.NOT_A_PROBABILITY: "no probability",
    Fault.NOT_ONE_TOGETHER: "the probabilities do not add up to 1",
    Fault.NOT_IN_FRAME: "nobody in the frame has this id",
    Fault.NOT_INVITED: "nobody with this id was invited",
    Fault.NOT_A_SCORE: "no number, or one beyond the scale",
    Fault.NOT_OURS: "no family has this reference",
    Fault.NOT_ONE_CARER: "the family has more than one carer: nobody can say whose it is",
}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: its row as a spreadsheet numbers it (the header is row 1) and its column."""

    row: int
    column: str
    fault: Fault

    def __str__(self) -> str:
        """Say it in a line."""
        place = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {_WORDS[self.fault]}"


class FileRefused(ValueError):
    """The file is refused whole; nothing was written.

    Attributes:
        findings: the first faults, in the order of their rows.
        count: how many there were altogether.
        source: the file, where a command reads more than one.
    """

    def __init__(self, findings: Sequence[Finding], count: int, source: Path | None = None) -> None:
        super().__init__(f"{count} faults")
        self.findings = tuple(findings)
        self.count = count
        self.source = source


class Findings:
    """What one reading of a file has found so far.

    Attributes:
        count: how many faults, those beyond the list included.
    """

    def __init__(self) -> None:
        self._listed: list[Finding] = []
        self.count = 0

    def note(self, row: int, fault: Fault, column: str = "") -> None:
        """Add a fault; the same one twice is one, since a file may be read twice."""
        finding = Finding(row, column, fault)
        if finding in self._listed:
            return
        self.count += 1
        if len(self._listed) < LISTED:
            self._listed.append(finding)

    def refuse(self, source: Path | None = None) -> None:
        """Refuse the file if anything at all was found, by name where there are several.

        Raises:
            FileRefused: something was.
        """
        if self.count:
            raise FileRefused(sorted(self._listed), self.count, source)


def records(source: Path, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Give each record of a CSV file with its number in a spreadsheet; what is no CSV is noted.

    Raises:
        OSError: the file cannot be opened.
    """
    number = 0
    with source.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for number, row in enumerate(csv.reader(lines, strict=True), start=1):
                yield number, row
        except UnicodeDecodeError:
            findings.note(_first_undecodable(source), Fault.UNREADABLE)
        except csv.Error:
            findings.note(number + 1, Fault.UNREADABLE)


@contextmanager
def written_whole(target: Path, *sources: Path) -> Iterator[TextIO]:
    """Write a file that is there whole or not at all: a refusal within leaves nothing behind.

    Raises:
        FileExistsError: the target is one of the files that are read, or no ordinary file.
        OSError: it cannot be written.
    """
    if target.exists() and (not target.is_file() or any(map(target.samefile, sources))):
        raise FileExistsError(f"{target} cannot be written over")
    unfinished = target.with_name(f".{target.name}.{getpid()}.part")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as out:
            yield out
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _first_undecodable(source: Path) -> int:
    """Find the row whose bytes are no UTF-8; the decoder reads ahead, so it cannot say itself."""
    with source.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        number = 1
        for number, row in enumerate(csv.reader(lines), start=1):  # noqa: B007 - wanted afterwards
            if any("\udc80" <= character <= "\udcff" for cell in row for character in cell):
                break
    return number
