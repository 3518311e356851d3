"""The database's shape: bring it up to date, and ask whether it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from parentportal.db import Database

PACKAGED = Path(__file__).with_name("_migrations")
IN_CHECKOUT = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings: the migrations inside the wheel, or those of the checkout."""
    config = Config()
    config.set_main_option("script_location", str(PACKAGED if PACKAGED.exists() else IN_CHECKOUT))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision, all in one transaction."""
    if (path := database.engine.url.database) and database.engine.dialect.name == "sqlite":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    with database.engine.begin() as connection:
        command.upgrade(alembic_config(connection), revision)


def empty(database: Database) -> None:
    """Take every table away, with all that is in it: for a practice council begun again."""
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision this release knows."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
