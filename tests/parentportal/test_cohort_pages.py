"""The walk of a cohort file through the officers' pages, and the files nobody should send."""

from __future__ import annotations

import csv
import io
import re

import pytest
from sqlalchemy import func, select

from parentportal.intake.spreadsheet import read_sheet
from parentportal.intake.tables import safe_cell
from parentportal.intake.vocabulary import Column
from parentportal.models import Family, ImportBatch, Role
from tests.parentportal.counting import statements
from tests.parentportal.intake.sheets import csv_of, lines, row, xlsx_of
from tests.parentportal.intake.test_spreadsheet import bomb


@pytest.fixture
def officer(as_role):
    return as_role(Role.OFFICER)


@pytest.fixture
def upload(officer):
    """Send a file; gives the page one is led to."""

    def send(content, name="families.csv"):
        return officer.post(
            "/desk/cohort/import",
            data={"file": (io.BytesIO(content), name)},
            follow_redirects=True,
        )

    return send


def families(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Family))


def test_a_file_with_errors_is_checked_mended_and_confirmed(officer, upload, database):
    page = upload(csv_of(row(), row(family_reference="F2", carer_name="Pat", miles="far")))
    assert page.status_code == 200
    assert "This is not a number of miles." in page.text
    assert "Write a number, such as 3.2." in page.text
    assert families(database) == 0
    page = upload(csv_of(row(), row(family_reference="F2", carer_name="Pat", miles="4")))
    done = officer.post(f"{page.request.path}/confirm", follow_redirects=True)
    assert "The families are in" in done.text
    assert families(database) == 2
    again = officer.post(f"{page.request.path}/confirm", follow_redirects=True)
    assert "The families are in" in again.text
    assert families(database) == 2
    page = upload(csv_of(row(), row(family_reference="F2", carer_name="Pat", miles="4")))
    assert "Confirming it changes nothing." in page.text
    shown = officer.get("/desk/cohort").text
    assert "Sam Example" in shown
    assert "Not yet" in shown


def test_a_discarded_file_is_gone(officer, upload, database):
    page = upload(csv_of(row()))
    left = officer.post(f"{page.request.path}/discard", follow_redirects=True)
    assert "The file was discarded." in left.text
    assert "Nothing of it was kept." in officer.get(page.request.path).text
    assert officer.post(f"{page.request.path}/confirm").status_code == 409
    assert families(database) == 0


def test_columns_can_be_changed_and_are_remembered(officer, upload):
    content = csv_of({("Ref no" if k == "family_reference" else k): v for k, v in row().items()})
    page = upload(content)
    assert "We cannot tell which column is the family reference." in page.text
    columns = ["family_reference", *list(row())[1:]]
    chosen = {f"column-{n}": column for n, column in enumerate(columns)}
    path = page.request.path
    twice = officer.post(f"{path}/columns", data=chosen | {"column-1": "phone"})
    assert twice.status_code == 422
    assert "Choose phone for one column only." in twice.text
    page = officer.post(f"{path}/columns", data=chosen, follow_redirects=True)
    assert "New families" in page.text
    assert "We cannot tell" not in upload(content).text


def test_dropped_columns_guesses_and_other_sheets_are_said(upload):
    extra = {"UPN": "A123456789012", "Notes": "likes music"}
    page = upload(csv_of(row(carer_name="José Núñez") | extra, encoding="cp1252"))
    assert "Columns we do not use: Notes." in page.text
    assert "pupil numbers (UPN)" in page.text
    assert "A123456789012" not in page.text
    assert "José Núñez" in page.text
    page = upload(xlsx_of([list(row()), list(row().values())], [["other"]]), "f.xlsx")
    assert "Not read: Sheet2." in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7 no spreadsheet", "This is not a spreadsheet we can read."),
        (bomb({"xl/x.xml": b"0" * 200_000_000}), "The file would unpack to far more"),
        (b"family_reference\nJos\xe9 \x81\x8d\x90\x83\x98\n", "We cannot be sure of the letters"),
        (b"a,b\x00\n1,2\n", "bytes that no text has"),
        (b"phone,phone\n1,2\n", "Two columns are called “phone”."),
        (b'a,b\n1,"2\n', "A quotation mark in row 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_kindly_and_leaves_nothing(
    upload, database, content, words
):
    page = upload(content)
    assert page.status_code == 422
    assert words in page.text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_no_file_at_all_is_asked_for(officer):
    page = officer.post("/desk/cohort/import", data={})
    assert page.status_code == 422
    assert "Choose a spreadsheet." in page.text


