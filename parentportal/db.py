"""The database: one engine, sessions for reading and sessions that write."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT_MS = 30_000


class StillRead(Exception):
    """A reader holds on to what was there before, so that is not gone from the disk yet."""


class Database:
    """Sessions on one database; the caller (a view, a command, a job) owns the transaction."""

    def __init__(self, url: str, *, before_use: Callable[[], None] | None = None) -> None:
        """Name the database; ``before_use`` is called before the first session, until it passes."""
        self._before_use = before_use
        self.engine = make_engine(url)
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        self._reading = sessionmaker(
            self.engine.execution_options(reading=True), expire_on_commit=False, autoflush=False
        )

    def begin_use(self) -> None:
        """Do what stands before the first session; raises what that raises."""
        if self._before_use is not None:
            self._before_use()  # by two threads at once, at worst: it bears that
            self._before_use = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is kept whole at the end, or not at all when anything is raised.

        On SQLite the lock is taken at the start (``BEGIN IMMEDIATE``): two writers queue, and
        neither finds at its commit that what it read has changed.
        """
        self.begin_use()
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads: it never waits for a writer and keeps nothing."""
        self.begin_use()
        with self._reading() as session:
            yield session

    def rewrite(self, tables: Iterable[str]) -> None:
        """Write these tables anew, so that no page holds what was deleted from them.

        On SQLite that is the whole file, and its write-ahead log is emptied. On PostgreSQL what the
        planner remembers of their values is gathered again; the server's own write-ahead log is
        not ours to empty, and is over as its segments are used again.

        Raises:
            StillRead: on SQLite, somebody else reads what was there before; nothing is lost, and
                it may be called again.
        """
        with closing(self.engine.raw_connection()) as lent:
            connection: Any = lent.driver_connection
            if self.engine.dialect.name == "sqlite":
                _rewrite_sqlite(connection)
                return
            lent.rollback()
            connection.autocommit = True
            try:
                for table in (*tables, "pg_statistic"):
                    analyze = "" if table == "pg_statistic" else ", ANALYZE"
                    connection.execute(f'VACUUM (FULL{analyze}) "{table}"')
            finally:
                connection.autocommit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def insert_or(session: Session, table: Any) -> Any:
    """``INSERT`` with ``on_conflict_do_update`` and ``…_do_nothing``, which both databases have."""
    return _insert(session.get_bind().dialect.name, table)


@cache
def _insert(dialect: str, table: Any) -> Any:
    """Made once: its ``excluded`` copies every column of the table, which costs more than a row."""
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)


def make_engine(url: str, **options: Any) -> Engine:
    """An engine on SQLite (WAL, immediate transactions, busy timeout) or on PostgreSQL.

    An error never repeats the values it was given: they would stay in a log.
    """
    address = make_url(url)
    if address.drivername in {"postgresql", "postgres"}:
        address = address.set(drivername="postgresql+psycopg")
    engine = create_engine(address, **{"hide_parameters": True, **options})
    if address.get_backend_name() == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say when a transaction begins, not the driver
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a kept answer survives a power cut too
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is written over

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _rewrite_sqlite(connection: Any) -> None:
    try:
        connection.execute("VACUUM")
        busy, *_pages = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as locked:
        if locked.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the rest says what kind
            raise
        raise StillRead from locked
    if busy:
        raise StillRead
