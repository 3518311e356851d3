"""A CSV of answers in, a CSV of segments out: in chunks, and all or nothing.

In: a column `id` and any of the item codes, our own or the European Social Survey's for the same
facet; ratings as they were given, 1 very much like me to 6 not like me at all; a blank cell is an
item left out; other columns are passed over. Out, in the same order: `id`, `segment` (empty when
unassigned), the three probabilities, `items_used` and `reason`.

What counts: space around a cell does not; `3.0` is 3 (spreadsheets write it so beside blanks); a
row with nothing in it at all is no row; a short row is blank to its end. Everything else that is
not as described refuses the whole file.
"""

import csv
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from segmentation.faults import Fault, Findings, records, written_whole
from segmentation.instrument import read_rating
from segmentation.scoring import SEGMENTS, Floats
from segmentation.typing_tool import TypingTool

COLUMNS: Final = (
    "id",
    "segment",
    *(f"p_{segment}" for segment in SEGMENTS),
    "items_used",
    "reason",
)

CHUNK: Final = 16_384
"""Rows held at once."""

Progress = Callable[[int, int], None]
"""Told how many of how many steps are done."""

_BLOCK: Final = 1 << 20


def classify(source: Path, target: Path, tool: TypingTool, progress: Progress | None = None) -> int:
    """Type every person of a CSV file and write the result, or refuse the file and write nothing.

    Memory does not grow with the file, but for eight bytes a row that tell repeated ids.

    Args:
        source: the answers.
        target: where the segments go.
        tool: what types them.
        progress: told how many of how many lines are done.

    Returns:
        How many people were typed or left unassigned.

    Raises:
        FileRefused: something in the file is not as described; all of it is found before that.
        OSError: a file cannot be opened or written.
    """
    if not source.is_file():
        raise FileNotFoundError(f"{source} is not a file")
    lines = _lines(source) if progress else 0
    with written_whole(target, source) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        reading = _Reading(source, tool)
        for ids, ratings in reading.chunks():
            writer.writerows(_typed(ids, ratings, tool))
            if progress:
                progress(min(len(reading.id_hashes), lines), lines)
        reading.finish()
    return len(reading.id_hashes)


def _lines(source: Path) -> int:
    """Count the lines below the header, to say how far along a long file is."""
    with source.open("rb") as raw:
        return max(sum(block.count(b"\n") for block in iter(lambda: raw.read(_BLOCK), b"")) - 1, 0)


def _typed(
    ids: Sequence[str], ratings: Floats, tool: TypingTool
) -> Iterator[tuple[str, str, float, float, float, int, str]]:
    posterior = tool.posteriors(ratings)
    reasons = tool.reasons(ratings, posterior)
    highest = posterior.argmax(axis=1).tolist()
    used = (~np.isnan(ratings)).sum(axis=1).tolist()
    for identity, row, best, items, reason in zip(
        ids, posterior.tolist(), highest, used, reasons, strict=True
    ):
        settler, prospector, pioneer = row
        segment = "" if reason else SEGMENTS[best].value
        yield identity, segment, settler, prospector, pioneer, items, reason or ""


class _Ratings(dict[str, float]):
    """Written rating to number: NaN when blank, infinite when it is no rating."""

    def __missing__(self, written: str) -> float:
        try:
            rating = read_rating(written)
        except ValueError:
            return np.inf
        return np.nan if rating is None else float(rating)


_RATINGS: Final = _Ratings({"": np.nan} | {str(rating): float(rating) for rating in range(1, 7)})


