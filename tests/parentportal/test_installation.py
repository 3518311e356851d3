"""A database knows its own keys, and whether it is for practice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from parentportal.app import create_app
from parentportal.cli import main
from parentportal.db import Database
from parentportal.demonstration import stage
from parentportal.installation import open_database
from parentportal.models import Family, ImportBatch, Installation, Officer
from parentportal.operations.cohort import check_import
from parentportal.operations.installation import (
    NotForPractice,
    PracticeOnly,
    begin_practice,
    is_recognised,
    recognise,
)
from parentportal.queries.practice import is_practice, may_practise
from parentportal.schema import upgrade
from parentportal.sealing import Keyring, KeyringStrange, use_keyring
from tests.conftest import KEYRING
from tests.parentportal.intake.sheets import csv_of, row

ANOTHER = Keyring("k1", {"k1": bytes(32)})
WITH_A_NEW_KEY = Keyring("k2", {**KEYRING.masters, "k2": bytes(range(1, 33))})


@pytest.fixture(autouse=True)
def _own_keys_afterwards():
    yield
    use_keyring(KEYRING)


@pytest.fixture
def run(settings, tmp_path):
    """Run a command on the database, with the key file or without."""

    def run(*command, keyring=KEYRING):
        if keyring is not None:
            (tmp_path / "keys.json").write_text(keyring.to_json())
        address = {"PARENTPORTAL_VAR": str(tmp_path), "DATABASE_URL": settings.database_url}
        return CliRunner().invoke(main, command, env=address)

    return run


def test_the_keys_of_the_first_use_are_the_ones_that_are_good(session):
    recognise(session, KEYRING)
    assert is_recognised(session, KEYRING)
    with pytest.raises(KeyringStrange):
        is_recognised(session, ANOTHER)
    with pytest.raises(KeyringStrange):
        recognise(session, ANOTHER)


def test_a_new_key_beside_the_old_one_is_learnt_and_then_missed(session):
    recognise(session, KEYRING)
    assert not is_recognised(session, WITH_A_NEW_KEY)
    recognise(session, WITH_A_NEW_KEY)
    assert is_recognised(session, WITH_A_NEW_KEY)
    with pytest.raises(KeyringStrange):
        is_recognised(session, KEYRING)


def test_the_portal_does_not_start_with_strange_keys(settings):
    create_app(settings).extensions["portal"].database.dispose()
    with pytest.raises(KeyringStrange, match="Put the right key file back"):
        create_app(replace(settings, keyring=ANOTHER))


def test_a_database_that_was_away_is_asked_before_its_first_session(settings, database):
    with open_database(settings) as opened, opened.reading() as session:
        assert session.scalar(select(Installation.key_prints)) == KEYRING.prints()
    with open_database(replace(settings, keyring=ANOTHER)) as opened:
        for _ in range(2):
            with pytest.raises(KeyringStrange), opened.transaction() as session:
                session.add(Officer())


def test_a_page_is_refused_kindly_when_the_keys_prove_strange_after_the_start(tmp_path, settings):
    """The database was away as the portal started, so nobody could tell then."""
    url = f"sqlite:///{tmp_path / 'late.sqlite3'}"
    app = create_app(replace(settings, database_url=url))
    with Database(url) as late:
        upgrade(late)
        with late.transaction() as session:
            recognise(session, ANOTHER)
    page = app.test_client().get("/")
    assert page.status_code == 500
    assert "there is a problem with the service" in page.text
    app.extensions["portal"].database.dispose()


def test_a_lost_key_file_is_told_plainly_and_nothing_is_brought_in(run, database, tmp_path):
    file = tmp_path / "families.csv"
    file.write_bytes(csv_of(row()))
    command = ("cohort", "import", str(file), "--demonstration", "--confirm")
    assert run(*command).exit_code == 0
    (tmp_path / "keys.json").unlink()
    again = run(*command, keyring=None)
    assert again.exit_code == 1
    assert "These are not the keys that this database was sealed with." in again.output
    with database.reading() as session:
        assert len(session.scalars(select(ImportBatch.id)).all()) == 1


def test_a_practice_council_is_marked_and_may_be_begun_again(session, clock):
    assert may_practise(session)
    assert not is_practice(session)
    stage.stage(session, "http://127.0.0.1:8000", now=clock(), families=5)
    assert is_practice(session)
    begin_practice(session)
    recognise(session, KEYRING)
    assert is_practice(session)


@pytest.mark.parametrize("real", ["officers", "council"])
def test_nothing_is_staged_where_a_council_has_begun(request, database, clock, real):
    request.getfixturevalue(real)
    with pytest.raises(NotForPractice), database.transaction() as session:
        stage.stage(session, "http://127.0.0.1:8000", now=clock(), families=5)
    with database.reading() as session:
        assert not is_practice(session)
        assert session.scalar(select(Family.id)) is None


@pytest.mark.parametrize("options", [(), ("--fresh",)])
def test_the_demonstration_leaves_a_council_that_has_begun_alone(run, database, officers, options):
    started = run("demo", "--port", "18473", *options)
    assert started.exit_code == 1
    assert "a council's own, not one for practice" in started.output
    with database.reading() as session:
        assert len(session.scalars(select(Officer.id)).all()) == len(officers)


def test_real_families_are_not_brought_into_a_practice_council(session, clock):
    begin_practice(session)
    with pytest.raises(PracticeOnly):
        check_import(session, "f.csv", csv_of(row()), demonstration=False, now=clock())
    check_import(session, "f.csv", csv_of(row()), demonstration=True, now=clock())


def test_the_command_tells_that_real_families_do_not_belong_in_practice(run, database, tmp_path):
    with database.transaction() as session:
        begin_practice(session)
    file = tmp_path / "families.csv"
    file.write_bytes(csv_of(row(phone="")))
    refused = run("cohort", "import", str(file), "--confirm")
    assert refused.exit_code == 1, refused.output
    assert "real families do not belong here" in refused.output
