"""``parentportal cohort import``: the same check and confirmation as the officers' page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import func, select

from parentportal.config import Settings
from parentportal.desk import cohort_words
from parentportal.installation import open_database
from parentportal.intake.cohort import check_cohort, grouped
from parentportal.intake.spreadsheet import Limits, SheetReason, SheetRefused
from parentportal.models import Officer
from parentportal.operations.cohort import (
    confirm_import,
    foresee,
    keep_check,
    remembered_columns,
)
from parentportal.web import system_clock

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from parentportal.intake.cohort import CheckedCohort
    from parentportal.operations.families import Foresight

SOME_BAD = 1
UNREADABLE = 2


@click.group()
def cohort() -> None:
    """The families this council writes to."""


@cohort.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm", is_flag=True, help="Write the families; without it nothing is written.")
@click.option("--officer", "email", help="Sign-in email of who decided on the offers in the file.")
@click.option(
    "--demonstration", is_flag=True, help="Take telephone numbers that are kept for drama."
)
def import_file(file: Path, *, confirm: bool, email: str | None, demonstration: bool) -> None:
    """Check FILE (CSV, XLSX, XLS or ODS), say what is in it, and with --confirm bring it in.

    Exit code 0: every row is good. 1: some rows are to be mended. 2: the file cannot be read.
    """
    settings = Settings.from_environment()
    database = open_database(settings)
    click.get_current_context().call_on_close(database.dispose)
    try:
        with database.reading() as session:
            by = _officer(session, email)
            checked = check_cohort(
                _content(file, settings.largest_upload),
                demonstration=demonstration or settings.demonstration,
                remembered=remembered_columns(session),
                limits=Limits(size=settings.largest_upload, rows=settings.most_rows),
            )
            foreseen = foresee(session, checked)
    except SheetRefused as refused:
        click.echo(cohort_words.refusal_words(refused), err=True)
        raise SystemExit(UNREADABLE) from None
    _tell(checked, foreseen)
    if not checked.columns.complete:
        click.echo("No column is called family_reference.", err=True)
        raise SystemExit(UNREADABLE)
    if confirm:
        now = system_clock()
        with database.transaction() as session:
            batch = keep_check(session, file.name, checked, now=now, by=by, foreseen=foreseen)
            counts = confirm_import(
                session, batch, now=now, by=by, checked=checked, unchanged=foreseen.unchanged
            )
        click.echo(
            f"Brought in: {counts.new} new families, {counts.changed} changed, "
            f"{counts.unchanged} as they were."
        )
    else:
        click.echo("Nothing was written. Add --confirm to bring these families in.")
    if checked.problems:
        raise SystemExit(SOME_BAD)


def _content(file: Path, largest: int) -> bytes:
    """The file, unless it is too big to be read at all."""
    if file.stat().st_size > largest:
        raise SheetRefused(SheetReason.TOO_BIG, largest=largest // (1024 * 1024))
    return file.read_bytes()


def _officer(session: Session, email: str | None) -> Officer | None:
    if email is None:
        return None
    officer = session.scalar(
        select(Officer).where(func.lower(Officer.email) == email.strip().casefold())
    )
    if officer is None:
        raise click.BadParameter("nobody signs in with this email", param_hint="--officer")
    return officer


def _tell(checked: CheckedCohort, foreseen: Foresight) -> None:
    """The report of the check, the same that the page shows."""
    counts = foreseen.counts
    for dropped in checked.dropped:
        kind = cohort_words.IDENTIFIERS[dropped.identifier]
        click.echo(f"Column {dropped.header!r} is dropped: it holds {kind}.")
    for header in checked.columns.unused:
        click.echo(f"Column {header!r} is not used.")
    if checked.sheet.other_sheets:
        click.echo(f"Only the first sheet is read, not {', '.join(checked.sheet.other_sheets)}.")
    if checked.sheet.guessed:
        seen = ", ".join(checked.sheet.preview)
        click.echo(f"Read as {checked.sheet.encoding}, which is a guess. Look at: {seen}")
    for note in grouped(checked.notes + foreseen.notes):
        click.echo(cohort_words.note_words(*note))
    for problem in checked.problems:
        reason, mend = cohort_words.problem_words(problem)
        where = f"row {problem.row}, {problem.column or 'the whole row'}"
        click.echo(f"{where}: {problem.shown!r}: {reason} {mend}")
    click.echo(
        f"{counts.rows} rows, {counts.bad_rows} to mend. Families: {counts.new} new, "
        f"{counts.changed} changed, {counts.unchanged} as they are, {counts.waiting} left out."
    )
