"""A bar chart as an SVG picture, for an ``<img>`` beside its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 640
LABELS = 210
NUMBERS = 90
ROW = 44
BAR = 26
INK = "#0b0c0c"
FAINT = "#b1b4b6"
FONT = "system-ui, 'Noto Sans', Arial, sans-serif"


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
    title: str, bars: Sequence[Bar], *, colour: str, language: str, right_to_left: bool = False
) -> str:
    """Draw the bars below one another; a hidden one is an empty dashed stub.

    The ground is white whatever the page's, so that the picture reads on paper and in forced
    colours too.

    Args:
        title: the picture's name, for whoever opens it alone.
        bars: from top to bottom.
        colour: of the bars, as ``#rrggbb``.
        language: BCP 47 tag of the words.
        right_to_left: labels stand on the right, and bars grow to the left.
    """
    height = ROW * len(bars) + 8
    longest = max([bar.value for bar in bars if bar.value], default=1)
    room = WIDTH - LABELS - NUMBERS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        f' width="{WIDTH}" height="{height}" role="img" xml:lang={quoteattr(language)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<g font-family={quoteattr(FONT)} font-size="17" fill="{INK}"',
        ' direction="rtl">' if right_to_left else ">",
    ]
    for place, bar in enumerate(bars):
        top = place * ROW + (ROW - BAR) // 2 + 4
        middle = top + BAR // 2 + 6
        length = round(room * bar.value / longest) if bar.value is not None else 36
        look = (
            f'fill="{colour}"'
            if bar.value is not None
            else f'fill="none" stroke="{FAINT}" stroke-width="2" stroke-dasharray="5 4"'
        )
        left = WIDTH - LABELS - length if right_to_left else LABELS
        after = left - 10 if right_to_left else left + length + 10
        # With direction="rtl" the start of a text is its right end: both ways anchor at the start.
        parts += [
            f'<text x="{WIDTH if right_to_left else 0}" y="{middle}">{escape(bar.label)}</text>',
            f'<rect x="{left}" y="{top}" width="{length}" height="{BAR}" {look}/>',
            f'<text x="{after}" y="{middle}">{escape(bar.words)}</text>',
        ]
    axis = WIDTH - LABELS if right_to_left else LABELS
    parts.append(f'<path d="M{axis} 4V{height - 4}" stroke="{INK}" stroke-width="2"/>')
    return "".join((*parts, "</g></svg>\n"))
