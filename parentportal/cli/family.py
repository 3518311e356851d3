"""``parentportal family erase``: one family leaves, and the command shows that nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select

from parentportal.config import Settings
from parentportal.db import StillRead
from parentportal.dispatch.erasing import finish, search_for
from parentportal.dispatch.ways import WayShut
from parentportal.installation import open_database
from parentportal.models import Erasure, Officer
from parentportal.operations.erasing import (
    BACKUP_DAYS,
    BACKUPS,
    PRINT_HOUSE_DAYS,
    Keeping,
    erase,
    erased_before,
    find_family,
    unfinished,
)
from parentportal.queries.details import details_of
from parentportal.web import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.db import Database
    from parentportal.queries.details import Detail
    from parentportal.queries.traces import Found

TRACES_LEFT = 1

_look_in = click.option(
    "--look-in",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A further file or folder to search: logs, exports. Again for another.",
)


@click.group()
def family() -> None:
    """One family's record."""


@family.command("search")
@click.argument("reference")
@_look_in
def search(reference: str, look_in: Sequence[Path]) -> None:
    """Say in which tables and files the family with this REFERENCE stands; nothing is changed."""
    settings, database = _opened()
    with database.reading() as session:
        details, family_id = _details(session, reference)
    _tell("Found", search_for(database, settings, details, family_id=family_id, look_in=look_in))


@family.command("erase")
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--officer", "email", help="Sign-in email of who was asked to erase the family.")
@click.option(
    "--backup-days",
    envvar="PARENTPORTAL_BACKUP_DAYS",
    default=BACKUP_DAYS,
    show_default=True,
    type=click.IntRange(0),
    help="For how many days the council keeps a backup.",
)
@click.option(
    "--print-house-days",
    envvar="PARENTPORTAL_PRINT_HOUSE_DAYS",
    default=PRINT_HOUSE_DAYS,
    show_default=True,
    type=click.IntRange(0),
    help="For how many days the print house keeps a file.",
)
@_look_in
def erase_family(
    reference: str,
    *,
    yes: bool,
    email: str | None,
    backup_days: int,
    print_house_days: int,
    look_in: Sequence[Path],
) -> None:
    """Erase the family with this REFERENCE from every table and file.

    What was stopped half-way goes on when the command is given again, or with `finish`. Exit code
    1: something of theirs is still found.
    """
    settings, database = _opened()
    with database.reading() as session:
        if find_family(session, reference) is None:
            before = erased_before(session, reference)
            if before is None:
                raise click.ClickException("No family has this reference.")
            if before.finished_at is not None:
                click.echo(f"This family was erased on {before.erased_at:%d %B %Y}.")
                _tell_what_stays(before)
                return
            going_on = before.id
        else:
            going_on = None
    if going_on is not None:
        click.echo("This family's rows are gone already; what is left of it goes now.")
        _finish(database, settings, going_on, look_in)
        return
    with database.reading() as session:
        details, family_id = _details(session, reference)
        by = _officer(session, email)
    found = search_for(database, settings, details, family_id=family_id, look_in=look_in)
    _tell("Before", found)
    if not yes:
        click.confirm("Erase this family for good?", abort=True)
    keeping = Keeping(print_house=print_house_days, backups=backup_days)
    with database.transaction() as session:
        erased = erase(
            session,
            family_id,
            now=system_clock(),
            by=by,
            shared=found.shared,
            keeping=keeping,
        )
    _finish(database, settings, erased.id, look_in)


@family.command("finish")
@_look_in
def finish_all(look_in: Sequence[Path]) -> None:
    """Go on with every erasure that was stopped half-way."""
    settings, database = _opened()
    with database.reading() as session:
        waiting = unfinished(session)
    if not waiting:
        click.echo("Every erasure is finished.")
    for erasure_id in waiting:
        _finish(database, settings, erasure_id, look_in)


def _opened() -> tuple[Settings, Database]:
    settings = Settings.from_environment()
    database = open_database(settings)
    click.get_current_context().call_on_close(database.dispose)
    return settings, database


def _details(session: Session, reference: str) -> tuple[tuple[Detail, ...], UUID]:
    found = find_family(session, reference)
    if found is None:
        raise click.ClickException("No family has this reference.")
    return details_of(session, found.id), found.id


def _officer(session: Session, email: str | None) -> Officer | None:
    if email is None:
        return None
    found = session.scalar(
        select(Officer).where(func.lower(Officer.email) == email.strip().casefold())
    )
    if found is None:
        raise click.BadParameter("nobody signs in with this email", param_hint="--officer")
    return found


def _finish(
    database: Database, settings: Settings, erasure_id: UUID, look_in: Iterable[Path]
) -> None:
    """Take away the files, tell what was done, and search once more."""
    try:
        details = finish(database, settings, erasure_id, clock=system_clock)
    except (StillRead, WayShut) as stopped:
        raise click.ClickException(
            "The family's rows are gone, and something of it is still on the disk: it is in use, "
            "or the disk is at fault. Run: parentportal family finish"
        ) from stopped
    with database.reading() as session:
        _tell_what_stays(session.get_one(Erasure, erasure_id))
    if not details:
        click.echo("After: an earlier call had dropped what to search for; there is nothing left.")
        return
    after = search_for(database, settings, details, look_in=look_in)
    _tell("After", after)
    if after.places:
        raise SystemExit(TRACES_LEFT)


def _tell(when: str, found: Found) -> None:
    if not found.places:
        click.echo(f"{when}: nothing of this family is found in any table or file.")
    for place in found.places:
        click.echo(f"{when}: {place.kind} in {place.where} ({place.times}, {place.whose})")
    if found.shared:
        kinds = ", ".join(sorted({str(one.kind) for one in found.shared}))
        click.echo(f"Another family has the same, and it stays with that one: {kinds}.")
    if found.unopened:
        click.echo(f"{found.unopened} sealed values do not open with these keys.")


def _tell_what_stays(erasure: Erasure) -> None:
    for table, rows in erasure.removed.items():
        click.echo(f"Removed: {table.replace('_', ' ')} ({rows})")
    until = f"{erasure.keep_until:%d %B %Y}"
    click.echo(f"Kept until {until}, under {erasure.id} and no name:")
    for one in erasure.kept["decisions"]:
        click.echo(f"  the decision on {one['offer']} of {one['decided_on']}")
    for one in erasure.kept["complaints"]:
        ended = f"{one['ended']} on {one['ended_on']}" if one["ended"] else "not answered yet"
        click.echo(f"  the complaint of {one['asked_on']}: {ended}")
    click.echo("  that it was erased, for a claim or a complaint may still be brought;")
    click.echo("  the trail of what was done, with random keys alone; counts in trials.")
    for copy in erasure.copies:
        click.echo(f"Copies beyond our reach: {_copy_words(copy)}")
    click.echo("Files that officers exported (codes, forms, letters) are theirs to delete.")


def _copy_words(copy: dict[str, Any]) -> str:
    if copy["where"] == BACKUPS:
        return (
            f"the council's backups; the last with this family is deleted by {copy['deleted_by']}"
        )
    until = f"deleted by {copy['deleted_by']}" if copy["deleted_by"] else "with who got it"
    return f"{copy['where']}: {copy['messages']} {copy['channel']} of {copy['day']}; {until}"
