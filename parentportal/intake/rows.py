"""One row of a sheet in; a carer and a child of a family out, or everything wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from messaging.address import AddressRefused, PostalAddress
from messaging.languages import LANGUAGES
from messaging.printable import fold
from parentportal.intake import cells
from parentportal.intake.columns import identifier_in
from parentportal.intake.problems import CellRefused, Note, NoteCode, Problem, ProblemCode, shown
from parentportal.intake.vocabulary import ADDRESS_LINES, Column, Flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from parentportal.intake.columns import Columns
    from parentportal.intake.spreadsheet import SheetRow
    from parentportal.models import AgeBand, OfferKind

BLANK = frozenset({"", "-", "–", "—", "n/a", "none", "nil", "null"})
"""What people type into a cell to say that there is nothing to say."""

_SHEET_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|CALC!|SPILL!)", re.IGNORECASE
)
_FORMULA_OPENINGS = "=+-@"
_MAY_OPEN_SO = {Column.PHONE: "+", Column.ANNUAL_COST: "-", Column.MILES: "-"}
_REFERENCES = frozenset({Column.FAMILY_REFERENCE, Column.CHILD_REFERENCE, Column.PHONE})

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class CarerEntry:
    """An adult as a file describes one; ``address`` has the name as its first line.

    ``phone`` is E.164; ``language`` a key of :func:`cells.read_spoken`, none where the cell was
    blank.
    """

    name: str
    address: PostalAddress | None = None
    phone: str | None = None
    email: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """The name without case: what tells the carers of a family apart."""
        return fold(self.name)


@dataclass(frozen=True, slots=True)
class ChildEntry:
    """A child as a file describes one. ``annual_cost`` in pounds, ``miles`` one way."""

    reference: str | None = None
    first_name: str | None = None
    age_band: AgeBand | None = None
    school: str | None = None
    present_travel: str | None = None
    annual_cost: Decimal | None = None
    miles: Decimal | None = None
    offers: tuple[OfferKind, ...] = ()

    @property
    def key(self) -> str:
        """The reference, else the first name: what tells the children of a family apart."""
        return f"reference:{fold(self.reference)}" if self.reference else self.name_key

    @property
    def name_key(self) -> str:
        """The key this child has where nobody gave it a reference."""
        return f"name:{fold(self.first_name or '')}"


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A row that can be kept: at most one carer and one child of one family."""

    number: int
    family_reference: str
    carer: CarerEntry | None
    child: ChildEntry | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class RowReading:
    """What came of reading a row.

    Attributes:
        number: the row's number in the file.
        family_reference: known even for most rows that cannot be kept, so that their family waits.
        row: none as soon as there is a problem.
        problems: everything wrong with the row by itself.
        notes: what was done kindly.
    """

    number: int
    family_reference: str | None
    row: CohortRow | None
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]


def read_row(row: SheetRow, columns: Columns, width: int, *, demonstration: bool) -> RowReading:
    """Read one row.

    Args:
        row: its cells.
        columns: which cell is which.
        width: how many columns the header has.
        demonstration: whether Ofcom's drama numbers and test domains are good.
    """
    reading = _Reader(row, columns, demonstration)
    if any(row.cells[width:]):
        reading.refuse(None, ProblemCode.EXTRA_CELLS, " ".join(row.cells[width:]))
    reference = reading.value(Column.FAMILY_REFERENCE, cells.read_reference)
    if reference is None and not reading.problems:
        reading.refuse(Column.FAMILY_REFERENCE, ProblemCode.REFERENCE_MISSING)
    carer = reading.carer()
    child = reading.child()
    flags = reading.value(Column.FLAGS, cells.read_flags) or ()
    kept = (
        None
        if reading.problems or reference is None
        else CohortRow(row.number, reference, carer, child, flags)
    )
    return RowReading(row.number, reference, kept, tuple(reading.problems), tuple(reading.notes))


