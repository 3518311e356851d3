"""A bar chart as an SVG picture, for an ``<img>`` beside its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from parentportal.programme.picture import HIDDEN, INK, MARGIN, STUB, Shape, framed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parentportal.programme.picture import Look

BAR = 26
WIDE = Shape(width=640, labels=210, numbers=90, row=44)
NARROW = Shape(width=288, labels=0, numbers=80, row=60)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        label: what it counts.
        value: how many, or none where the number is hidden.
        words: what stands at its end: the number, or that it is hidden.
    """

    label: str
    value: int | None
    words: str


def bar_chart(title: str, bars: Sequence[Bar], look: Look) -> str:
    """Draw the bars below one another; a hidden one is an empty dashed stub.

    Args:
        title: the picture's name, for whoever opens it alone.
        bars: from top to bottom.
        look: as the page's.
    """
    shape = NARROW if look.narrow else WIDE
    height = shape.height(len(bars))
    longest = max([bar.value for bar in bars if bar.value], default=1)
    room = shape.width - shape.labels - shape.numbers

    def across(start: float, length: float = 0) -> float:
        """The left side of what begins so far from the side where reading begins."""
        return shape.width - start - length if look.right_to_left else start

    parts = []
    for place, bar in enumerate(bars):
        bottom = MARGIN + (place + 1) * shape.row
        top = bottom - BAR - (MARGIN if look.narrow else (shape.row - BAR) // 2)
        middle = top + BAR // 2 + 6
        length, fill = STUB, HIDDEN
        if bar.value is not None:
            length, fill = round(room * bar.value / longest), f'fill="{look.colour}"'
        parts += [
            f'<text x="{across(2)}" y="{top - 8 if look.narrow else middle}">',
            f"{escape(bar.label)}</text>",
            f'<rect x="{across(shape.labels, length)}" y="{top}" width="{length}"',
            f' height="{BAR}" {fill}/>',
            f'<text x="{across(shape.labels + length + 10)}" y="{middle}">',
            f"{escape(bar.words)}</text>",
        ]
    axis = across(shape.labels + 1)
    parts.append(f'<path d="M{axis} {MARGIN}V{height - MARGIN}" stroke="{INK}" stroke-width="2"/>')
    return framed(title, (shape.width, height), look, parts, font_size=17)
