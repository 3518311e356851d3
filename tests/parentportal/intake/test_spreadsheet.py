"""Bytes to a sheet: kinds, encodings, row numbers, and files that are none."""

import datetime as dt
import io
import resource
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parentportal.intake.spreadsheet import Limits, Sheet, SheetReason, SheetRefused, read_sheet
from tests.parentportal.intake.sheets import csv_of, lines, row, xlsx_of


def refused(content, **limits) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        read_sheet(content, Limits(**limits))
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_text_file_reads_alike_whatever_its_marks_and_delimiters(delimiter, encoding):
    content = csv_of(row(carer_name="Siân Ŵyn"), delimiter=delimiter, encoding=encoding)
    sheet = read_sheet(content)
    assert sheet.headers[:2] == ("family_reference", "carer_name")
    assert sheet.rows[0].cells[1] == "Siân Ŵyn"
    assert not sheet.guessed


def test_an_old_windows_file_is_read_as_a_guess_and_shown_for_a_look():
    names = ["José Núñez", "Zoë Brontë", "André Lefèvre", "Siân Môn", "Chloé Dubé"]
    content = csv_of(*(row(carer_name=name) for name in names), encoding="cp1252")
    sheet = read_sheet(content)
    assert sheet.guessed
    assert "José Núñez" in sheet.preview


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Łukasz Wójcik-Żak", "cp1250"),
        ("Żaneta Dąbrowska", "cp1250"),
        ("Paweł Kowalski", "cp1250"),
        ("José Núñez", "cp1252"),
        ("Zoë O’Brien", "cp1252"),
    ],
)
def test_one_name_tells_a_polish_file_from_a_british_one(name, encoding):
    sheet = read_sheet(csv_of(row(carer_name=name), encoding=encoding))
    assert sheet.rows[0].cells[1] == name


def test_letters_nobody_can_be_sure_of_are_refused_and_shown():
    refusal = refused(b"family_reference,carer_name\nF1,Jos\xe9\n\x81\x8d\x8f\x90,\xff\xfe\n")
    assert refusal.reason is SheetReason.UNSURE_OF_LETTERS
    assert "Jos" in refusal.params["seen"]


def test_rows_keep_the_number_that_a_spreadsheet_shows():
    sheet = read_sheet(
        lines("family_reference,notes", 'F1,"two', 'lines"', "", ",,", "F2,last one")
    )
    assert [(r.number, r.cells[0]) for r in sheet.rows] == [(2, "F1"), (5, "F2")]
    assert sheet.rows[0].cells[1] == "two\r\nlines"


def test_a_workbook_that_begins_further_down_keeps_its_row_numbers():
    sheet = read_sheet(xlsx_of([["family_reference"], ["F1"], [""], ["F2"]], start=3))
    assert [r.number for r in sheet.rows] == [5, 7]


def test_a_workbook_gives_what_one_would_have_typed():
    day = dt.date(2026, 7, 5)
    cells = ["F1", 7700900123.0, day, 4321.5, 0.1 + 0.2, True]
    sheet = read_sheet(xlsx_of([[f"h{i}" for i in range(6)], cells]))
    assert sheet.rows[0].cells == ("F1", "7700900123", "2026-07-05", "4321.5", "0.3", "yes")


def test_a_formula_counts_as_the_value_it_had_when_it_was_saved():
    sheet = read_sheet(xlsx_of([["family_reference"], [""]], formula="=1+1"))
    assert sheet.rows[0].cells == ("F-cached",)


def test_of_several_sheets_the_first_is_read_and_the_others_are_named():
    sheet = read_sheet(xlsx_of([["a"], ["1"]], [["b"], ["2"]]))
    assert (sheet.headers, sheet.other_sheets) == (("a",), ("Sheet2",))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", SheetReason.EMPTY),
        (b" \r\n\r\n", SheetReason.EMPTY),
        (b",,,\r\n,,,", SheetReason.EMPTY),
        (b"family_reference\r\n", SheetReason.NO_ROWS),
        (b"%PDF-1.7 family_reference\nx", SheetReason.NOT_A_SPREADSHEET),
        (b"\x89PNG\r\n\x1a\n\x01\x02", SheetReason.NOT_A_SPREADSHEET),
        (b"PK\x03\x04 not really", SheetReason.NOT_A_SPREADSHEET),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, SheetReason.NOT_A_SPREADSHEET),
        (b"family_reference,carer\x00_name\nF1,Sam\n", SheetReason.NUL),
        (b"family_reference\x07\nF1\n", SheetReason.NOT_A_SPREADSHEET),
        (b'family_reference,notes\nF1,"never closed\nF2,x\n', SheetReason.OPEN_QUOTE),
        (b"phone,Phone\n1,2\n", SheetReason.SAME_HEADER_TWICE),
        (b"F1,Sam Example,EX1 1AB\nF2,Pat Example,EX1 1AB\n", SheetReason.NO_HEADERS),
        (b'F1,"1 Invented Street, Exampleton ex1 1ab"\nF2,x\n', SheetReason.NO_HEADERS),
        (b"F1,Sam Example,sam@example.org\nF2,Pat,\n", SheetReason.NO_HEADERS),
        (b"F1,Sam Example,07700 900123\nF2,Pat,\n", SheetReason.NO_HEADERS),
        (b"F1,Sam Example,A123456789012\nF2,Pat,\n", SheetReason.NO_HEADERS),
    ],
)
def test_what_is_no_sheet_is_refused_with_its_reason(content, reason):
    assert refused(content).reason is reason


