"""What is deleted is gone from the disk, and looking for it harms nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from parentportal.config import Settings
from parentportal.db import Database, StillRead
from parentportal.dispatch.erasing import search_for
from parentportal.queries.details import Detail, Kind
from parentportal.schema import upgrade
from tests.conftest import KEYRING
from tests.parentportal.cohort_rows import a_family

WORDS = b"QUITE-UNHEARD-OF-77"
DETAIL = Detail(Kind.REFERENCE, (WORDS.decode().lower(),), raw=(WORDS,))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "council.db"


@pytest.fixture
def own(path, clock):
    """A database of its own, in a file of a name of its own, with one family."""
    with Database(f"sqlite:///{path}") as database:
        upgrade(database)
        with database.transaction() as session:
            a_family(session, WORDS.decode(), clock())
        yield database


@pytest.fixture
def own_settings(own, path):
    return Settings(f"sqlite:///{path}", KEYRING, path.parent)


def delete_all(database):
    with database.transaction() as session:
        for table in ("open_offer", "child", "carer", "family"):
            session.execute(text(f"DELETE FROM {table}"))


def test_a_deleted_row_is_found_in_the_log_until_the_file_is_written_anew(own, own_settings, path):
    delete_all(own)
    found = search_for(own, own_settings, [DETAIL])
    assert "council.db-wal" in {place.where for place in found.places}
    own.rewrite(())
    assert search_for(own, own_settings, [DETAIL]).places == ()
    assert path.with_name("council.db-wal").stat().st_size == 0


def test_a_reader_of_what_was_there_keeps_it_on_the_disk_and_that_is_said(own, own_settings, path):
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM family").fetchone()
        delete_all(own)
        with closing(own.engine.raw_connection()) as lent:
            lent.driver_connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StillRead):
            own.rewrite(())
    own.rewrite(())
    assert search_for(own, own_settings, [DETAIL]).places == ()


def test_searching_the_file_takes_no_lock_away(own, own_settings, path):
    """A process that closes a SQLite file gives up all its locks on it."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=0);"
        "c.isolation_level = None; c.execute('BEGIN IMMEDIATE')"
    )
    with own.transaction() as session:
        session.execute(text("DELETE FROM open_offer"))
        search_for(own, own_settings, [DETAIL])
        other = subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
        )
    assert "database is locked" in other.stderr


def test_an_error_does_not_repeat_what_was_to_be_written(own, clock):
    with pytest.raises(IntegrityError) as refused, own.transaction() as session:
        a_family(session, WORDS.decode(), clock())
    assert WORDS.decode() not in str(refused.value)
