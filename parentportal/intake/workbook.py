"""Workbooks (XLSX, XLS, ODS), read in a process of their own with a ceiling on memory and time.

A workbook of a few kilobytes can ask for hundreds of gigabytes: by compression, by one cell in the
last corner of the sheet, by a repeated row. The archive's sizes are looked at first; what they do
not tell, the ceiling stops, and it stops the small process, not the service.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import Any

MOST_ENTRIES = 2_000
MOST_UNPACKED = 150 * 1024 * 1024
MOST_SWELLING = 150
SMALL_ENTRY = 1024 * 1024
"""Bytes below which a part of an archive may swell as it likes: empty sheets pack very well."""
MEMORY = 1024**3
SECONDS = 60
LONGEST_CELL = 2_000
MOST_TEXT = 60_000_000

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream that a workbook with a password is made of (MS-OFFCRYPTO 2.3.4.4)."""

NOT_A_SPREADSHEET = "not-a-spreadsheet"
SWELLS = "swells"
LOCKED = "locked"
TOO_MANY_ROWS = "too-many-rows"
TOO_MANY_COLUMNS = "too-many-columns"
EMPTY = "empty"


class WorkbookFault(Exception):
    """A workbook that cannot be read; ``code`` is one of this module's codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Workbook:
    """The first visible sheet's rows from row 1 on, as text, and the names of the other sheets."""

    rows: list[list[str]]
    other_sheets: tuple[str, ...]


def read_workbook(content: bytes, *, rows: int, columns: int) -> Workbook:
    """The first visible sheet of a workbook; a formula counts as the value it had when saved.

    Raises:
        WorkbookFault: when it is none, is locked, or is more than this service reads.
    """
    if content.startswith(b"PK"):
        _check_archive(content)
    elif ENCRYPTED in content:
        raise WorkbookFault(LOCKED)
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter, our own module, no shell)
            [sys.executable, "-I", "-m", __name__, str(rows), str(columns)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WorkbookFault(SWELLS) from None
    if child.returncode:  # it hit the ceiling, or the reader gave way
        raise WorkbookFault(SWELLS)
    answer: dict[str, Any] = json.loads(child.stdout)
    if "fault" in answer:
        raise WorkbookFault(answer["fault"])
    return Workbook(answer["rows"], tuple(answer["other_sheets"]))


def _check_archive(content: bytes) -> None:
    """Refuse an archive that would unpack to far more than a cohort can be."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise WorkbookFault(NOT_A_SPREADSHEET) from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise WorkbookFault(LOCKED)
    if (
        len(entries) > MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > MOST_UNPACKED
        or any(
            entry.file_size > max(SMALL_ENTRY, MOST_SWELLING * entry.compress_size)
            for entry in entries
        )
    ):
        raise WorkbookFault(SWELLS)


def _text(cell: object) -> str:
    """A cell as it would be typed into a CSV: whole numbers without a point, dates as ISO 8601."""
    if isinstance(cell, str):
        return cell[:LONGEST_CELL]
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")  # noqa: PLR2004
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _first_sheet(content: bytes, most_rows: int, most_columns: int) -> dict[str, Any]:
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not names:
            raise WorkbookFault(EMPTY)
        sheet = workbook.get_sheet_by_name(names[0])
        last_row, last_column = sheet.end or (0, 0)
        if last_row >= most_rows:
            raise WorkbookFault(TOO_MANY_ROWS)
        if last_column >= most_columns:
            raise WorkbookFault(TOO_MANY_COLUMNS)
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except PasswordError:
        raise WorkbookFault(LOCKED) from None
    except (CalamineError, OSError, ValueError) as problem:
        locked = "password" in str(problem).casefold()
        raise WorkbookFault(LOCKED if locked else NOT_A_SPREADSHEET) from None
    if sum(len(cell) for row in rows for cell in row) > MOST_TEXT:
        raise WorkbookFault(SWELLS)
    return {"rows": rows, "other_sheets": names[1:]}


def _lower_the_ceiling() -> None:
    try:
        import resource
    except ImportError:  # no such ceiling on Windows; the archive's sizes were looked at
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer() -> dict[str, Any]:
    try:
        return _first_sheet(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    except WorkbookFault as fault:
        return {"fault": fault.code}


if __name__ == "__main__":
    _lower_the_ceiling()
    sys.stdout.write(json.dumps(_answer()))