def test_limits_are_told_with_the_number():
    rows = lines("family_reference", *(f"F{i}" for i in range(10)))
    assert refused(rows, rows=10).params == {"most": 10}
    assert refused(rows, size=20).reason is SheetReason.TOO_BIG
    wide = lines(",".join(f"h{i}" for i in range(5)), "1,2,3,4,5")
    assert refused(wide, columns=4).reason is SheetReason.TOO_MANY_COLUMNS
    book = [[f"h{i}" for i in range(5)], *([["x"] * 5] * 4)]
    assert refused(xlsx_of(book), rows=4).reason is SheetReason.TOO_MANY_ROWS
    assert refused(xlsx_of(book), columns=4).reason is SheetReason.TOO_MANY_COLUMNS


def bomb(entries: dict[str, bytes]) -> bytes:
    """An archive that takes a workbook's place."""
    good = xlsx_of([["family_reference"], ["F1"]])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good)) as workbook,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in workbook.namelist():
            if entry not in entries:
                archive.writestr(entry, workbook.read(entry))
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = bomb({"xl/sharedStrings.xml": b"<sst>" + b"0" * 200_000_000})
    assert 150_000 < len(content) < 250_000
    tracemalloc.start()
    assert refused(content).reason is SheetReason.SWELLS
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_cell_in_the_last_corner_of_the_sheet_costs_the_service_nothing():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>family_reference</t></is></c></row>'
        b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reason = refused(bomb({"xl/worksheets/sheet1.xml": sheet})).reason
    assert reason in {SheetReason.SWELLS, SheetReason.TOO_MANY_ROWS}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # kilobytes


def test_a_thousand_small_entries_are_refused_too():
    content = bomb({f"xl/media/{i}.xml": b"x" for i in range(2_100)})
    assert refused(content).reason is SheetReason.SWELLS


def test_a_locked_workbook_is_told_from_a_broken_one():
    content = bytearray(xlsx_of([["family_reference"], ["F1"]]))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1  # the archive's own flag for an encrypted entry
    assert refused(bytes(content)).reason is SheetReason.LOCKED


def test_a_workbook_with_a_password_is_locked():
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    content += "EncryptedPackage".encode("utf-16-le")
    assert refused(content).reason is SheetReason.LOCKED


def ods_of(rows: str) -> bytes:
    """An OpenDocument spreadsheet with these rows, written out by hand."""
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="Families">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{names}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def ods_row(text: str, repeated: str = "") -> str:
    return (
        f'<table:table-row><table:table-cell office:value-type="string" {repeated}>'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
    )


def test_an_opendocument_sheet_is_read():
    sheet = read_sheet(ods_of(ods_row("family_reference") + ods_row("F1")))
    assert (sheet.headers, sheet.rows[0].cells) == (("family_reference",), ("F1",))


def test_a_cell_repeated_a_thousand_million_times_is_refused():
    row = ods_row("x", 'table:number-columns-repeated="16384"').replace(
        "<table:table-row>", '<table:table-row table:number-rows-repeated="1048576">'
    )
    reason = refused(ods_of(ods_row("family_reference") + row)).reason
    assert reason in {SheetReason.SWELLS, SheetReason.NOT_A_SPREADSHEET}  # the reader says no


def test_a_sheet_survives_being_written_down():
    sheet = read_sheet(xlsx_of([["a", "b"], ["1", "2"]], [["c"]]))
    assert Sheet.from_document(sheet.document()) == sheet


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_raise_anything_but_a_refusal(content):
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf")):
        return
    try:
        sheet = read_sheet(content)
    except SheetRefused:
        return
    assert sheet.headers
    assert sheet.rows
