"""A forest plot as an SVG picture, for an ``<img>`` beside its table.

Each row is a difference with its interval, the last the difference of all, as a diamond: the form
in which trials are read (Lewis and Clarke, British Medical Journal 322 (2001), 1479-1480). Squares
are as large as the families behind them, so that the eye is drawn to what is known best.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from parentportal.programme.picture import FAINT, HIDDEN, INK, MARGIN, STUB, Shape, framed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from messaging.trials.intervals import Interval
    from parentportal.programme.picture import Look

LARGEST_SQUARE, SMALLEST_SQUARE = 20, 6
STEPS = (1, 2, 5, 10, 20, 50)
MOST_STEPS = 3
"""At most so many marks of the scale on either side of nought."""

WIDE = Shape(width=720, labels=150, numbers=260, row=44, below=56)
NARROW = Shape(width=288, labels=0, numbers=0, row=76, below=76)
"""Below the rows stand the scale and what its two sides mean."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One difference.

    Attributes:
        label: whose.
        words: the difference and its interval, or why there is none to see.
        difference: none where it is hidden or there is none.
        families: how many are behind it.
        overall: whether it is that of all.
    """

    label: str
    words: str
    difference: Interval | None
    families: int
    overall: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale below the rows.

    Attributes:
        fewer: what the side below nought means.
        more: what the side above nought means.
        mark: a whole number of percentage points, as it is written.
    """

    fewer: str
    more: str
    mark: Callable[[int], str]


def forest_plot(title: str, rows: Sequence[ForestRow], scale: Scale, look: Look) -> str:
    """Draw the differences below one another about a line at nought.

    A hidden difference is an empty dashed stub that stands where it always does.

    Args:
        title: the picture's name, for whoever opens it alone.
        rows: from top to bottom.
        scale: what stands below.
        look: as the page's.
    """
    narrow = look.narrow
    shape = NARROW if narrow else WIDE
    height = shape.height(len(rows))
    bottom = height - shape.below
    most, marks = _marks(rows)
    room = shape.width - shape.labels - shape.numbers - 2 * LARGEST_SQUARE
    nought = shape.labels + LARGEST_SQUARE + room / 2

    def across(start: float) -> float:
        """A distance from the side where reading begins, as one from the left."""
        return round(shape.width - start if look.right_to_left else start, 1)

    def at(points: float) -> float:
        return across(nought + points / most * room / 2)

    parts = []
    largest = max((row.families for row in rows if not row.overall), default=1) or 1
    for place, row in enumerate(rows):
        top = MARGIN + place * shape.row
        middle = top + (shape.row - 16 if narrow else shape.row // 2)
        words = (2, top + 40) if narrow else (shape.width - shape.numbers + 12, middle + 5)
        parts += [
            _text(row.label, across(2), top + 20 if narrow else middle + 5, bold=row.overall),
            _text(row.words, across(words[0]), words[1], bold=row.overall),
            _figure(row, at, middle, largest, look.colour),
        ]
        if row.overall and place:
            parts.append(f'<path d="M0 {top}H{shape.width}" stroke="{FAINT}"/>')
    starts = [MARGIN + 44 + shape.row * place for place in range(len(rows))] if narrow else [MARGIN]
    line = "".join(f"M{at(0)} {top}V{top + shape.row - 44 if narrow else bottom}" for top in starts)
    parts.append(f'<path class="nought" d="{line}" stroke="{INK}" stroke-width="2"/>')
    ends = sorted((at(-most), at(most)))
    parts.append(f'<path d="M{ends[0]} {bottom}H{ends[1]}" stroke="{INK}"/>')
    for points in marks:
        parts += [
            f'<path d="M{at(points)} {bottom}v5" stroke="{INK}"/>',
            _text(scale.mark(points), at(points), bottom + 21, anchor="middle"),
        ]
    if narrow:  # one above the other: beside each other they would meet
        fewer, more = (2.0, ""), (shape.width - 2.0, "end")
    else:
        fewer, more = (nought - 10, "end"), (nought + 10, "")
    parts += [
        _text(scale.fewer, across(fewer[0]), bottom + 44, anchor=fewer[1]),
        _text(scale.more, across(more[0]), bottom + (64 if narrow else 44), anchor=more[1]),
    ]
    return framed(title, (shape.width, height), look, parts, font_size=14 if narrow else 15)


def _marks(rows: Sequence[ForestRow]) -> tuple[float, list[int]]:
    """How many points either side reaches, and the marks on it, in whole points."""
    found = [row.difference for row in rows if row.difference]
    furthest = max((abs(end) for one in found for end in (one.low, one.high)), default=0.0)
    most = max(100 * furthest, 1.0)
    step = next((step for step in STEPS if step * MOST_STEPS >= most), STEPS[-1])
    reach = ceil(most / step) * step
    return reach, list(range(-reach, reach + 1, step))


def _figure(
    row: ForestRow, at: Callable[[float], float], middle: int, largest: int, colour: str
) -> str:
    """A square or a diamond with its whiskers; a dashed stub where there is nothing to see."""
    if row.difference is None:
        left = at(0) - STUB / 2
        return f'<rect x="{left}" y="{middle - 8}" width="{STUB}" height="16" {HIDDEN}/>'
    low, value, high = (
        at(100 * share) for share in (row.difference.low, row.difference.value, row.difference.high)
    )
    if row.overall:
        points = f"{low},{middle} {value},{middle - 9} {high},{middle} {value},{middle + 9}"
        return f'<polygon points="{points}" fill="{colour}"/>'
    size = max(LARGEST_SQUARE * sqrt(row.families / largest), SMALLEST_SQUARE)
    return (
        f'<path d="M{low} {middle}H{high}M{low} {middle - 5}v10M{high} {middle - 5}v10"'
        f' stroke="{INK}" stroke-width="2"/>'
        f'<rect x="{value - size / 2:.1f}" y="{middle - size / 2:.1f}"'
        f' width="{size:.1f}" height="{size:.1f}" fill="{colour}"/>'
    )


def _text(words: str, across: float, down: float, *, anchor: str = "", bold: bool = False) -> str:
    look = f' text-anchor="{anchor}"' if anchor else ""
    look += ' font-weight="bold"' if bold else ""
    return f'<text x="{across}" y="{down}"{look}>{escape(words)}</text>'
