"""A council set up from nothing by the commands that the README names."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from messaging.council import Council, demonstration_council
from parentportal.cli import main
from parentportal.models import CouncilSettings, Wave
from parentportal.operations.groups import LONDON
from parentportal.web import system_clock
from tests.conftest import KEYRING
from tests.parentportal.cohort_rows import a_family

TODAY = system_clock().astimezone(LONDON).date()
LATER = str(TODAY + timedelta(days=30))


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    keys = tmp_path / "keys.json"
    keys.write_text(KEYRING.to_json())
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_KEYS", str(keys))
    monkeypatch.setenv("PARENTPORTAL_BASE_URL", "https://travel.example")
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def settings_file(tmp_path):
    file = tmp_path / "council.toml"
    shipped = files("messaging") / "demonstration" / "council.toml"
    file.write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    return file


def test_a_council_is_set_and_what_is_shown_can_be_set_again(run, settings_file):
    assert run("council", "show").exit_code == 1
    assert "version 1" in run("council", "set", settings_file).output
    shown = run("council", "show").output
    contact = replace(demonstration_council().contact, signature=None)
    as_copied = replace(demonstration_council(), logo=None, contact=contact)  # its drawings stayed
    assert Council.from_document(tomllib.loads(shown)) == as_copied
    settings_file.write_text(shown, encoding="utf-8")
    assert "version 2" in run("council", "set", settings_file).output


def test_every_field_that_is_wrong_is_listed_and_nothing_changes(run, settings_file, database):
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(f"nonsense = 1\n{text}".replace("reply_weeks", "weeks"), "utf-8")
    result = run("council", "set", settings_file)
    assert result.exit_code == 2
    for line in ("nonsense: is not a setting", "weeks: is not a setting", "reply_weeks: is mis"):
        assert line in result.output
    with database.reading() as session:
        assert session.scalar(select(CouncilSettings)) is None


def test_a_wave_is_opened_everyone_invited_and_their_codes_written(run, database, tmp_path, clock):
    with database.transaction() as session:
        a_family(session, "F1", clock(), name="@Ali Sample")
        a_family(session, "F2", clock(), flags=["do-not-contact"])
    out = tmp_path / "codes.csv"
    assert run("wave", "open", "Spring", "--closes", LATER).exit_code == 0
    assert run("wave", "invite", "Spring").output.startswith("1 carers are invited")
    result = run("wave", "codes", "Spring", out)
    assert result.output.startswith("1 codes in")
    assert out.stat().st_mode & 0o777 == 0o600
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == "'@Ali Sample"
    assert row["link"] == f"https://travel.example/s/{row['code']}"
    with database.reading() as session:
        assert session.scalars(select(Wave)).one().closes_at.astimezone(LONDON).hour == 23


def test_a_codes_file_never_replaces_another_file(run, tmp_path):
    out = tmp_path / "codes.csv"
    out.write_text("something else")
    run("wave", "open", "Spring", "--closes", LATER)
    assert run("wave", "codes", "Spring", out).exit_code == 1
    assert out.read_text() == "something else"


def test_what_a_wave_refuses_is_told_in_words(run):
    past = str(TODAY - timedelta(days=1))
    assert "cannot lie before" in run("wave", "open", "Spring", "--closes", past).output
    assert run("wave", "open", "Spring", "--closes", LATER).exit_code == 0
    assert "has this name" in run("wave", "open", "Spring", "--closes", LATER).output
    assert "no round of asking called “Summer”" in run("wave", "invite", "Summer").output
