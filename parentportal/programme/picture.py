"""What the programme team's SVG pictures share: how they look, and the ground they stand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable

MARGIN = 4
STUB = 36
"""Width of what stands where a number is hidden."""

INK = "#0b0c0c"
FAINT = "#b1b4b6"
FONT = "system-ui, 'Noto Sans', Arial, sans-serif"

HIDDEN = f'fill="none" stroke="{FAINT}" stroke-width="2" stroke-dasharray="5 4"'
"""The look of an empty stub, the same whatever it hides."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is drawn for the page that it stands on.

    Attributes:
        colour: of what counts, as ``#rrggbb``.
        language: BCP 47 tag of the words.
        right_to_left: everything begins on the right, and more is further left.
        narrow: for a telephone: words stand above what they name.
    """

    colour: str
    language: str
    right_to_left: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """How the parts of a picture stand, in pixels.

    Attributes:
        width: of the whole.
        labels: width kept for the labels beside the rows; none when they stand above them.
        numbers: width kept for the figures beside the rows; none when they stand above them.
        row: height of one row.
        below: height kept below the rows.
    """

    width: int
    labels: int
    numbers: int
    row: int
    below: int = MARGIN

    def height(self, rows: int) -> int:
        """Of a whole picture of so many rows."""
        return MARGIN + self.row * rows + self.below


def framed(
    title: str, size: tuple[int, int], look: Look, parts: Iterable[str], *, font_size: int
) -> str:
    """The whole picture around its parts.

    The ground is white whatever the page's, so that the picture reads on paper and in forced
    colours too. A text that runs right to left starts at its right end, so that it is anchored
    where reading begins both ways.

    Args:
        title: the picture's name, for whoever opens it alone.
        size: width and height.
        look: its language, and which way it runs.
        parts: what is drawn, from back to front.
        font_size: of all words.
    """
    width, height = size
    direction = ' direction="rtl"' if look.right_to_left else ""
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"',
            f' width="{width}" height="{height}" role="img"',
            f" xml:lang={quoteattr(look.language)}>",
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<g font-family={quoteattr(FONT)} font-size="{font_size}" fill="{INK}"{direction}>',
            *parts,
            "</g></svg>\n",
        )
    )
