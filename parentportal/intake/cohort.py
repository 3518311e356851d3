"""A whole file: read, matched, checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from parentportal.intake.columns import (
    Columns,
    Dropped,
    drop_identifiers,
    match_columns,
)
from parentportal.intake.families import FamilyEntry, assemble
from parentportal.intake.problems import Note, NoteCode, Problem, ProblemCode
from parentportal.intake.rows import read_row
from parentportal.intake.spreadsheet import USUAL_LIMITS, Limits, Sheet, read_sheet
from parentportal.intake.vocabulary import Column, Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CheckedCohort:
    """What a file says, and what is wrong with it.

    Attributes:
        sheet: its cells, without the columns of identifiers.
        sha256: of the file as it came.
        dropped: the columns that were taken out.
        columns: what each of the others means.
        families: those of which every row is good; none while ``family_reference`` is not found.
        waiting: how many families wait for a row to be mended.
        problems: by row.
        notes: what was done kindly.
        demonstration: whether numbers kept for drama were good.
    """

    sheet: Sheet
    sha256: str
    dropped: tuple[Dropped, ...]
    columns: Columns
    families: tuple[FamilyEntry, ...]
    waiting: int
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    demonstration: bool

    @property
    def rows(self) -> int:
        """How many rows the file has, without its header and blank ones."""
        return len(self.sheet.rows)

    @property
    def bad_rows(self) -> int:
        """How many rows have a problem."""
        return len({problem.row for problem in self.problems})

    def document(self) -> dict[str, Any]:
        """What is kept, sealed, until somebody confirms; the families are read again then."""
        return {
            "sheet": self.sheet.document(),
            "sha256": self.sha256,
            "dropped": [(d.header, d.identifier) for d in self.dropped],
            "chosen": dict(self.columns.chosen),
            "problems": [(p.row, p.column, p.code, p.shown, dict(p.params)) for p in self.problems],
            "notes": [(n.row, n.column, n.code, n.shown) for n in self.notes],
            "demonstration": self.demonstration,
        }


@dataclass(frozen=True, slots=True)
class KeptReport:
    """The part of a kept check that its page shows; the families are not read again for it."""

    headers: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    chosen: Mapping[str, str]
    encoding: str
    guessed: bool
    preview: tuple[str, ...]
    other_sheets: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]


def check_cohort(
    content: bytes,
    *,
    demonstration: bool,
    remembered: Mapping[str, str] = MappingProxyType({}),
    limits: Limits = USUAL_LIMITS,
) -> CheckedCohort:
    """Read and check a file: nothing is written anywhere.

    Args:
        content: the file.
        demonstration: whether Ofcom's drama numbers and test domains are good.
        remembered: what this council's own headers mean, by ``header_key``.
        limits: the most that is taken.

    Raises:
        SheetRefused: when it is no spreadsheet this service reads.
    """
    sheet, dropped = drop_identifiers(read_sheet(content, limits))
    columns = match_columns(sheet.headers, remembered)
    return _checked(sheet, sha256(content).hexdigest(), dropped, columns, demonstration)


def check_again(
    document: Mapping[str, Any], chosen: Mapping[str, str] | None = None
) -> CheckedCohort:
    """The same check of a kept file, with other columns where an officer chose them."""
    sheet = Sheet.from_document(document["sheet"])
    columns = match_columns(sheet.headers, chosen=document["chosen"] if chosen is None else chosen)
    return _checked(
        sheet, document["sha256"], _dropped(document), columns, document["demonstration"]
    )


def kept_report(document: Mapping[str, Any]) -> KeptReport:
    """What the page of a kept check shows."""
    sheet = document["sheet"]
    return KeptReport(
        headers=tuple(sheet["headers"]),
        dropped=_dropped(document),
        chosen=document["chosen"],
        encoding=sheet["encoding"],
        guessed=sheet["guessed"],
        preview=tuple(sheet["preview"]),
        other_sheets=tuple(sheet["other_sheets"]),
        problems=tuple(
            Problem(row, Column(column) if column else None, ProblemCode(code), shown, params)
            for row, column, code, shown, params in document["problems"]
        ),
        notes=tuple(
            Note(row, Column(column), NoteCode(code), shown)
            for row, column, code, shown in document["notes"]
        ),
    )


def grouped(notes: tuple[Note, ...]) -> list[tuple[NoteCode, str, int]]:
    """Notes that say the same, once, with how many rows they are about."""
    counts = Counter((note.code, note.shown) for note in notes)
    return [(code, shown, rows) for (code, shown), rows in counts.most_common()]


def _checked(
    sheet: Sheet,
    digest: str,
    dropped: tuple[Dropped, ...],
    columns: Columns,
    demonstration: bool,  # noqa: FBT001
) -> CheckedCohort:
    families: tuple[FamilyEntry, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    waiting = 0
    if columns.complete:
        width = len(sheet.headers)
        readings = [
            read_row(row, columns, width, demonstration=demonstration) for row in sheet.rows
        ]
        families, problems, waiting = assemble(readings)
        notes = tuple(note for reading in readings for note in reading.notes)
    return CheckedCohort(
        sheet, digest, dropped, columns, families, waiting, problems, notes, demonstration
    )


def _dropped(document: Mapping[str, Any]) -> tuple[Dropped, ...]:
    return tuple(Dropped(header, Identifier(kind)) for header, kind in document["dropped"])
