"""``parentportal replay``: real respondents' answers through the whole service."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from parentportal import replay as walk
from parentportal.config import Settings
from parentportal.installation import open_database
from parentportal.operations.installation import NotForPractice
from parentportal.replay_pages import answer_through_pages
from parentportal.schema import upgrade
from parentportal.web import system_clock
from segmentation.respondents import (
    Respondent,
    RespondentsRefused,
    is_usable,
    read_respondents,
)

if TYPE_CHECKING:
    from parentportal.db import Database


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--families", type=click.IntRange(1), help="How many respondents (default: all).")
@click.option("--wave", default=None, help="Name of the new wave (default: by date and time).")
@click.option("--http", "base_url", help="Answer through the pages served at this address.")
def replay(file: Path, families: int | None, wave: str | None, base_url: str | None) -> None:
    """Send the ratings of FILE's respondents the way of a parent's, for synthetic families.

    Each gets a code, answers, an assignment and an approved letter. Only a database without real
    families will do.
    """
    started = monotonic()
    settings = Settings.from_environment()
    name = wave or f"Replay {system_clock():%Y-%m-%d %H:%M:%S}"
    try:
        people = list(islice(read_respondents(file), families))
    except RespondentsRefused as refused:
        raise click.ClickException(f"{file.name}: {refused}") from refused
    with open_database(settings) as database:
        upgrade(database)
        found, given = _walk(database, name, people, base_url)
    click.echo("\n".join(_report(name, people, given, found, monotonic() - started)))
    whole = (len(people), given, 0)
    if (found.respondents, found.answers, found.unapproved) != whole:
        raise click.ClickException("What is in the database is not what was sent.")


def _walk(
    database: Database, name: str, people: list[Respondent], base_url: str | None
) -> tuple[walk.Tally, int]:
    """What is in the database afterwards, and how many ratings were given."""
    try:
        wave_id, issued = walk.prepare(database, name, len(people), now=system_clock())
    except NotForPractice:
        raise click.ClickException(
            "This database is a council's own, not one for practice. Replay into another one."
        ) from None
    except walk.WaveTaken:
        raise click.ClickException(f"There is a wave “{name}” already: name another.") from None
    with click.progressbar(length=len(people), label="Answering", show_pos=True) as bar:
        if base_url:
            given = answer_through_pages(base_url, issued, people, progress=bar.update)
        else:
            given = walk.answer(database, issued, people, clock=system_clock, progress=bar.update)
    lot = walk.lot_of(wave_id)
    carers = [seat.carer_id for seat in issued]
    with click.progressbar(length=len(carers), label="Writing  ", show_pos=True) as bar:
        walk.write(database, carers, lot, clock=system_clock, progress=bar.update)
    return walk.tally(database, wave_id, lot), given


def _report(
    name: str, people: list[Respondent], given: int, found: walk.Tally, seconds: float
) -> list[str]:
    usable = sum(is_usable(person.ratings) for person in people)
    lines = [
        f"Wave “{name}”",
        f"  respondents sent         {len(people):>7,}  (usable full form: {usable:,})",
        f"  responses submitted      {found.respondents:>7,}",
        f"  answers sent             {given:>7,}",
        f"  answers kept             {found.answers:>7,}",
        "People by segment, as the answers point to it",
    ]
    lines += [f"  {word:<24} {count:>7,}" for word, count in sorted(found.assigned.items())]
    lines += ["People unassigned, by reason"]
    lines += [f"  {word:<24} {count:>7,}" for word, count in sorted(found.unassigned.items())]
    lines += ["Messages by variant (letters and emails; all approved, none dispatched)"]
    lines += [f"  {word:<24} {count:>7,}" for word, count in sorted(found.messages.items())]
    lines += [
        f"  without an approval      {found.unapproved:>7,}",
        f"Seconds                    {seconds:>7,.1f}",
    ]
    return lines
