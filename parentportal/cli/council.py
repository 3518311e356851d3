"""``parentportal council``: what the council has set about itself, put in force and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from messaging.council import CouncilRefused, load_council
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.operations.council import NoCouncil, council_in_force, save_council
from parentportal.web import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REFUSED = 2


@click.group()
def council() -> None:
    """Who the council is, who answers its telephone, and the terms of what it offers."""


@council.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def set_council(file: Path) -> None:
    """Put the settings of FILE (TOML) in force; the ones before stay on record.

    Exit code 2: something in the file is refused; every field is listed, and nothing has changed.
    """
    try:
        found = load_council(file)
    except CouncilRefused as refused:
        for field, reason in refused.problems:
            click.echo(f"{field or file.name}: {reason}", err=True)
        click.echo("Nothing has changed.", err=True)
        raise SystemExit(REFUSED) from None
    database = Database(Settings.from_environment().database_url)
    with database, database.transaction() as session:
        version = save_council(session, found, now=system_clock()).version
    click.echo(f"{found.name}: version {version} of the settings is in force.")


@council.command()
def show() -> None:
    """Print the settings in force, as TOML that ``council set`` takes back."""
    with Database(Settings.from_environment().database_url) as database:
        try:
            with database.reading() as session:
                document = council_in_force(session).document()
        except NoCouncil:
            raise click.ClickException("Nothing is set yet: parentportal council set") from None
    for name, value in _settings(document):
        click.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")


def _settings(table: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Each setting under its whole name; a value in JSON says the same in TOML."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value