class _Reading:
    """One pass over a file, noting what is wrong with it."""

    def __init__(self, source: Path, tool: TypingTool) -> None:
        self.source = source
        self.tool = tool
        self.id_hashes = array("q")
        self.found = Findings()

    def chunks(self) -> Iterator[tuple[Sequence[str], Floats]]:
        """Give ids and ratings (people, items), a chunk at a time, until a fault has been found."""
        rows = records(self.source, self.found)
        _, header = next(rows, (1, None))
        if header is None:
            if not self.found.count:
                self.found.note(1, Fault.EMPTY)
            return
        columns = self._columns(header)
        if self.found.count:
            return
        while chunk := self._filled(rows, columns):
            numbers, cells = chunk
            ratings = self._ratings(numbers, cells, columns)
            if not self.found.count:
                yield cells[columns.identity], ratings

    def finish(self) -> None:
        """Look for repeated ids, and refuse the file if anything at all was found."""
        hashes = np.frombuffer(self.id_hashes, dtype=np.int64)
        hashes.sort()
        suspects = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        if suspects:
            self._note_repeated(suspects)
        self.found.refuse()

    def _columns(self, header: Sequence[str]) -> "_Columns":
        names = [name.strip() for name in header]
        meaning = dict(zip(self.tool.items, self.tool.facets, strict=True))
        found: dict[str, int] = {}
        for position, name in enumerate(names):
            means = meaning.get(name, name)
            if means != "id" and means not in self.tool.facets:
                continue
            if means in found:
                self.found.note(1, Fault.COLUMN_TWICE, name)
            found[means] = position
        if "id" not in found:
            self.found.note(1, Fault.NO_ID_COLUMN)
        return _Columns(
            names=names,
            identity=found.get("id", 0),
            items=[found.get(facet) for facet in self.tool.facets],
        )

    def _filled(
        self, rows: Iterator[tuple[int, list[str]]], columns: "_Columns"
    ) -> tuple[list[int], list[tuple[str, ...]]] | None:
        """Take the next chunk: row numbers, and the cells by column."""
        width = len(columns.names)
        numbers: list[int] = []
        kept: list[list[str]] = []
        for number, row in rows:
            if len(row) != width:
                if any(cell.strip() for cell in row[width:]):
                    self.found.note(number, Fault.TOO_MANY_CELLS)
                row = [*row[:width], *[""] * (width - len(row))]  # noqa: PLW2901 - the same row
            identity = row[columns.identity].strip()
            if not identity:
                if any(cell.strip() for cell in row):
                    self.found.note(number, Fault.NO_ID)
                continue
            self.id_hashes.append(hash(identity))
            numbers.append(number)
            kept.append(row)
            if len(kept) == CHUNK:
                break
        return (numbers, list(zip(*kept, strict=True))) if kept else None

    def _ratings(
        self, numbers: Sequence[int], cells: Sequence[Sequence[str]], columns: "_Columns"
    ) -> Floats:
        """Read a chunk's ratings (people, items), noting those off the scale."""
        ratings = np.full((len(numbers), len(columns.items)), np.nan)
        for item, position in enumerate(columns.items):
            if position is not None:
                ratings[:, item] = self._column(numbers, cells, columns, position)
        return ratings

    def _column(
        self,
        numbers: Sequence[int],
        cells: Sequence[Sequence[str]],
        columns: "_Columns",
        position: int,
    ) -> Floats:
        read = np.fromiter(map(_RATINGS.__getitem__, cells[position]), np.float64, len(numbers))
        for row in np.flatnonzero(np.isinf(read)).tolist():
            self.found.note(numbers[row], Fault.OFF_SCALE, columns.names[position])
        return read

    def _note_repeated(self, suspects: set[int]) -> None:
        """Read the file again for the rows whose ids share a hash, and note the true repeats."""
        rows = records(self.source, self.found)
        columns = self._columns(next(rows)[1])
        seen: set[str] = set()
        for number, row in rows:
            identity = row[columns.identity].strip() if len(row) > columns.identity else ""
            if identity and hash(identity) in suspects:
                if identity in seen:
                    self.found.note(number, Fault.ID_TWICE, "id")
                seen.add(identity)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand in a row."""

    names: list[str]
    identity: int
    items: list[int | None]
