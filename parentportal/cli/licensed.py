"""``parentportal licensed``: segments by an instrument the council holds a licence for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
from sqlalchemy import func, select

from parentportal.config import Settings
from parentportal.installation import open_database
from parentportal.models import Officer
from parentportal.operations.licensed import bring_in, choose_wording, unusable
from parentportal.permissions import Action, check_may
from parentportal.refusals import NotThere
from parentportal.web import system_clock
from segmentation.faults import FileRefused
from segmentation.licensed import (
    LicenceRefused,
    Licensed,
    parse_licensed,
    read_licensed,
    refuse_unknown,
)

OURS = "ours"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def licensed() -> None:
    """Segments under a licence, kept apart from our own."""


@licensed.command("import")
@click.argument("licence", type=FILE)
@click.argument("file", type=FILE)
@click.option("--confirm", is_flag=True, help="Keep them; without it nothing is written.")
def import_file(licence: Path, file: Path, *, confirm: bool) -> None:
    """Bring in FILE, a CSV whose ids are family references, read as LICENCE (TOML) says.

    A bad row refuses the whole file.
    """
    held = _licence(licence)
    with open_database(Settings.from_environment()) as database:
        try:
            segments = read_licensed(file, held)
            with database.reading() as session:
                refuse_unknown(file, unusable(session, segments))
        except FileRefused as refused:
            for finding in refused.findings:
                click.echo(str(finding), err=True)
            raise click.ClickException(f"{refused.count} faults: nothing was written.") from refused
        if confirm:
            with database.transaction() as session:
                bring_in(session, held.licence, segments, now=system_clock())
    named = sum(segment is not None for segment in segments.values())
    click.echo(f"{len(segments)} people, {named} of them with a segment.")
    if not confirm:
        click.echo("Nothing was written. Add --confirm to bring them in.")


@licensed.command()
@click.argument("reference")
@click.option("--officer", "email", required=True, help="Sign-in email of who decides.")
def choose(reference: str, email: str) -> None:
    """Let letters be worded by the licence REFERENCE, or again by our own typing: "ours"."""
    with open_database(Settings.from_environment()) as database, database.transaction() as session:
        by = session.scalar(
            select(Officer).where(func.lower(Officer.email) == email.strip().casefold())
        )
        if by is None:
            raise click.BadParameter("nobody signs in with this email", param_hint="--officer")
        check_may(by.role, Action.TEND_TOOL)
        source = None if reference == OURS else reference
        try:
            choose_wording(session, source, now=system_clock(), by=by)
        except NotThere:
            raise click.ClickException(f"Nothing was brought in under “{reference}”.") from None
    click.echo(f"Letters drafted from now on are worded by: {reference}")


def _licence(path: Path) -> Licensed:
    try:
        return parse_licensed(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, LicenceRefused) as refused:
        raise click.ClickException(f"{path.name}: {refused}") from refused