def test_a_file_of_two_hundred_megabytes_is_turned_away_before_it_is_read(officer):
    body = io.BytesIO(b"x" * 4 * 1024 * 1024)
    page = officer.post(
        "/desk/cohort/import",
        input_stream=body,
        content_type="multipart/form-data; boundary=edge",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert body.tell() < 1024 * 1024
    assert page.status_code == 413
    assert "That file is too big" in page.text


def test_a_name_of_markup_is_shown_as_it_is(upload):
    page = upload(csv_of(row(school="<script>alert(1)</script>", miles="<b>far</b>")))
    assert "<b>far</b>" not in page.text
    assert "&lt;b&gt;far&lt;/b&gt;" in page.text


def test_the_list_of_rows_to_mend_is_safe_to_open(officer, upload):
    page = upload(csv_of(row(carer_name="=HYPERLINK(1)"), row(miles="-1", family_reference="F2")))
    listed = officer.get(f"{page.request.path}/rows-to-mend.csv")
    assert listed.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(listed.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Row", "Column", "What it says"]
    assert rows[1][:3] == ["2", "carer_name", "'=HYPERLINK(1)"]
    assert rows[2][:3] == ["3", "miles", "'-1"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r=1", "|x", "%x"])
def test_no_cell_is_left_that_a_spreadsheet_would_run(cell):
    assert safe_cell(cell) == f"'{cell}"


def test_many_bad_rows_are_shown_in_pages(upload, officer):
    rows = [row(family_reference=f"F{n}", carer_name=f"Sam {n}", miles="far") for n in range(450)]
    page = upload(csv_of(*rows))
    assert len(re.findall("This is not a number of miles", page.text)) == 200
    last = officer.get(f"{page.request.path}?page=3")
    assert len(re.findall("This is not a number of miles", last.text)) == 50
    assert ">451<" in last.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_holds_every_column_and_comes_back_when_it_is_filled_in(officer, kind):
    content = officer.get(f"/desk/cohort/template.{kind}").data
    if kind == "csv":
        content += ",".join(row().get(column, "") for column in Column).encode()
        assert read_sheet(content).headers == tuple(Column)
    else:
        assert content.startswith(b"PK")


def test_the_list_searches_by_reference_and_turns_pages(officer, upload):
    made = [row(family_reference=f"F{n:03}", carer_name=f"Sam {n}") for n in range(60)]
    page = upload(csv_of(*made))
    officer.post(f"{page.request.path}/confirm")
    first = officer.get("/desk/cohort").text
    assert "F049" in first
    assert "F050" not in first
    assert "F059" in officer.get("/desk/cohort?page=2").text
    found = officer.get("/desk/cohort?search=f00").text
    assert "10 families" in found
    assert officer.get("/desk/cohort?page=x&search=%25").status_code == 200


def test_each_page_asks_little_of_the_database(officer, upload):
    rows = [row(family_reference=f"F{n}", carer_name=f"Sam {n}") for n in range(60)]
    checked = upload(csv_of(*rows)).request.path
    officer.post(f"{checked}/confirm")
    waiting = upload(csv_of(*rows, row(family_reference="F99", miles="far"))).request.path
    for path in ("/desk/cohort", "/desk/cohort/import", checked, waiting):
        with statements() as seen:
            assert officer.get(path).status_code == 200
        assert len([s for s in seen if s.startswith("SELECT")]) <= 8, path


@pytest.mark.parametrize("role", [Role.APPROVER, Role.PROGRAMME])
def test_only_an_officer_brings_files_in(as_role, role):
    client = as_role(role)
    assert client.get("/desk/cohort/import").status_code == 403
    assert client.post("/desk/cohort/import").status_code == 403


def test_an_unknown_import_is_not_there(officer):
    nowhere = "/desk/cohort/import/00000000-0000-0000-0000-000000000000"
    assert officer.get(nowhere).status_code == 404
    for step in ("confirm", "discard", "columns"):
        assert officer.post(f"{nowhere}/{step}").status_code == 404


def test_a_workbook_saved_by_a_spreadsheet_walks_the_same_way(upload):
    cells = row(age_band="8-10") | {"phone": 7700900123, "annual_cost": 4321.5}
    page = upload(xlsx_of([list(cells), list(cells.values())]), "families.xlsx")
    assert "New families" in page.text
    assert "Rows to mend</h2>" not in page.text


def test_a_header_without_rows_is_told(upload):
    assert "The file has a header but no rows." in upload(lines("family_reference")).text


def test_the_list_names_every_language_and_one_that_nobody_knows(officer, upload):
    page = upload(
        csv_of(
            row(language="so"), row(family_reference="F2", carer_name="Pat", language="Dothraki")
        )
    )
    assert "“Dothraki” is not a language we write yet" in page.text
    officer.post(f"{page.request.path}/confirm")
    shown = officer.get("/desk/cohort").text
    assert "Somali" in shown
    assert "Another language" in shown
