"""What every test may ask for: a database of each kind, sessions, a portal, a clock."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy.orm import Session

from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.models import Base
from parentportal.operations import accounts
from parentportal.schema import upgrade
from parentportal.sealing import Keyring, use_keyring
from tests.postgresql import NoServer, empty_postgresql_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

KEYRING = Keyring("k1", {"k1": bytes(range(32))})
ROOT = Path(__file__).resolve().parent.parent
UNDER_CI = os.environ.get("CI") == "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long form of a sweep is run only when it is asked for: script/test --full."""
    if os.environ.get("PARENTPORTAL_FULL") == "1":
        return
    long = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def skip_or_fail(reason: str) -> None:
    """Skip what this machine cannot run; under CI nothing may be skipped."""
    if UNDER_CI:
        pytest.fail(reason)
    pytest.skip(reason)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def respondents_file() -> Path:
    """The real respondents' file: never in the project, mandatory under CI."""
    setting = os.environ.get("PARENTPORTAL_RESPONDENTS")
    path = Path(setting) if setting else ROOT.parent / "shared/data/ess_gb_rounds_7_9.csv.gz"
    if not path.is_file():
        skip_or_fail("the real respondents' file is not there")
    return path


@pytest.fixture(autouse=True, scope="session")
def keyring() -> Keyring:
    use_keyring(KEYRING)
    return KEYRING


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A database of each kind, at the newest migration."""
    with address_of(request.param, tmp_path_factory) as url:
        database = Database(url)
        upgrade(database)
        yield database
        database.dispose()


@contextmanager
def address_of(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'portal.sqlite3'}"
        return
    try:
        with empty_postgresql_database(tmp_path_factory) as url:
            yield url
    except NoServer as absent:
        skip_or_fail(str(absent))


@pytest.fixture
def session(migrated: Database) -> Iterator[Session]:
    """A session whose work is undone at the end, on both kinds of database."""
    with migrated.engine.connect() as connection:
        outer = connection.begin()
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session
        outer.rollback()


@pytest.fixture
def database(migrated: Database) -> Iterator[Database]:
    """A database that is really committed to, and emptied at the end."""
    yield migrated
    with migrated.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        keyring=KEYRING,
        var_directory=tmp_path,
        base_url="http://localhost",
        demonstration=True,
        secure_cookies=False,
    )


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> None:
    """Hash passwords as the service does, with the least work that the method allows."""
    accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts._nobody = accounts._hasher.hash("nobody")


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates compiled once for all the applications of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, clock: Clock, compiled_templates: BytecodeCache) -> Iterator[Flask]:
    """The portal on each kind of database, with the tests' clock; forms need no token here."""
    app = create_app(settings, clock=clock)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    app.extensions["portal"].database.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
