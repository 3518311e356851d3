"""The databases to measure on: SQLite always, PostgreSQL where a server is found."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.postgresql import NoServer, empty_postgresql_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


class Folders:
    """Hands out folders, as pytest's factory does, to those who make databases."""

    def __init__(self, within: Path) -> None:
        self.within = within

    def mktemp(self, name: str) -> Path:
        """A new folder."""
        folder = self.within / f"{name}-{len(list(self.within.iterdir()))}"
        folder.mkdir()
        return folder


def kinds(folder: Path) -> tuple[str, ...]:
    """The databases this machine has."""
    try:
        with empty_database(POSTGRESQL, folder):
            return SQLITE, POSTGRESQL
    except NoServer as absent:
        print(f"SQLite alone: {absent}", file=sys.stderr)
        return (SQLITE,)


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a new, empty database.

    Raises:
        NoServer: PostgreSQL is asked for, and there is none.
    """
    folders = Folders(folder)
    if kind == SQLITE:
        yield f"sqlite:///{folders.mktemp('sqlite') / 'portal.sqlite3'}"
        return
    with empty_postgresql_database(folders) as address:  # type: ignore[arg-type]
        yield address