class _Reader:
    """The cells of one row, and what was found wrong on the way."""

    def __init__(self, row: SheetRow, columns: Columns, demonstration: bool) -> None:  # noqa: FBT001
        self._row = row
        self._places = columns.places
        self._demonstration = demonstration
        self.problems: list[Problem] = []
        self.notes: list[Note] = []

    def refuse(
        self, column: Column | None, code: ProblemCode, cell: str = "", **params: object
    ) -> None:
        """Keep a problem of this row."""
        self.problems.append(Problem(self._row.number, column, code, shown(cell), params))

    def note(self, column: Column, code: NoteCode, cell: str) -> None:
        """Keep a note on this row."""
        self.notes.append(Note(self._row.number, column, code, shown(cell)))

    def cell(self, column: Column) -> str:
        """The text of a cell; empty where it is blank, or where it is not what a cell may hold."""
        place = self._places.get(column)
        if place is None or place >= len(self._row.cells):
            return ""
        cell = self._row.cells[place].strip()
        if not cell or cell.casefold() in BLANK:
            return ""
        if _SHEET_ERROR.fullmatch(cell):
            self.refuse(column, ProblemCode.SHEET_ERROR, cell)
            return ""
        opening = unicodedata.normalize("NFKC", cell[0])[0]
        if opening in _FORMULA_OPENINGS and opening not in _MAY_OPEN_SO.get(column, ""):
            self.refuse(column, ProblemCode.FORMULA, cell)
            return ""
        if column is not Column.PHONE and identifier_in(
            cell, bare_digits=column not in _REFERENCES
        ):
            self.refuse(column, ProblemCode.IDENTIFIER, cell)
            return ""
        return cell

    def value(self, column: Column, read: Callable[[str], Value]) -> Value | None:
        """What a cell holds; none where it is blank or refused, and then the problem is kept."""
        cell = self.cell(column)
        if not cell:
            return None
        try:
            return read(cell)
        except CellRefused as refused:
            self.refuse(column, refused.code, cell, **refused.params)
            return None

    def line(self, column: Column, most: int) -> str | None:
        """A line of plain text."""
        return self.value(column, lambda cell: cells.read_line(cell, most))

    def carer(self) -> CarerEntry | None:
        """The carer of this row, if the row names one."""
        before = len(self.problems)
        name = self.line(Column.CARER_NAME, cells.LONGEST_NAME)
        lines = [
            line for column in ADDRESS_LINES for line in self.cell(column).splitlines() if line
        ]
        demonstration = self._demonstration
        phone = self.value(
            Column.PHONE, lambda cell: cells.read_phone(cell, demonstration=demonstration)
        )
        email = self.value(
            Column.EMAIL, lambda cell: cells.read_email(cell, demonstration=demonstration)
        )
        language = self._language()
        if len(self.problems) > before:
            return None
        if name is None:
            if lines or phone or email:
                self.refuse(Column.CARER_NAME, ProblemCode.NAME_MISSING)
            return None
        return CarerEntry(name, self._address(name, lines), phone, email, language)

    def child(self) -> ChildEntry | None:
        """The child of this row, if the row describes one."""
        before = len(self.problems)
        child = ChildEntry(
            reference=self.value(Column.CHILD_REFERENCE, cells.read_reference),
            first_name=self.line(Column.CHILD_FIRST_NAME, cells.LONGEST_NAME),
            age_band=self.value(Column.AGE_BAND, cells.read_age_band),
            school=self.line(Column.SCHOOL, cells.LONGEST_SCHOOL),
            present_travel=self.line(Column.PRESENT_TRAVEL, cells.LONGEST_TRAVEL),
            annual_cost=self.value(Column.ANNUAL_COST, cells.read_money),
            miles=self.value(Column.MILES, cells.read_miles),
            offers=self.value(Column.OFFERS_OPEN, cells.read_offers) or (),
        )
        if child.age_band and cells.was_a_date(written := self.cell(Column.AGE_BAND)):
            self.note(Column.AGE_BAND, NoteCode.AGE_BAND_WAS_A_DATE, written)
        if len(self.problems) > before or child == ChildEntry():
            return None
        if not child.reference and not child.first_name:
            self.refuse(Column.CHILD_REFERENCE, ProblemCode.CHILD_UNNAMED)
        return child

    def _language(self) -> str | None:
        """The language as the council told it; one that this service does not write gets a note."""
        written = self.cell(Column.LANGUAGE)
        if not written:
            return None
        spoken = cells.read_spoken(written)
        if spoken not in LANGUAGES:
            self.note(Column.LANGUAGE, NoteCode.LANGUAGE_NOT_WRITTEN, written)
        return spoken

    def _address(self, name: str, lines: list[str]) -> PostalAddress | None:
        """The address; a row without any line leaves it to the family's other rows."""
        if not lines:
            return None
        try:
            return PostalAddress.parse([name, *lines])
        except AddressRefused as refused:
            for code in refused.codes:
                self.refuse(Column.ADDRESS_LINE_1, ProblemCode(f"address-{code}"), ", ".join(lines))
            return None
