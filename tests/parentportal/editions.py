"""Databases as an edition before left them: its tables, and rows in the columns that there were."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import MetaData

from parentportal.db import Database
from parentportal.schema import upgrade
from tests.conftest import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import pytest
    from sqlalchemy import Connection


@contextmanager
def edition(kind: str, revision: str, folders: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of a kind at an older migration."""
    with address_of(kind, folders) as url, Database(url) as database:
        upgrade(database, revision)
        yield database


@contextmanager
def keeping(database: Database) -> Iterator[Callable[..., None]]:
    """Keep rows where no model of today would fit: `keep(table, **columns)`, in one transaction."""
    known = MetaData()
    with database.engine.begin() as connection:
        known.reflect(connection)

        def keep(table: str, **columns: object) -> None:
            connection.execute(known.tables[table].insert().values(as_kept(connection, columns)))

        yield keep


def keep_carer(keep: Callable[..., None], at: datetime) -> UUID:
    """One family and its carer, in columns that every edition had; the carer's key."""
    family, carer = uuid4(), uuid4()
    keep(
        "family",
        id=family,
        reference="F1",
        reference_key="f1",
        flags=[],
        created_at=at,
        changed_at=at,
    )
    keep(
        "carer",
        id=carer,
        family_id=family,
        name_key=bytes(32),
        name_sealed=b"sealed",
        language="en_GB",
        created_at=at,
        position=0,
    )
    return carer


def as_kept(connection: Connection, columns: dict[str, object]) -> dict[str, object]:
    """Columns with ids as this kind of database keeps them, where no model says so."""
    plain = connection.dialect.name == "sqlite"
    return {
        name: value.hex if plain and isinstance(value, UUID) else value
        for name, value in columns.items()
    }
