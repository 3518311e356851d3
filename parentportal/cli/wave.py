"""``parentportal wave``: a round of asking opened, everyone invited, codes for their letters."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from messaging.forms import Edition, FormPress
from messaging.languages import LANGUAGES
from messaging.press import NotPrintable
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.errors import words_for
from parentportal.operations.council import council_in_force
from parentportal.operations.forms import give_out_forms, last_day, questions_of
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import open_wave
from parentportal.operations.waves import give_out_codes, invite_everyone, whole_days
from parentportal.queries.forms import form_files, wave_by_key
from parentportal.queries.waves import wave_named
from parentportal.refusals import NotThere, Refusal
from parentportal.sealing import use_keyring
from parentportal.web import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.forms import Access

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
@click.option(
    "--full-share",
    type=click.IntRange(0, 100),
    default=0,
    show_default=True,
    help="So many per cent, drawn by lot, are asked every question; they are told beforehand.",
)
@click.option("--seed", type=click.IntRange(0), help="Of that draw; without it, by chance.")
def invite(name: str, *, full_share: int, seed: int | None) -> None:
    """Give a code to each carer who may be asked; who has one already keeps it."""
    with _transaction() as (session, _settings):
        issued = invite_everyone(
            session,
            _key(session, name),
            now=system_clock(),
            full_share=full_share,
            seed=secrets.randbits(63) if seed is None else seed,
        )
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
    _write(out, found.content)  # after the trail is kept: it knows of every code that is written
    click.echo(f"{found.codes} codes in {out}; {found.without_address} have no postal address.")


@wave.command()
@click.argument("name")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--codes", "with_codes", is_flag=True, help="A form with a code for each family.")
@click.option("--large", is_flag=True, help="In large print.")
@click.option(
    "--language",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    help="Only this language; may be given again.",
)
def forms(
    name: str, out: Path, *, with_codes: bool, large: bool, languages: tuple[str, ...]
) -> None:
    """Print the paper form into the folder OUT: blank in each language, or with codes.

    With codes there is a form for everyone who has neither answered nor skipped, in the order of
    the codes file, so many to a file. Whoever reads them can answer for those families: only you
    can; delete them once they are printed. The trail keeps that they were given out.
    """
    edition = Edition.LARGE if large else Edition.A4
    chosen, now = languages or LANGUAGES, system_clock()
    runs: list[tuple[str, str, Sequence[Access | None]]] = []
    with _transaction() as (session, settings):
        key = _key(session, name)
        wave, council = wave_by_key(session, key), council_in_force(session)
        if with_codes:
            for file in form_files(session, key):
                if file.language in chosen and file.invitations:
                    given = give_out_forms(
                        session, key, file.language, file.part, settings.base_url, now=now
                    )
                    stem = f"forms-{file.language}-{edition}-{file.part}"
                    runs.append((stem, file.language, given))
        else:
            runs = [(f"form-{code}-{edition}", code, [None]) for code in chosen]
    press = FormPress()
    for stem, language, accesses in runs:
        try:
            printed = press.forms(
                questions_of(wave, language),
                council,
                edition,
                send_by=last_day(wave),
                dated=now.astimezone(LONDON).date(),
                accesses=accesses,
            )
        except NotPrintable as refused:
            raise click.ClickException(f"{stem}: {refused}") from refused
        _write(out / f"{stem}.pdf", printed.pdf)
        click.echo(f"{stem}.pdf: {len(accesses)} forms, {printed.pages} sides")
    if not runs:
        click.echo("Nobody is still to be asked.")


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as failed:
        raise click.ClickException(f"{path}: {failed.strerror}") from failed
    with os.fdopen(file, "wb") as stream:
        stream.write(content)


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
