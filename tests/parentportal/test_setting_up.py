"""A council set up from nothing by the commands that the README names."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from messaging.council import Council, demonstration_council
from messaging.variants import VariantName
from parentportal.cli import main
from parentportal.models import CouncilSettings, Role, Wave
from parentportal.operations import copy
from parentportal.operations.council import council_in_force, save_council
from parentportal.operations.groups import LONDON
from parentportal.operations.judging import VersionsDiffer, check_alike
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


OWN_WORDS = "The trial takes 3 weeks. If anything is not clear, please ask me."


@pytest.fixture
def own_words(database, council, officers, clock):
    """Words of the council's own in use, that name a number of its settings."""
    settled = replace(
        council,
        personal_transport_budget=replace(council.personal_transport_budget, trial_weeks=3),
    )
    with database.transaction() as session:
        save_council(session, settled, now=clock())
        row = copy.begin_edit(
            session,
            "ptb-offer",
            "en_GB",
            VariantName.NEUTRAL,
            now=clock(),
            by=officers[Role.OFFICER],
        )
        by = officers[Role.OFFICER]
        copy.save_words(session, row.id, {"closing": OWN_WORDS}, now=clock(), by=by)
        copy.check(session, row.id, now=clock(), by=by)
        copy.approve(session, row.id, now=clock(), by=officers[Role.APPROVER])
        copy.put_in_use(session, row.id, now=clock(), by=by)
    return settled


def newest(database):
    with database.reading() as session:
        return session.scalar(select(func.max(CouncilSettings.version)))


def test_settings_that_the_words_in_use_do_not_fit_are_refused_with_each_place(
    run, own_words, settings_file, database
):
    before = newest(database)
    result = run("council", "set", settings_file)
    assert result.exit_code == 2
    assert "ptb-offer: In tone alone (number): en_GB letter neutral, closing: 3" in result.output
    assert "Nothing has changed." in result.output
    assert newest(database) == before


def test_they_are_put_in_force_anyway_where_somebody_says_so(
    run, own_words, settings_file, database, clock
):
    before = newest(database)
    result = run("council", "set", settings_file, "--anyway")
    assert result.exit_code == 0
    assert "In tone alone" in result.output
    assert newest(database) == before + 1
    with database.reading() as session, pytest.raises(VersionsDiffer):
        check_alike(session, "ptb-offer", council_in_force(session))


def test_what_was_at_fault_before_stands_in_the_way_of_nothing(run, own_words, settings_file):
    run("council", "set", settings_file, "--anyway")
    result = run("council", "set", settings_file)
    assert result.exit_code == 0
    assert "In tone alone" not in result.output


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
