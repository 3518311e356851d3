"""The press: one Typst layout with its fonts, from JSON to a tagged PDF/UA-1 file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import as_file, files
from typing import Any

import typst

_REMEMBERED = 10
"""Documents whose pieces the compiler keeps, should the next ones have the same (Typst 0.15)."""
_PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")


class NotPrintable(ValueError):
    """A document cannot be printed; `code` says why."""

    def __init__(self, code: str, words: str) -> None:
        self.code = code
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed document: the PDF's bytes, and how many sides it has."""

    pdf: bytes
    pages: int


class Press:
    """One compiler with its fonts, kept for the life of a worker; not for use by two threads.

    The same values always give the same bytes: the only date in the file is the one it is told.
    """

    def __init__(self, layout: str, known: Mapping[str, str]) -> None:
        """Set a layout up.

        Args:
            layout: the name of a file in `messaging/layout`, such as `letter.typ`.
            known: what the layout may panic with, each code with its words.
        """
        self._known = known
        with as_file(files("messaging") / "layout") as folder:
            fonts = typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=False,
                font_paths=[folder / "fonts"],
            )
            self._compiler = typst.Compiler(folder / layout, root=folder, font_paths=fonts)
            self._blank = typst.Compiler(folder / "blank.typ", root=folder, font_paths=fonts)

    def set(self, values: Mapping[str, Any], dated: date) -> Printed:
        """Print values, of JSON's types; the layout places them and never parses them as markup.

        Raises:
            NotPrintable: it does not fit, or a character of it is in none of the fonts.
        """
        try:
            pdf = self._compiler.compile(
                sys_inputs={"data": json.dumps(values, ensure_ascii=False)},
                format="pdf",
                pdf_standards="ua-1",
                timestamp=datetime.combine(dated, time(), UTC),
            )
        except typst.TypstError as wrong:
            raise self._refusal(wrong) from wrong
        if not isinstance(pdf, bytes):  # the binding's type also covers pictures, a list of pages
            raise TypeError("the compiler gave no PDF")
        return Printed(pdf, len(_PAGE_OBJECT.findall(pdf)))

    def told(self) -> list[Any]:
        """What the layout told of the last values set: its metadata labelled `told`, in order."""
        return json.loads(self._compiler.query("<told>", field="value"))  # type: ignore[no-any-return]

    def forget(self) -> None:
        """Let go of what the compiler remembers of the last documents.

        It forgets only as further ones are set, so that ten large documents would stay in memory;
        blank ones take their place.
        """
        for _ in range(_REMEMBERED + 1):
            self._blank.compile(format="pdf")

    def _refusal(self, wrong: typst.TypstError) -> NotPrintable:
        said = f"{wrong.message} {wrong.diagnostic}"
        for code, words in self._known.items():
            if code in said:
                return NotPrintable(code, words)
        if "could not be displayed" in said or "missing glyph" in said.casefold():
            return NotPrintable(
                "character-not-in-fonts", "It holds a character that cannot be printed."
            )
        return NotPrintable("not-printable", f"It cannot be set: {wrong.message}")
