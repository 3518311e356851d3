"""What a benchmark found: repeated readings, and the table and JSON that show them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        part: which benchmark it belongs to.
        what: what was measured.
        unit: of the readings and of the floor alike.
        readings: one a round; the table shows their median, least and most.
        floor: readings of the least that could do the job, taken in the same rounds.
        on: the database, where there is one.
    """

    part: str
    what: str
    unit: str
    readings: tuple[float, ...]
    floor: tuple[float, ...] = ()
    on: str = ""

    @property
    def ratio(self) -> float | None:
        """The median over the floor's median; none where there is no floor."""
        return median(self.readings) / median(self.floor) if self.floor else None

    def document(self) -> dict[str, Any]:
        """The row in JSON's types."""
        return {
            "part": self.part,
            "what": self.what,
            "on": self.on,
            "unit": self.unit,
            "median": median(self.readings),
            "readings": list(self.readings),
            "floor_median": median(self.floor) if self.floor else None,
            "floor_readings": list(self.floor),
            "ratio": self.ratio,
        }


HEADINGS = ("what", "on", "unit", "median", "least–most", "floor", "least–most", "ratio")
WORDS = 3
"""So many first columns hold words, which align left; the others hold numbers."""


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text, each part under its name; a column with nothing in it is left out.

    Rows of a part stand together.
    """
    return "\n".join(
        line
        for part, of_part in groupby(rows, attrgetter("part"))
        for line in ("", part.upper(), *_lines([_cells(row) for row in of_part]))
    )


def _lines(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    columns = [
        [heading, *column]
        for heading, column in zip(HEADINGS, zip(*cells, strict=True), strict=True)
    ]
    shown = [
        [cell.ljust(width) if number < WORDS else cell.rjust(width) for cell in column]
        for number, column in enumerate(columns)
        if any(column[1:]) and (width := max(map(len, column)))
    ]
    return ("  ".join(line).rstrip() for line in zip(*shown, strict=True))


def _cells(row: Row) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return (row.what, row.on, row.unit, *_middle(row.readings), *_middle(row.floor), ratio)


def _middle(readings: Sequence[float]) -> tuple[str, str]:
    if not readings:
        return "", ""
    spread = f"{_number(min(readings))}–{_number(max(readings))}" if len(readings) > 1 else ""
    return _number(median(readings)), spread


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
