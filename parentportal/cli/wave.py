"""``parentportal wave``: a round of asking opened, everyone invited, codes for their letters."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parentportal.config import Settings
from parentportal.db import Database
from parentportal.errors import words_for
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import open_wave
from parentportal.operations.waves import give_out_codes, invite_everyone, whole_days
from parentportal.queries.waves import wave_named
from parentportal.refusals import NotThere, Refusal
from parentportal.sealing import use_keyring
from parentportal.web import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def wave() -> None:
    """Rounds of asking parents what matters to them."""


@wave.command("open")
@click.argument("name")
@click.option("--closes", type=DAY, required=True, help="The last day, such as 2027-03-31.")
@click.option("--opens", type=DAY, help="The first day; without it, today.")
def open_one(name: str, closes: datetime, opens: datetime | None) -> None:
    """Open a round of asking called NAME; its days are those of England."""
    now = system_clock()
    first = opens.date() if opens else now.astimezone(LONDON).date()
    opens_at, closes_at = whole_days(first, closes.date())
    with _transaction() as (session, _settings):
        open_wave(session, name.strip(), opens_at=opens_at, closes_at=closes_at, now=now)
    click.echo(f"“{name.strip()}” takes answers from {first} to {closes.date()}.")


@wave.command()
@click.argument("name")
def invite(name: str) -> None:
    """Give a code to each carer who may be asked; who has one already keeps it."""
    with _transaction() as (session, _settings):
        issued = invite_everyone(session, _key(session, name), now=system_clock())
    click.echo(f"{len(issued)} carers are invited. Nothing has been sent.")


@wave.command()
@click.argument("name")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def codes(name: str, out: Path) -> None:
    """Write OUT, a CSV file for a mail merge: everyone who has neither answered nor skipped.

    Whoever reads the file can answer for those in it. Only you can read it; delete it once the
    letters are printed. The trail keeps that it was written.
    """
    with _transaction() as (session, settings):
        key = _key(session, name)
        found = give_out_codes(session, key, settings.base_url, now=system_clock())
    try:  # after the trail is kept: no code is written that it does not know of
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as failed:
        raise click.ClickException(f"{out}: {failed.strerror}") from failed
    with os.fdopen(file, "wb") as stream:
        stream.write(found.content)
    click.echo(f"{found.codes} codes in {out}; {found.without_address} have no postal address.")


@contextmanager
def _transaction() -> Iterator[tuple[Session, Settings]]:
    """A transaction of this installation; a refusal is told in its own words."""
    settings = Settings.from_environment()
    use_keyring(settings.keyring)
    try:
        with Database(settings.database_url) as database, database.transaction() as session:
            yield session, settings
    except Refusal as refusal:
        raise click.ClickException(words_for(refusal)[1]) from refusal


def _key(session: Session, name: str) -> UUID:
    try:
        return wave_named(session, name)
    except NotThere:
        raise click.ClickException(f"There is no round of asking called “{name}”.") from None
