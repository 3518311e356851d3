"""``parentportal database``: bring it up to date."""

import click

from parentportal.config import Settings
from parentportal.db import Database
from parentportal.schema import upgrade as upgrade_schema


@click.group()
def database() -> None:
    """The installation's database (DATABASE_URL, or SQLite in the var folder)."""


@database.command()
def upgrade() -> None:
    """Bring the tables to this release's newest migration; nothing is lost."""
    settings = Settings.from_environment()
    upgrade_schema(Database(settings.database_url))
    click.echo("The database is up to date.")
