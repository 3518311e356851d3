"""A cohort comes in: check a file, look at what it would do, confirm it or let it go.

Between the check and the confirmation the file waits sealed, already without its columns of
identifiers. Confirming adds what is new and changes what the file says differently. It takes nobody
out: a family that is not in the file stays, and a blank cell leaves what is known. Two columns are
the exception, where the file has them: a blank ``offers_open`` closes a child's offers and a blank
``flags`` lifts a family's flags, for there an empty cell is a decision.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from parentportal.intake.cohort import CheckedCohort, check_again, check_cohort
from parentportal.intake.columns import header_key, is_worth_remembering
from parentportal.intake.spreadsheet import USUAL_LIMITS, Limits
from parentportal.intake.vocabulary import Column
from parentportal.models import ColumnMapping, ImportBatch, ImportState
from parentportal.operations import trail
from parentportal.operations.families import NOTHING_FORESEEN, Counts, Foresight, Merge
from parentportal.operations.installation import PracticeOnly
from parentportal.queries.practice import is_practice
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

NOBODY = "the council's cohort file"
"""Who decided on an offer when no officer was signed in: the file is all there is to name."""
LONGEST_FILE_NAME = 200


class ImportEnded(Refusal):
    """The import was confirmed or discarded already."""

    code = "import-ended"


class ImportNotReady(Refusal):
    """The import has no family reference yet, so there is nothing to confirm."""

    code = "import-not-ready"


def remembered_columns(session: Session) -> Mapping[str, str]:
    """What this council's own headers mean, by ``header_key``."""
    rows = session.execute(select(ColumnMapping.header, ColumnMapping.column))
    return MappingProxyType({row.header: row.column for row in rows})


def check_import(
    session: Session,
    file_name: str,
    content: bytes,
    *,
    demonstration: bool,
    now: datetime,
    by: Officer | None = None,
    limits: Limits = USUAL_LIMITS,
) -> tuple[ImportBatch, CheckedCohort]:
    """Read a file, keep it sealed, and say what confirming it would do. No family is written.

    A page reads the file (:func:`check_cohort`) and looks ahead (:func:`foresee`) first, and then
    calls :func:`keep_check`, so that no parent waits for the database meanwhile.

    Raises:
        SheetRefused: when it is no spreadsheet; nothing is kept then.
    """
    checked = check_cohort(
        content,
        demonstration=demonstration,
        remembered=remembered_columns(session),
        limits=limits,
    )
    return keep_check(session, file_name, checked, now=now, by=by), checked


def keep_check(
    session: Session,
    file_name: str,
    checked: CheckedCohort,
    *,
    now: datetime,
    by: Officer | None = None,
    foreseen: Foresight | None = None,
) -> ImportBatch:
    """Keep a checked file, sealed, with what confirming it would do.

    ``foreseen`` is what :func:`foresee` said, if the caller has asked already.

    Raises:
        PracticeOnly: when the database is for practice and the file is not.
    """
    if not checked.demonstration and is_practice(session):
        raise PracticeOnly
    batch = ImportBatch(
        file_name=_file_name(file_name),
        sha256=checked.sha256,
        state=ImportState.CHECKED,
        uploaded_by_id=by.id if by else None,
        uploaded_at=now,
        counts={},
    )
    _keep(batch, checked, foreseen or foresee(session, checked))
    session.add(batch)
    trail.keep(
        session,
        "check",
        "import_batch",
        batch.id,
        now=now,
        by=by,
        rows=checked.rows,
        bad_rows=checked.bad_rows,
    )
    return batch


def foresee(session: Session, checked: CheckedCohort) -> Foresight:
    """What confirming a file would do, as the record stands; nothing is changed."""
    return _merge(checked).foresee(session, checked)


def checked_import(session: Session, batch_id: UUID) -> CheckedCohort:
    """A kept file, read again; a page does this before it takes the lock to confirm.

    Raises:
        NotThere: when there is no such import.
        ImportEnded: when its file is gone, because it was confirmed or discarded.
    """
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotThere
    if batch.state is not ImportState.CHECKED:
        raise ImportEnded
    return check_again(batch.file)


