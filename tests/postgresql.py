"""Find a PostgreSQL server for the tests (a setting, the local one, or one they start)."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from sqlalchemy.engine import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

LOCAL = ("postgresql:///postgres", "postgresql://postgres@127.0.0.1/postgres")


class NoServer(Exception):
    """No PostgreSQL server is to be had on this machine."""


@contextmanager
def empty_postgresql_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a new, empty database; it is dropped at the end.

    Raises:
        NoServer: when none is running and none can be started.
    """
    with _server(tmp_path_factory) as server:
        name = f"parentportal_test_{uuid4().hex[:12]}"
        with psycopg.connect(_text(server), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" ENCODING UTF8 TEMPLATE template0')
        try:
            yield _text(server.set(database=name))
        finally:
            with psycopg.connect(_text(server), autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    setting = os.environ.get("PARENTPORTAL_TEST_POSTGRESQL")
    for address in [setting] if setting else LOCAL:
        with suppress(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=3).close()
            yield make_url(address)
            return
    with _started(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@contextmanager
def _started(folder: Path) -> Iterator[URL]:
    """A server of our own on a socket, from Debian's binaries; they refuse to run as root."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in [shutil.which("initdb")] if path
    ]
    if not found:
        raise NoServer("no PostgreSQL server runs here and no initdb is installed")
    binaries = found[-1].parent
    as_postgres: list[str] = []
    if os.geteuid() == 0:
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        for directory in (folder, *folder.parents[:3]):
            directory.chmod(0o755)
        shutil.chown(folder, "postgres", "postgres")
    cluster = folder / "cluster"
    control = [*as_postgres, str(binaries / "pg_ctl"), "-D", str(cluster), "-w"]
    _run(
        [
            *as_postgres,
            str(binaries / "initdb"),
            "-D",
            str(cluster),
            "-U",
            "postgres",
            "-A",
            "trust",
        ]
    )
    _run([*control, "-l", str(folder / "log"), "-o", f"-k {folder} -h '' -F", "start"])
    try:
        yield URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)})
    finally:
        _run([*control, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/")
    except (OSError, subprocess.CalledProcessError) as problem:
        raise NoServer(f"{command[0]} failed: {problem}") from problem


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
