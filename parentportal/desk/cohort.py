"""The cohort: who is in it, and the walk of a file: upload, check, columns, confirm or discard."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from parentportal.auth import requires, signed_in_officer
from parentportal.desk import cohort_words
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import UploadForm
from parentportal.intake.cohort import check_cohort, grouped, kept_report
from parentportal.intake.spreadsheet import Limits, SheetRefused
from parentportal.intake.tables import safe_csv, template_csv, template_xlsx
from parentportal.intake.vocabulary import Column
from parentportal.models import ImportState
from parentportal.operations import cohort as operations
from parentportal.operations.families import NOTHING_FORESEEN, Counts
from parentportal.permissions import Action
from parentportal.queries.cohort import family_page, import_batch, recent_imports
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from parentportal.models import ImportBatch

ROWS_SHOWN = 200
NOTES_SHOWN = 100
LONGEST_SEARCH = 60
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/cohort")
@requires(Action.SEE_COHORT)
def cohort() -> ResponseReturnValue:
    """Who is in the cohort and who has answered; never what they answered."""
    search = request.args.get("search", "").strip()[:LONGEST_SEARCH]
    with reading() as session:
        page = family_page(session, search, request.args.get("page", 1, int))
    return render_template("desk/cohort-list.html", page=page, search=search)


@bp.get("/cohort/template.csv")
@requires(Action.IMPORT_COHORT)
def cohort_template_csv() -> ResponseReturnValue:
    """The columns, as a CSV."""
    return _download(template_csv(), "cohort-template.csv", "text/csv; charset=utf-8")


@bp.get("/cohort/template.xlsx")
@requires(Action.IMPORT_COHORT)
def cohort_template_xlsx() -> ResponseReturnValue:
    """The columns, as a workbook of text cells with a guide."""
    guide = {column: str(words) for column, words in cohort_words.COLUMNS.items()}
    return _download(
        template_xlsx(guide, (_("Families"), _("Guide"))), "cohort-template.xlsx", XLSX
    )


@bp.route("/cohort/import", methods=["GET", "POST"])
@requires(Action.IMPORT_COHORT)
def cohort_upload() -> ResponseReturnValue:
    """Take a file and check it; no family is written before somebody confirms."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            batch = _checked(form.file.data.filename or "", form.file.data.read())
        except SheetRefused as refused:
            form.file.errors = [cohort_words.refusal_words(refused)]
        else:
            return redirect(url_for("desk.cohort_import", batch_id=batch.id))
    with reading() as session:
        batches = recent_imports(session)
    page = render_template(
        "desk/cohort-upload.html",
        form=form,
        batches=batches,
        columns=cohort_words.COLUMNS,
        largest=portal().settings.largest_upload // (1024 * 1024),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@bp.get("/cohort/import/<uuid:batch_id>")
@requires(Action.IMPORT_COHORT)
def cohort_import(batch_id: UUID) -> ResponseReturnValue:
    """What was found in a file; once it has ended, what became of it."""
    return _import_page(batch_id)


@bp.post("/cohort/import/<uuid:batch_id>/columns")
@requires(Action.IMPORT_COHORT)
def cohort_columns(batch_id: UUID) -> ResponseReturnValue:
    """Read the file again with the columns an officer chose, and remember them."""
    with reading() as session:
        document = import_batch(session, batch_id).file
    headers = kept_report(document).headers if document else ()
    chosen = {
        header: column
        for place, header in enumerate(headers)
        if (column := request.form.get(f"column-{place}", "")) in {"", *Column}
    }
    twice = [column for column, times in Counter(chosen.values()).items() if column and times > 1]
    if twice:
        mistakes = [_("Choose %(column)s for one column only.", column=column) for column in twice]
        return _import_page(batch_id, chosen, mistakes), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        operations.choose_columns(session, batch_id, chosen, now=now(), by=signed_in_officer())
    flash(_("The file was read again. We will remember these columns."), "success")
    return redirect(url_for("desk.cohort_import", batch_id=batch_id))


@bp.post("/cohort/import/<uuid:batch_id>/confirm")
@requires(Action.IMPORT_COHORT)
def cohort_confirm(batch_id: UUID) -> ResponseReturnValue:
    """Write the families of the file that have no bad row; a second time changes nothing."""
    with reading() as session:
        batch = import_batch(session, batch_id)
        checked, unchanged = None, NOTHING_FORESEEN
        if batch.state is ImportState.CHECKED:  # read before the lock is taken: nobody waits for it
            checked = operations.checked_import(session, batch_id)
            unchanged = operations.foresee(session, checked).unchanged
    with transaction() as session:
        operations.confirm_import(
            session,
            batch,
            now=now(),
            by=signed_in_officer(),
            checked=checked,
            unchanged=unchanged,
        )
    return redirect(url_for("desk.cohort_import", batch_id=batch_id))


@bp.post("/cohort/import/<uuid:batch_id>/discard")
@requires(Action.IMPORT_COHORT)
def cohort_discard(batch_id: UUID) -> ResponseReturnValue:
    """Let a file go."""
    with transaction() as session:
        batch = import_batch(session, batch_id)
        operations.discard_import(session, batch, now=now(), by=signed_in_officer())
    flash(_("The file was discarded. Nothing was changed."), "success")
    return redirect(url_for("desk.cohort_upload"))


@bp.get("/cohort/import/<uuid:batch_id>/rows-to-mend.csv")
@requires(Action.IMPORT_COHORT)
def cohort_problems(batch_id: UUID) -> ResponseReturnValue:
    """Every bad row as a list that is safe to open in a spreadsheet."""
    with reading() as session:
        document = import_batch(session, batch_id).file
    if document is None:
        return redirect(url_for("desk.cohort_import", batch_id=batch_id))
    head = [_("Row"), _("Column"), _("What it says"), _("What is wrong"), _("How to mend it")]
    lines = [
        [problem.row, problem.column or "", problem.shown, *cohort_words.problem_words(problem)]
        for problem in kept_report(document).problems
    ]
    return _download(safe_csv([head, *lines]), "rows-to-mend.csv", "text/csv; charset=utf-8")


def _checked(file_name: str, content: bytes) -> ImportBatch:
    """Read a file outside any transaction, then keep it: parents go on answering meanwhile."""
    settings = portal().settings
    with reading() as session:
        remembered = operations.remembered_columns(session)
    checked = check_cohort(
        content,
        demonstration=settings.demonstration,
        remembered=remembered,
        limits=Limits(size=settings.largest_upload, rows=settings.most_rows),
    )
    with reading() as session:
        foreseen = operations.foresee(session, checked)
    with transaction() as session:
        return operations.keep_check(
            session, file_name, checked, now=now(), by=signed_in_officer(), foreseen=foreseen
        )


def _import_page(
    batch_id: UUID, chosen: Mapping[str, str] | None = None, mistakes: list[str] | None = None
) -> str:
    with reading() as session:
        batch = import_batch(session, batch_id)
        document = batch.file
    counts = Counts.from_document(batch.counts)
    if document is None:
        return render_template("desk/cohort-result.html", batch=batch, counts=counts)
    report = kept_report(document)
    pages = max(1, -(-len(report.problems) // ROWS_SHOWN))
    page = min(max(1, request.args.get("page", 1, int)), pages)
    notes = grouped(report.notes)
    shown = report.problems[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]
    return render_template(
        "desk/cohort-check.html",
        batch=batch,
        counts=counts,
        report=report,
        chosen=chosen or report.chosen,
        mistakes=mistakes or [],
        used={header for header, column in report.chosen.items() if column},
        complete=Column.FAMILY_REFERENCE in report.chosen.values(),
        problems=[(problem, *cohort_words.problem_words(problem)) for problem in shown],
        page=page,
        pages=pages,
        notes=[cohort_words.note_words(*note) for note in notes[:NOTES_SHOWN]],
        more_notes=max(0, len(notes) - NOTES_SHOWN),
        columns=list(Column),
        identifiers=cohort_words.IDENTIFIERS,
    )


def _download(content: bytes, name: str, kind: str) -> Response:
    return Response(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
