"""Spreadsheets out: the template to fill in, and lists that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

import xlsxwriter

from parentportal.intake.vocabulary import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_RUN_BY_SPREADSHEETS = "=+-@|%"
COLUMN_WIDTH = 18
GUIDE_WIDTH = 90


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula, however it begins.

    Full-width signs and leading blanks do not hide one; an apostrophe says "this is text".
    """
    opening = unicodedata.normalize("NFKC", text).lstrip()[:1]
    if (opening and opening in _RUN_BY_SPREADSHEETS) or text[:1] in "\t\r\n":
        return f"'{text}"
    return text


def safe_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV with neutralised cells, marked as UTF-8 so that spreadsheets read its letters right."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def template_csv() -> bytes:
    """The canonical columns, and no row."""
    return safe_csv([list(Column)])


def template_xlsx(guide: Mapping[Column, str], sheet_names: tuple[str, str]) -> bytes:
    """The canonical columns as text cells, so that ``5-7`` stays an age band and 07… a number.

    Args:
        guide: what each column is for, on a second sheet.
        sheet_names: of the sheet to fill in and of the guide.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        as_text = book.add_format({"num_format": "@"})
        heading = book.add_format({"bold": True, "num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(sheet_names[0])
        sheet.set_column(0, len(Column) - 1, COLUMN_WIDTH, as_text)
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, list(Column), heading)
        about = book.add_worksheet(sheet_names[1])
        about.set_column(0, 0, COLUMN_WIDTH, heading)
        about.set_column(1, 1, GUIDE_WIDTH, wrapped)
        for line, column in enumerate(Column):
            about.write_row(line, 0, [column, guide[column]])
    return out.getvalue()