def choose_columns(
    session: Session,
    batch_id: UUID,
    chosen: Mapping[str, str],
    *,
    now: datetime,
    by: Officer | None = None,
) -> CheckedCohort:
    """Read a kept file with other columns, and remember them for this council's next file.

    Args:
        session: the transaction.
        batch_id: the import.
        chosen: column by header; an empty one is not used.
        now: when.
        by: the officer who chose.

    Raises:
        NotThere: when there is no such import.
        ImportEnded: when it was confirmed or discarded already.
    """
    batch = _open_batch(session, batch_id)
    checked = check_again(batch.file, chosen)
    _keep(batch, checked, foresee(session, checked))
    for header, column in checked.columns.chosen.items():
        _remember(session, header_key(header), column, now)
    trail.keep(session, "choose-columns", "import_batch", batch.id, now=now, by=by)
    return checked


def confirm_import(
    session: Session,
    batch: ImportBatch,
    *,
    now: datetime,
    by: Officer | None = None,
    checked: CheckedCohort | None = None,
    unchanged: Mapping[str, datetime] = NOTHING_FORESEEN,
) -> Counts:
    """Write every family of the file that has no bad row, whole, and forget the file.

    Confirming twice, or two officers at once, writes once: the second is told the same counts.

    Args:
        session: the transaction.
        batch: a checked import.
        now: when.
        by: the officer who confirms, and so who decided on the offers that the file opens.
        checked: what :func:`checked_import` read, if the caller has it.
        unchanged: of what :func:`foresee` said of it, if the caller has asked.

    Raises:
        NotThere: when there is no such import.
        ImportEnded: when it was discarded.
        ImportNotReady: when no column is the family reference yet.
    """
    kept = _locked(session, batch.id)
    if kept.state is ImportState.CONFIRMED:
        return Counts.from_document(kept.counts)
    if kept.state is ImportState.DISCARDED:
        raise ImportEnded
    document = kept.file
    if checked is None or dict(checked.columns.chosen) != document["chosen"]:
        checked, unchanged = check_again(document), NOTHING_FORESEEN
    if not checked.columns.complete:
        raise ImportNotReady
    _one_import_at_a_time(session)
    counts = _merge(checked).write(
        session,
        checked,
        now=now,
        decided_by=by.name if by else NOBODY,
        by=by,
        unchanged=unchanged,
    )
    _end(kept, ImportState.CONFIRMED, now)
    kept.counts = counts.document()
    trail.keep(
        session,
        "confirm",
        "import_batch",
        kept.id,
        now=now,
        by=by,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
    )
    return counts


def discard_import(
    session: Session, batch: ImportBatch, *, now: datetime, by: Officer | None = None
) -> None:
    """Let a checked file go: nothing of it is kept. Discarding twice is harmless.

    Raises:
        NotThere: when there is no such import.
        ImportEnded: when it was confirmed meanwhile.
    """
    kept = _locked(session, batch.id)
    if kept.state is ImportState.CONFIRMED:
        raise ImportEnded
    if kept.state is ImportState.CHECKED:
        _end(kept, ImportState.DISCARDED, now)
        trail.keep(session, "discard", "import_batch", kept.id, now=now, by=by)


def _remember(session: Session, header: str, column: str, now: datetime) -> None:
    remembered = session.get(ColumnMapping, header)
    if not is_worth_remembering(header, column):
        if remembered is not None:
            session.delete(remembered)
    elif remembered is None:
        session.add(ColumnMapping(header=header, column=column, saved_at=now))
    elif remembered.column != column:
        remembered.column, remembered.saved_at = column, now


def _keep(batch: ImportBatch, checked: CheckedCohort, foreseen: Foresight) -> None:
    batch.file = replace(checked, notes=checked.notes + foreseen.notes).document()
    batch.counts = foreseen.counts.document()


def _merge(checked: CheckedCohort) -> Merge:
    return Merge(
        decides_offers=Column.OFFERS_OPEN in checked.columns.places,
        decides_flags=Column.FLAGS in checked.columns.places,
    )


def _locked(session: Session, batch_id: UUID) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotThere
    return batch


def _open_batch(session: Session, batch_id: UUID) -> ImportBatch:
    batch = _locked(session, batch_id)
    if batch.state is not ImportState.CHECKED:
        raise ImportEnded
    return batch


def _one_import_at_a_time(session: Session) -> None:
    """Two files that name the same family are written one after the other.

    SQLite has one writer anyway; on PostgreSQL this lock waits for other imports alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE family IN SHARE ROW EXCLUSIVE MODE"))


def _end(batch: ImportBatch, state: ImportState, now: datetime) -> None:
    batch.state = state
    batch.ended_at = now
    batch.file = None


def _file_name(name: str) -> str:
    """The last part of a file's name, without hidden characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:LONGEST_FILE_NAME] or "file"
