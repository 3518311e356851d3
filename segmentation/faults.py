"""What is wrong with a file somebody brought, row by row: the words of every command's refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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


_WORDS: Final = {
    Fault.UNREADABLE: "cannot be read as CSV in UTF-8",
    Fault.EMPTY: "the file is empty",
    Fault.NO_ID_COLUMN: "there is no column id",
    Fault.COLUMN_TWICE: "the same thing stands in two columns",
    Fault.OFF_SCALE: "neither blank nor 1 to 6",
    Fault.NO_ID: "there is no id",
    Fault.ID_TWICE: "the id has been used further up",
    Fault.TOO_MANY_CELLS: "more cells than the header has",
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
    """

    def __init__(self, findings: Sequence[Finding], count: int) -> None:
        super().__init__(f"{count} faults")
        self.findings = tuple(findings)
        self.count = count
