"""The files of a survey: who could be asked, who was, and what the typing tool says of who replied.

CSV in UTF-8, a person a row, with a column `id`. A frame has a column for each variable that is
asked for; other columns are passed over. A sample is what the command `sample` wrote: `id`, the
variables it was stratified by, `probability`. Replies are what `classify` wrote, or like it:
`segment` (blank when unassigned), or the three probabilities `p_settler`, `p_prospector` and
`p_pioneer`, or both. Everything that is not as described refuses the whole file, by row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import numpy as np

from segmentation.faults import Fault, Findings, records
from segmentation.sampling import Frame
from segmentation.scoring import SEGMENTS, Floats
from segmentation.segments import Segment

IDENTITY: Final = "id"
PROBABILITY: Final = "probability"
SEGMENT: Final = "segment"
POSTERIORS: Final = tuple(f"p_{segment}" for segment in SEGMENTS)

_ROUNDING: Final = 0.0151
"""How far three probabilities may be from 1 together where each was rounded to two decimals."""

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Invited:
    """Who was asked, of everybody who could be.

    Attributes:
        frame: everybody.
        by: the variables that make the strata; none where everybody counts as one.
        chances: id of each person invited to how likely they were to be, above 0 and at most 1.
    """

    frame: Frame
    by: tuple[str, ...]
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Typed:
    """Who replied, and their segments.

    Attributes:
        ids: one for each person.
        segments: each person's, or none; None altogether where the file has no such column.
        posteriors: (people, segments), or None where the file has no such columns.
    """

    ids: tuple[str, ...]
    segments: tuple[Segment | None, ...] | None
    posteriors: Floats | None


def read_frame(source: Path, by: Sequence[str]) -> Frame:
    """Read everybody who could be asked, with these variables.

    Raises:
        FileRefused: something in the file is not as described.
        OSError: it cannot be opened.
    """
    table = SurveyTable(source, [IDENTITY, *by])
    columns = {variable: table.read(variable, _filled, Fault.BLANK) for variable in by}
    table.findings.refuse(source)
    return Frame(table.ids, columns)


def read_invited(frame_file: Path, by: Sequence[str], sample_file: Path | None = None) -> Invited:
    """Read everybody who could be asked and, from a sample, who was; without one, all were.

    Args:
        frame_file: the frame, with the variables `by` and those the sample is stratified by.
        by: variables wanted besides.
        sample_file: what the command `sample` wrote.

    Raises:
        FileRefused: something in a file is not as described.
        OSError: one cannot be opened.
    """
    if sample_file is None:
        frame = read_frame(frame_file, by)
        return Invited(frame, (), dict.fromkeys(frame.ids, 1.0))
    sample = SurveyTable(sample_file, [IDENTITY, PROBABILITY])
    probabilities = sample.read(PROBABILITY, _chance, Fault.NOT_A_PROBABILITY)
    sample.findings.refuse(sample_file)
    strata = tuple(name for name in sample.names if name not in {IDENTITY, PROBABILITY})
    frame = read_frame(frame_file, list(dict.fromkeys([*by, *strata])))
    sample.must_be_among(frame.ids, Fault.NOT_IN_FRAME)
    sample.findings.refuse(sample_file)
    return Invited(frame, strata, dict(zip(sample.ids, probabilities, strict=True)))


def read_typed(source: Path, invited: Invited) -> Typed:
    """Read the segments of those who replied, who must be among those invited.

    Raises:
        FileRefused: something in the file is not as described.
        OSError: it cannot be opened.
    """
    table = SurveyTable(source, [IDENTITY])
    table.must_be_among(invited.chances, Fault.NOT_INVITED)
    by_part = any(name in table.names for name in POSTERIORS)
    segments = posteriors = None
    if SEGMENT in table.names or not by_part:
        segments = table.read(SEGMENT, _segment, Fault.NOT_A_SEGMENT)
    if by_part:
        posteriors = _posteriors(table)
    table.findings.refuse(source)
    return Typed(table.ids, segments, posteriors)


def _posteriors(table: "SurveyTable") -> Floats | None:
    """Read three probabilities that add up to one, or note where they do not."""
    parts = [table.read(name, _part, Fault.NOT_A_PROBABILITY) for name in POSTERIORS]
    if table.findings.count:
        return None
    read: Floats = np.array(parts, dtype=np.float64).T
    for row, together in zip(table.rows, read.sum(axis=1).tolist(), strict=True):
        if abs(together - 1) > _ROUNDING:
            table.findings.note(row, Fault.NOT_ONE_TOGETHER, POSTERIORS[0])
    return read


class SurveyTable:
    """The rows of one file with the columns it must have, and what is wrong with it.

    Attributes:
        names: the header.
        ids: each person's, without spaces around it.
        rows: each person's row, as a spreadsheet numbers it.
    """

    def __init__(self, source: Path, needed: Sequence[str]) -> None:
        self.findings = Findings()
        self.rows: tuple[int, ...] = ()
        self.ids: tuple[str, ...] = ()
        self._cells: list[list[str]] = []
        lines = records(source, self.findings)
        _, header = next(lines, (1, None))
        self.names = [name.strip() for name in header or ()]
        if header is None and not self.findings.count:
            self.findings.note(1, Fault.EMPTY)
        self._check_header(needed)
        if not self.findings.count:
            self._keep(lines)

    def _check_header(self, needed: Sequence[str]) -> None:
        for name in {name for name in self.names if name and self.names.count(name) > 1}:
            self.findings.note(1, Fault.COLUMN_TWICE, name)
        for name in needed:
            if self.names and name not in self.names:
                missing = Fault.NO_ID_COLUMN if name == IDENTITY else Fault.NO_COLUMN
                self.findings.note(1, missing, "" if name == IDENTITY else name)

    def _keep(self, lines: Iterator[tuple[int, list[str]]]) -> None:
        """Keep every row that is one, as wide as the header; note what is wrong with its shape."""
        width, place = len(self.names), self.names.index(IDENTITY)
        kept: dict[str, int] = {}
        for number, line in lines:
            row = [cell.strip() for cell in line]
            if not any(row):
                continue
            if any(row[width:]):
                self.findings.note(number, Fault.TOO_MANY_CELLS)
            row = [*row[:width], *[""] * (width - len(row))]
            if not row[place]:
                self.findings.note(number, Fault.NO_ID)
            elif row[place] in kept:
                self.findings.note(number, Fault.ID_TWICE, IDENTITY)
            else:
                kept[row[place]] = number
                self._cells.append(row)
        if not kept and not self.findings.count:
            self.findings.note(1, Fault.EMPTY)
        self.ids, self.rows = tuple(kept), tuple(kept.values())

    def read(self, name: str, parse: Callable[[str], Read], fault: Fault) -> tuple[Read, ...]:
        """Read a column, noting `fault` wherever `parse` raises a ValueError."""
        if name not in self.names:
            if self.names:  # an empty file is only that
                self.findings.note(1, Fault.NO_COLUMN, name)
            return ()
        place = self.names.index(name)
        found = []
        for row, cells in zip(self.rows, self._cells, strict=True):
            try:
                found.append(parse(cells[place]))
            except ValueError:
                self.findings.note(row, fault, name)
        return tuple(found)

    def must_be_among(self, known: Iterable[str], fault: Fault) -> None:
        """Note the ids that are not known."""
        known = set(known)
        for row, identity in zip(self.rows, self.ids, strict=True):
            if identity not in known:
                self.findings.note(row, fault, IDENTITY)


def _filled(written: str) -> str:
    if not written:
        raise ValueError(written)
    return written


def _part(written: str) -> float:
    number = float(written)
    if not 0 <= number <= 1:
        raise ValueError(written)
    return number


def _chance(written: str) -> float:
    if not _part(written):
        raise ValueError(written)
    return float(written)


def _segment(written: str) -> Segment | None:
    return Segment(written) if written else None
