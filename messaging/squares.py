"""QR codes as drawings: black squares on nothing, the white margin left to the page."""

import re
from dataclasses import dataclass
from functools import lru_cache

import segno

_DARK = re.compile(rb"\x01+")
# Any of the eight masks can be read (ISO/IEC 18004, 7.8); to try them all takes four times as long.
_MASK = 2


@dataclass(frozen=True, slots=True)
class Square:
    """A QR code: the SVG, and the modules on one side of it."""

    svg: str
    modules: int


def qr_code(link: str) -> segno.QRCode:
    """The QR code of a link; a sixth of it may be stained before it cannot be read (level M)."""
    return segno.make_qr(link, error="m", boost_error=False, mask=_MASK)


@lru_cache(maxsize=256)
def qr_square(link: str) -> Square:
    """The QR code of a link as a drawing, one unit of length a module, without its margin."""
    matrix = qr_code(link).matrix
    path = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(matrix)
        for run in _DARK.finditer(row)
    )
    side = len(matrix)
    return Square(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path shape-rendering="crispEdges" d="{path}"/></svg>',
        side,
    )
