"""A result beside the number it was to reach."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from segmentation.evaluation import Measure

_COLUMN: Final = 7


class Verdict(IntEnum):
    """How a result stands to its target; the worse, the higher."""

    REACHED = 1
    MET = 2
    WITHIN = 3
    MISSED = 4


WORDS: Final = {
    None: "",
    Verdict.REACHED: "met, and the reach",
    Verdict.MET: "met",
    Verdict.WITHIN: "missed, within interval",
    Verdict.MISSED: "missed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        measure: what was measured.
        result: what was found, in the unit of the target.
        target: what is to be reached; none where a result is for comparison only.
        reach: what to reach for beyond it.
        least: whether the target is the least (accuracy) or the most (errors, items, gaps).
        places: decimals to print.
        note: how it was done, and what else is to be known.
        beside: a row that this one is worth nothing without, such as the accuracy that so few
            items reach: where it falls short, so does this one.
    """

    measure: str
    result: Measure
    target: float | None = None
    reach: float | None = None
    least: bool = True
    places: int = 3
    note: str = ""
    beside: "Row | None" = None

    @property
    def verdict(self) -> Verdict | None:
        """How the result stands to its target; none where it has none."""
        if self.target is None:
            return None
        best = self.result.high if self.least else self.result.low
        if self.reach is not None and self._passes(self.result.value, self.reach):
            own = Verdict.REACHED
        elif self._passes(self.result.value, self.target):
            own = Verdict.MET
        else:
            own = Verdict.WITHIN if self._passes(best, self.target) else Verdict.MISSED
        other = self.beside.verdict if self.beside else None
        return own if other in {None, Verdict.REACHED, Verdict.MET} else max(own, other)

    def document(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "measure": self.measure,
            "target": self.target,
            "reach_for": self.reach,
            "at_least": self.least,
            **self.result.document(),
            "verdict": WORDS[self.verdict],
            "note": self.note,
            "beside": self.beside.document() if self.beside else None,
        }

    def lines(self, width: int, name: str = "") -> Iterator[str]:
        """Lay it out for a terminal, what was measured in so many characters."""
        found, places = self.result, self.places
        result = f"{found.value:.{places}f} ({found.low:.{places}f} to {found.high:.{places}f})"
        goals = f"{self._goal(self.target)}  {self._goal(self.reach)}"
        line = f"{name or self.measure:{width}}  {goals}  {result:22}  {WORDS[self.verdict]}"
        yield line.rstrip()
        if self.note:
            yield f"    {self.note}"
        if self.beside:
            yield from self.beside.lines(width, f"  {self.beside.measure}")

    def _passes(self, value: float, goal: float) -> bool:
        return value >= goal if self.least else value <= goal

    def _goal(self, goal: float | None) -> str:
        if goal is None:
            return " " * _COLUMN
        return f"{'≥' if self.least else '≤'}{goal:.{min(self.places, 2)}f}".rjust(_COLUMN)


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, whose they are, and what was tried for those that fall short."""

    tool: str
    trained: int
    held_out: int
    rows: tuple[Row, ...]
    tried: str = ""

    def document(self) -> dict[str, Any]:
        """Give everything as JSON can hold it."""
        return {
            "tool": self.tool,
            "trained": self.trained,
            "held_out": self.held_out,
            "rows": [row.document() for row in self.rows],
            "tried": self.tried if self.falls_short else "",
        }

    @property
    def falls_short(self) -> bool:
        """Whether some row misses its target."""
        return any(row.verdict in {Verdict.WITHIN, Verdict.MISSED} for row in self.rows)

    def text(self) -> str:
        """Lay everything out for a terminal."""
        width = max(len(row.measure) for row in self.rows)
        return "\n".join(
            [
                f"{self.tool}: {self.trained} training, {self.held_out} held-out respondents",
                "",
                f"{'measure':{width}}   target    reach  result (95% interval)",
                *(line for row in self.rows for line in row.lines(width)),
                *(["", self.tried] if self.tried and self.falls_short else []),
            ]
        )
