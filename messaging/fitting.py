"""How close a letter has to be set to keep to its sides, as far as that can be told beforehand.

To set a letter anew, closer, takes as long as to set it. Estimated from the lengths of its texts,
its height is right to some 4 %, so that only near a limit is one way tried and then the next. The
figures here are those of `layout/pieces.typ` and `layout/letter.typ`, in mm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from messaging.blocks import Block, Fact, Grid, Heading, Listing, Paragraph, Signature
from messaging.languages import is_right_to_left
from messaging.message import Edition, Message

Way = tuple[int, bool]
"""How close (0 roomy to 3), and whether the second language begins on a side of its own."""

_FIRST, _LATER = 190.5, 277.0  # height for text on the first side, and on each later one
_LOST = 22.0  # at the foot of a side, because a heading or a row goes to the next
_SURE = 0.07  # beyond this share of the room no estimate has been wrong
_LARGE = 2.6  # how much higher large print is, at the most
_BETWEEN = 10.0  # the bar between two languages that share a side

_STANDARD: tuple[Way, ...] = ((0, True), (1, True), (2, True))
_BILINGUAL: tuple[Way, ...] = (*_STANDARD[:2], (1, False), (2, True), (2, False), (3, False))
_LARGE_PRINT: tuple[Way, ...] = _STANDARD[:2]


@dataclass(frozen=True, slots=True)
class _Script:
    """How high roomy text is: a line's characters, its height, and what each piece adds."""

    characters: int
    line: float
    gap: float
    heading: float
    row: float
    closer: tuple[float, ...]  # the height at each closeness, roomy being 1


_LATIN = _Script(86, 5.35, 1.31, 9.5, 1.7, (1, 0.926, 0.835, 0.725))
_NASTALIQ = _Script(113, 7.09, 1.19, 13.0, 3.0, (1, 0.9, 0.807, 0.764))


def ways(message: Message, aim: int, *, drawn: float = 0) -> Sequence[Way]:
    """The ways in which a letter may have to be set, the roomiest first.

    One way alone is surely right. Of several the first that fits is taken; where none fits, the
    last.

    Args:
        message: the letter.
        aim: the sides that it should keep to.
        drawn: mm that a drawn signature adds.
    """
    parts = [part for part in (message, message.beside) if part]
    large = message.edition is Edition.LARGE_PRINT
    known = _LARGE_PRINT if large else _BILINGUAL if message.beside else _STANDARD
    found = []
    for closeness, apart in known:
        heights = [_height(part, closeness) * (_LARGE if large else 1) for part in parts]
        heights[0] += drawn
        if _sides([height * (1 - _SURE) for height in heights], apart=apart) > aim:
            continue
        found.append((closeness, apart))
        if _sides([height * (1 + _SURE) for height in heights], apart=apart) <= aim:
            break
    return found or known[-1:]


def _sides(heights: Sequence[float], *, apart: bool) -> int:
    """The sides that texts of these heights take, as the layout reckons them."""
    own = heights[0] if apart else sum(heights) + _BETWEEN * (len(heights) - 1)
    sides = 1 + max(0, ceil((own + _LOST - _FIRST) / (_LATER - _LOST)))
    return sides + (sum(ceil(other / (_LATER - _LOST)) for other in heights[1:]) if apart else 0)


def _height(part: Message, closeness: int) -> float:
    script = _NASTALIQ if is_right_to_left(part.language) else _LATIN
    opening = script.heading + _lines(part.salutation, script) * script.line + script.gap
    roomy = opening + sum(_block_height(block, script) for block in part.blocks)
    return roomy * script.closer[closeness]


def _block_height(block: Block, script: _Script) -> float:
    match block:
        case Heading():
            return script.heading
        case Paragraph(text=text):
            return _lines(text, script) * script.line + script.gap
        case Fact(title=title, text=text):
            return _lines(f"{title} {text}", script) * script.line + script.gap
        case Listing(items=items):
            lines = sum(_lines(item, script) for item in items)
            return lines * script.line + len(items) * script.gap / 2 + script.gap / 2
        case Signature(lines=lines):
            return len(lines) * script.line + 2 * script.gap
        case Grid(head=head, rows=rows):
            named = 0.22 if len(head) == 2 else 0.14  # noqa: PLR2004 -- as the layout has it
            shares = (named, *[(1 - named) / (len(head) - 1)] * (len(head) - 1))
            return sum(_row_height(row, shares, script) for row in (head, *rows))


def _row_height(row: Sequence[str], shares: Sequence[float], script: _Script) -> float:
    inset = 0.035
    lines = max(
        sum(_lines(line, script, share - inset) for line in cell.split("\n"))
        for cell, share in zip(row, shares, strict=True)
    )
    return script.row + lines * script.line


def _lines(text: str, script: _Script, share: float = 1.0) -> int:
    return max(1, ceil(len(text) / (script.characters * share)))
