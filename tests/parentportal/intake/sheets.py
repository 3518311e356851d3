"""Files as councils send them, all of invented families."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter

GOOD = {
    "family_reference": "F1",
    "carer_name": "Sam Example",
    "address_line_1": "1 Invented Street",
    "address_line_2": "Exampleton",
    "address_line_7": "EX1 1AB",
    "phone": "07700 900123",
    "email": "sam@example.org",
    "language": "English",
    "child_reference": "C1",
    "child_first_name": "Alex",
    "age_band": "8-10",
    "school": "Invented Park School",
    "present_travel": "taxi",
    "annual_cost": "4321.50",
    "miles": "3.2",
    "offers_open": "ptb",
    "flags": "",
}


def row(**cells: str) -> dict[str, str]:
    """A good row, but for these cells."""
    return GOOD | cells


def csv_of(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV whose header is that of the first row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def lines(*rows: str) -> bytes:
    """A CSV written out by hand."""
    return "\r\n".join(rows).encode()


def xlsx_of(*sheets: list[list[Any]], start: int = 0, formula: str = "") -> bytes:
    """A workbook of these sheets; ``formula`` is written in the first sheet's Z1."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows, start):
                for place, cell in enumerate(cells):
                    sheet.write(number, place, cell)
            if formula:
                sheet.write_formula(1, 0, formula, None, "F-cached")
    return out.getvalue()
