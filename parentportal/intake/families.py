"""Rows put together to families: whole ones, and every contradiction between their rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from messaging.printable import fold
from parentportal.intake.problems import Problem, ProblemCode, shown
from parentportal.intake.rows import CarerEntry, ChildEntry
from parentportal.intake.vocabulary import Column, Flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from parentportal.intake.rows import CohortRow, RowReading

_CARER_COLUMNS = {
    "address": Column.ADDRESS_LINE_1,
    "phone": Column.PHONE,
    "email": Column.EMAIL,
    "language": Column.LANGUAGE,
}
_CHILD_COLUMNS = {
    "reference": Column.CHILD_REFERENCE,
    "first_name": Column.CHILD_FIRST_NAME,
    "age_band": Column.AGE_BAND,
    "school": Column.SCHOOL,
    "present_travel": Column.PRESENT_TRAVEL,
    "annual_cost": Column.ANNUAL_COST,
    "miles": Column.MILES,
    "offers": Column.OFFERS_OPEN,
}

Entry = TypeVar("Entry", CarerEntry, ChildEntry)


@dataclass(frozen=True, slots=True)
class FamilyEntry:
    """A household as a file describes one: every carer and child of all its rows, each once."""

    reference: str
    flags: tuple[Flag, ...]
    carers: tuple[CarerEntry, ...]
    children: tuple[ChildEntry, ...]
    rows: tuple[int, ...]

    @property
    def key(self) -> str:
        """The reference without case: what tells families apart."""
        return fold(self.reference)


def assemble(
    readings: Sequence[RowReading],
) -> tuple[tuple[FamilyEntry, ...], tuple[Problem, ...], int]:
    """Put rows of one family reference together.

    Returns:
        The families all of whose rows are good, in the order of the file; every problem, by row;
        and how many families wait for a row to be mended.
    """
    by_reference: dict[str, list[RowReading]] = {}
    for reading in readings:
        if reading.family_reference is not None:
            by_reference.setdefault(fold(reading.family_reference), []).append(reading)
    problems = [problem for reading in readings for problem in reading.problems]
    drafts = [_Draft(own[0].family_reference or "", own) for own in by_reference.values()]
    for draft in drafts:
        problems += draft.problems
    problems += _families_twice(drafts)
    bad = {problem.row for problem in problems}
    whole = tuple(draft.entry() for draft in drafts if bad.isdisjoint(draft.rows))
    problems.sort(key=lambda problem: problem.row)
    return whole, tuple(problems), len(drafts) - len(whole)


class _Draft:
    """A family while its rows are being put together."""

    def __init__(self, reference: str, readings: Iterable[RowReading]) -> None:
        self.reference = reference
        self.rows: list[int] = []
        self.problems: list[Problem] = []
        self.carers: dict[str, tuple[int, CarerEntry]] = {}
        self._children: dict[str, tuple[int, ChildEntry]] = {}
        self._flags: set[Flag] = set()
        self._pairs: dict[tuple[str | None, str | None], int] = {}
        readable = True
        for reading in readings:
            self.rows.append(reading.number)
            if reading.row is None:
                readable = False
            else:
                self._add(reading.row)
        if readable:
            self._check_carers()

    def entry(self) -> FamilyEntry:
        """The family as it now stands."""
        return FamilyEntry(
            self.reference,
            tuple(flag for flag in Flag if flag in self._flags),
            tuple(carer for _, carer in self.carers.values()),
            tuple(child for _, child in self._children.values()),
            tuple(self.rows),
        )

    def _add(self, row: CohortRow) -> None:
        pair = (
            row.carer.key if row.carer else None,
            row.child.key if row.child else None,
        )
        earlier = self._pairs.setdefault(pair, row.number)
        if earlier != row.number:
            self._refuse(row.number, None, ProblemCode.ROW_TWICE, other=earlier)
            return
        self._flags.update(row.flags)
        if row.carer:
            self._merge(self.carers, row.carer, row.number)
        if row.child:
            self._merge(self._children, row.child, row.number)

    def _merge(self, known: dict[str, tuple[int, Entry]], entry: Entry, number: int) -> None:
        """Fill what an earlier row left blank; say where two rows contradict each other."""
        if entry.key not in known:
            known[entry.key] = (number, entry)
            return
        first, merged = known[entry.key]
        columns, code = (
            (_CARER_COLUMNS, ProblemCode.CARER_DIFFERS)
            if isinstance(entry, CarerEntry)
            else (_CHILD_COLUMNS, ProblemCode.CHILD_DIFFERS)
        )
        filled: dict[str, Any] = {}
        for name, column in columns.items():
            mine, theirs = getattr(merged, name), getattr(entry, name)
            if not _given(theirs) or _alike(mine, theirs):
                continue
            if _given(mine):
                self._refuse(number, column, code, _in_words(theirs), other=first)
            else:
                filled[name] = theirs
        if filled:
            known[entry.key] = (first, replace(merged, **filled))

    def _check_carers(self) -> None:
        if not self.carers:
            self._refuse(self.rows[0], Column.CARER_NAME, ProblemCode.NO_CARER)
        for number, carer in self.carers.values():
            if not (carer.address or carer.email or carer.phone):
                self._refuse(number, Column.ADDRESS_LINE_1, ProblemCode.NO_WAY_TO_REACH)

    def _refuse(
        self, row: int, column: Column | None, code: ProblemCode, cell: str = "", **params: int
    ) -> None:
        self.problems.append(Problem(row, column, code, shown(cell), params))


def _families_twice(drafts: Iterable[_Draft]) -> list[Problem]:
    """One adult at one postcode under two references: probably one family, so both wait."""
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    problems: list[Problem] = []
    for draft in drafts:
        for key, (number, carer) in draft.carers.items():
            if carer.address is None or not carer.address.postcode:
                continue
            where = (key, carer.address.postcode)
            reference, other = seen.setdefault(where, (draft.reference, number))
            if reference != draft.reference:
                problems += [
                    Problem(
                        here,
                        Column.FAMILY_REFERENCE,
                        ProblemCode.FAMILY_TWICE,
                        shown(mine),
                        {"other": there},
                    )
                    for here, mine, there in (
                        (other, reference, number),
                        (number, draft.reference, other),
                    )
                ]
    return problems


def _given(value: object) -> bool:
    return value is not None and value != ()


def _alike(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, str) and isinstance(theirs, str):
        return mine.casefold() == theirs.casefold()
    return bool(mine == theirs)


def _in_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ";".join(value)
    lines = getattr(value, "lines", None)
    return ", ".join(lines) if lines else str(value)
