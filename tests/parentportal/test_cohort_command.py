"""``parentportal cohort import``: a dry run unless told otherwise, and its exit codes."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from parentportal.cli import main
from parentportal.models import Family, ImportBatch, OpenOffer, Role
from tests.conftest import KEYRING
from tests.parentportal.intake.sheets import csv_of, row


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    """Import a file; gives what was printed and the exit code."""
    keys = tmp_path / "keys.json"
    keys.write_text(KEYRING.to_json())
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_KEYS", str(keys))
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))

    def run(content, *options):
        file = tmp_path / "families.csv"
        if content is not None:
            file.write_bytes(content)
        command = ["cohort", "import", str(file), "--demonstration", *options]
        return CliRunner().invoke(main, command)

    return run


def count(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_without_confirm_nothing_is_written_and_everything_is_told(run, database):
    bad = row(family_reference="F2", carer_name="Pat", miles="far", language="Somali")
    result = run(csv_of(row() | {"UPN": "A123456789012"}, bad | {"UPN": ""}))
    assert result.exit_code == 1, result.output
    assert "Column 'UPN' is dropped" in result.output
    assert "row 3, miles: 'far': This is not a number of miles. Write a number" in result.output
    assert "“Somali” is not a language we write yet" in result.output
    assert "2 rows, 1 to mend. Families: 1 new" in result.output
    assert "Nothing was written." in result.output
    assert count(database, Family) == count(database, ImportBatch) == 0


def test_confirm_brings_the_good_families_in_and_a_second_time_changes_nothing(run, database):
    assert run(csv_of(row()), "--confirm").exit_code == 0
    again = run(csv_of(row()), "--confirm")
    assert "0 new families, 0 changed, 1 as they were." in again.output
    assert count(database, Family) == 1


def test_the_officer_named_is_the_one_who_decided(run, database, officers):
    email = officers[Role.OFFICER].email
    assert run(csv_of(row()), "--confirm", "--officer", email).exit_code == 0
    with database.reading() as session:
        assert session.scalar(select(OpenOffer.decided_by)) == officers[Role.OFFICER].name
    assert run(csv_of(row()), "--officer", "nobody@example.org").exit_code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty."), (b"%PDF-", "not a spreadsheet"), (b"a,b\n1,2\n", "No column")],
)
def test_an_unreadable_file_exits_with_two(run, content, words):
    result = run(content, "--confirm")
    assert result.exit_code == 2
    assert words in result.output


def test_a_file_of_two_hundred_megabytes_is_refused_by_its_size_alone(run, tmp_path):
    with (tmp_path / "families.csv").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    result = run(None)
    assert result.exit_code == 2
    assert "The file is bigger than 10 MB." in result.output
