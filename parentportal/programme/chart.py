"""A bar chart as an SVG picture, for an ``<img>`` beside its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR = 26
MARGIN = 4
STUB = 36
INK = "#0b0c0c"
FAINT = "#b1b4b6"
FONT = "system-ui, 'Noto Sans', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the parts of a picture stand, in pixels.

    Attributes:
        width: of the whole.
        labels: width kept for the labels beside the bars; none when they stand above.
        numbers: width kept for what stands at a bar's end.
        row: height of one bar with what belongs to it.
    """

    width: int
    labels: int
    numbers: int
    row: int


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


def bar_chart(
    title: str,
    bars: Sequence[Bar],
    *,
    colour: str,
    language: str,
    right_to_left: bool = False,
    narrow: bool = False,
) -> str:
    """Draw the bars below one another; a hidden one is an empty dashed stub.

    The ground is white whatever the page's, so that the picture reads on paper and in forced
    colours too.

    Args:
        title: the picture's name, for whoever opens it alone.
        bars: from top to bottom.
        colour: of the bars, as ``#rrggbb``.
        language: BCP 47 tag of the words.
        right_to_left: everything begins on the right, and bars grow to the left.
        narrow: for a telephone: labels stand above their bars.
    """
    shape = NARROW if narrow else WIDE
    height = shape.row * len(bars) + 2 * MARGIN
    longest = max([bar.value for bar in bars if bar.value], default=1)
    room = shape.width - shape.labels - shape.numbers

    def across(start: float, length: float = 0) -> float:
        """The left side of what begins so far from the side where reading begins."""
        return shape.width - start - length if right_to_left else start

    # With direction="rtl" a text starts at its right end, so that it is anchored there both ways.
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shape.width} {height}"',
        f' width="{shape.width}" height="{height}" role="img" xml:lang={quoteattr(language)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{shape.width}" height="{height}" fill="#ffffff"/>',
        f'<g font-family={quoteattr(FONT)} font-size="17" fill="{INK}"',
        ' direction="rtl">' if right_to_left else ">",
    ]
    for place, bar in enumerate(bars):
        bottom = MARGIN + (place + 1) * shape.row
        top = bottom - BAR - (MARGIN if narrow else (shape.row - BAR) // 2)
        middle = top + BAR // 2 + 6
        length, look = STUB, f'fill="none" stroke="{FAINT}" stroke-width="2" stroke-dasharray="5 4"'
        if bar.value is not None:
            length, look = round(room * bar.value / longest), f'fill="{colour}"'
        parts += [
            f'<text x="{across(2)}" y="{top - 8 if narrow else middle}">{escape(bar.label)}</text>',
            f'<rect x="{across(shape.labels, length)}" y="{top}" width="{length}"',
            f' height="{BAR}" {look}/>',
            f'<text x="{across(shape.labels + length + 10)}" y="{middle}">',
            f"{escape(bar.words)}</text>",
        ]
    axis = across(shape.labels + 1)
    parts.append(f'<path d="M{axis} {MARGIN}V{height - MARGIN}" stroke="{INK}" stroke-width="2"/>')
    return "".join((*parts, "</g></svg>\n"))
