"""What is measured on a printed letter, in mm from the top left of A4."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from operator import itemgetter

import pdfplumber
import pikepdf
import pypdfium2

MM = 72 / 25.4
TOLERANCE = 1
FIRST_PAGE = [(15, 125, 5, 30), (24.6, 120, 39.5, 66.3), (125, 195, 5, 95), (15, 195, 95, 292)]
"""Logo, address, contact and body: left, right, top, bottom. All else stays white."""
BLACK = (0, (0,), (0, 0, 0))
LATER_PAGE = [(15, 195, 5, 292)]


def strays(pdf: bytes) -> list[tuple[int, tuple[float, ...]]]:
    """Every glyph and line that lies outside the zones: page, and its place in mm."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [
            (page.page_number, mark)
            for page in document.pages
            for mark in _marks(page)
            if not any(
                left - TOLERANCE <= mark[0]
                and mark[1] <= right + TOLERANCE
                and top - TOLERANCE <= mark[2]
                and mark[3] <= bottom + TOLERANCE
                for left, right, top, bottom in (
                    FIRST_PAGE if page.page_number == 1 else LATER_PAGE
                )
            )
        ]


def words(pdf: bytes) -> str:
    """The words on the paper, as a reader of the file finds them."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)


def is_tagged(pdf: bytes) -> bool:
    """Whether the file is marked as tagged, has a structure and says it is PDF/UA-1."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            says_so = metadata.get("pdfuaid:part") == "1"
        return (
            bool(document.Root.MarkInfo.Marked) and "/StructTreeRoot" in document.Root and says_so
        )


def pages(pdf: bytes) -> int:
    """How many sides."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def fonts(pdf: bytes) -> dict[str, bool]:
    """Each font by name, and whether its outlines are in the file."""
    found = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in page.resources.get("/Font", {}).values():
                for kind in font.get("/DescendantFonts", [font]):
                    described = kind.get("/FontDescriptor", {})
                    embedded = any(re.fullmatch(r"/FontFile[23]?", key) for key in described)
                    found[str(font.BaseFont)] = embedded
    return found


@dataclass(frozen=True, slots=True)
class PaperSquare:
    """A QR code as it shows: where it stands in mm, and which of its modules are dark."""

    page: int
    left: float
    top: float
    width: float
    dark: list[list[bool]]


def squares(pdf: bytes, modules: int) -> list[PaperSquare]:
    """Every QR code of so many modules, read from a picture of the page.

    Of all that is drawn, the modules alone are rectangles filled with pure black.
    """
    found = []
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages):
            black = [r for r in page.rects if r["fill"] and r["non_stroking_color"] in BLACK]
            for marks in _apart(black):
                left, top = (min(m[side] for m in marks) for side in ("x0", "top"))
                step = (max(m["x1"] for m in marks) - left) / modules
                picture = pypdfium2.PdfDocument(pdf)[number].render(scale=4).to_pil().convert("L")
                dark = [
                    [
                        picture.getpixel(
                            (int((left + (x + 0.5) * step) * 4), int((top + (y + 0.5) * step) * 4))
                        )
                        < 128
                        for x in range(modules)
                    ]
                    for y in range(modules)
                ]
                found.append(
                    PaperSquare(number + 1, left / MM, top / MM, step * modules / MM, dark)
                )
    return found


def _apart(marks: list[dict[str, float]]) -> list[list[dict[str, float]]]:
    """Marks in groups that stand apart from left to right."""
    groups: list[list[dict[str, float]]] = []
    for mark in sorted(marks, key=itemgetter("x0")):
        if groups and mark["x0"] < max(m["x1"] for m in groups[-1]) + 4 * MM:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _marks(page: pdfplumber.page.Page) -> list[tuple[float, ...]]:
    drawn = [c for c in page.chars if c["text"].strip()] + page.rects + page.lines + page.curves
    return [tuple(m[side] / MM for side in ("x0", "x1", "top", "bottom")) for m in drawn]
