"""``parentportal council``: what the council has set about itself, put in force and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from messaging.council import CouncilRefused, load_council
from messaging.languages import ENGLISH
from messaging.locked.figures import printed_date
from messaging.locked.money import printed_calendar, printed_lines, printed_scheme
from messaging.offers import ChildOffer, read_miles
from messaging.placeholders import CompositionRefused
from messaging.schemes.calendars import instalments, school_year_of
from messaging.schemes.journeys import Journey, ages_of
from messaging.schemes.money import format_pounds
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.timeline import scheme_on
from parentportal.cli.campaign import faults_in_words
from parentportal.cli.sign_off import sign_off, withdraw
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.operations.council import (
    IllnessCutsNotSignedOff,
    NoCouncil,
    council_in_force,
    save_council,
)
from parentportal.operations.judging import newly_unlike
from parentportal.web import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from messaging.council import Council
    from messaging.schemes.calendars import PaymentCalendar

REFUSED = 2


@click.group()
def council() -> None:
    """Who the council is, who answers its telephone, and the terms of what it offers."""


council.add_command(sign_off)
council.add_command(withdraw)


@council.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--anyway",
    is_flag=True,
    help="Even if words in use then say more than the facts: they cannot be drafted until mended.",
)
def set_council(file: Path, *, anyway: bool) -> None:
    """Put the settings of FILE (TOML) in force; the ones before stay on record.

    The words in use are held against the new settings first: all that they would make unlike in
    the versions of a message is listed.

    Exit code 2: something in the file is refused, or words in use do not fit it; all of it is
    listed, and nothing has changed.
    """
    try:
        found = load_council(file)
    except CouncilRefused as refused:
        for field, reason in refused.problems:
            click.echo(f"{field or file.name}: {reason}", err=True)
        click.echo("Nothing has changed.", err=True)
        raise SystemExit(REFUSED) from None
    with Database(Settings.from_environment().database_url) as database:
        with database.reading() as session:  # it takes its time, and nobody waits for it
            unlike = newly_unlike(session, found)
        for report in unlike:
            for line in faults_in_words(report):
                click.echo(f"{report.campaign}: {line}", err=True)
        if unlike and not anyway:
            click.echo("Mend these words first, or say --anyway. Nothing has changed.", err=True)
            raise SystemExit(REFUSED)
        try:
            with database.transaction() as session:
                version = save_council(session, found, now=system_clock()).version
        except IllnessCutsNotSignedOff:
            click.echo("The legal sign-off that attendance names is not on record here.", err=True)
            click.echo("Nothing has changed.", err=True)
            raise SystemExit(REFUSED) from None
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
        click.echo(f"{name} = {_toml(value)}")


def _settings(table: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """Each setting under its whole name."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value


def _toml(value: Any) -> str:
    """A value on one line: JSON says the same in TOML, but for a table within a list."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(item)}' for name, item in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


@council.command()
@click.option("--miles", required=True, help="One way, such as 5 or 4.5.")
@click.option("--age-band", default="", help="8-10, 16-18, under-16, post-16…; blank: not known.")
@click.option("--higher", is_flag=True, help="The higher amount was recorded for the child.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day asked about; else today."
)
@click.option(
    "--council",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings in TOML; without it, those in force here.",
)
def scheme(
    miles: str, age_band: str, *, higher: bool, day: datetime | None, file: Path | None
) -> None:
    """Print what a Personal Transport Budget comes to, line by line, and when it is paid.

    Exit code 2: there is no amount, and the reason is said.
    """
    on = day.date() if day else system_clock().date()
    try:
        budget = _council(file).personal_transport_budget
        child = ChildOffer.read("", age_band, miles)
        in_force = scheme_on(budget.schemes, on)
        payment = in_force.work_out(Journey(read_miles(miles), ages_of(child), higher))
    except (KeyError, ValueError) as refused:
        click.echo(_why_no_amount(refused), err=True)
        raise SystemExit(REFUSED) from None
    rows = [*printed_lines(payment, ENGLISH), ("A year", format_pounds(payment.pounds_a_year))]
    click.echo(printed_scheme(in_force, ENGLISH))
    _columns(rows)
    if budget.calendar is None:
        return
    click.echo(printed_calendar(budget.calendar, on, ENGLISH))
    _columns(_instalments(budget.calendar, payment.pounds_a_year, on))


def _council(file: Path | None) -> Council:
    if file is not None:
        return load_council(file)
    with Database(Settings.from_environment().database_url) as database:
        try:
            with database.reading() as session:
                return council_in_force(session)
        except NoCouncil:
            raise click.ClickException("Nothing is set yet: parentportal council set") from None


def _instalments(calendar: PaymentCalendar, pounds: Decimal, on: date) -> list[tuple[str, str]]:
    try:
        periods = calendar.periods(school_year_of(on))
    except WorkingOutRefused:
        return []  # nobody has set the terms of that year yet
    return [
        (f"{part.number:2}  {printed_date(part.period.due, ENGLISH)}", format_pounds(part.pounds))
        for part in instalments(pounds, periods)
    ]


def _columns(rows: Sequence[tuple[str, str]]) -> None:
    widths = [max((len(row[place]) for row in rows), default=0) for place in (0, 1)]
    for words, pounds in rows:
        click.echo(f"  {words:{widths[0]}}  {pounds:>{widths[1]}}")


def _why_no_amount(refused: Exception) -> str:
    match refused:
        case WorkingOutRefused():
            return str(CompositionRefused(refused.code, **refused.params))
        case CouncilRefused():
            return str(refused)
        case KeyError():
            return "This age band is not known."
        case _:
            return "Say the miles one way as a number, such as 5 or 4.5."
