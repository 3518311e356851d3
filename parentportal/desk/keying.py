"""Typing in the paper forms that came back: a code, one figure a row, and on to the next form."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from parentportal.access_codes import AccessCode, CodeMistyped
from parentportal.auth import requires, signed_in_officer
from parentportal.desk import words
from parentportal.desk.blueprint import bp
from parentportal.errors import words_for
from parentportal.i18n import LANGUAGES, page_language
from parentportal.mistyped import what_is_odd
from parentportal.models import Mode
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import AlreadySubmitted, SurveyClosed
from parentportal.operations.keying import BegunOnline, NothingToKeep, key_in
from parentportal.permissions import Action
from parentportal.queries.keying import Standing, sheet, sheet_of_code
from parentportal.web import now, reading, transaction, typed_languages
from segmentation.instrument import Answers, read_rating

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from wtforms import Field

    from parentportal.models import Officer
    from parentportal.queries.keying import Sheet

ROW: Final = "row{}"
"""The name of a row's field; rows count from 1 in the order of the form."""


class FormCodeForm(FlaskForm):  # type: ignore[misc]
    """The code on the form that came back."""

    code = StringField(lazy_gettext("Code on the form"))


class SheetForm(FlaskForm):  # type: ignore[misc]
    """One figure a row; :func:`sheet_form` adds the rows.

    ``left_out``: the rows that were said to be left out, by their numbers.
    """

    language = SelectField(
        lazy_gettext("Language of the form"),
        choices=lambda: [SelectChoice(code, words.language_name(code)) for code in LANGUAGES],
    )
    replace = BooleanField(lazy_gettext("The form replaces what was begun online"))
    left_out = HiddenField()

    def rows(self) -> list[Field]:
        """The fields of the rows, in order."""
        return [field for field in self if field.name.startswith("row")]

    def blank_rows(self) -> list[str]:
        """The names of the rows without a figure."""
        return [field.name for field in self.rows() if not (field.data or "").strip()]


def sheet_form(found: Sheet, *, typed: bool) -> SheetForm:
    """The form of a sheet, its rows labelled with the statements in the reader's language.

    Args:
        found: the sheet.
        typed: whether the request in hand holds what was typed; if not, the rows are blank.
    """
    fields: dict[str, Any] = {
        ROW.format(number): StringField(
            f"{number}. {item.wording[page_language().code]}", [_is_rating]
        )
        for number, item in enumerate(found.instrument.paper_items, start=1)
    }
    begin = {} if typed else {"formdata": None, "data": {"language": found.language}}
    form: SheetForm = type("RowsForm", (SheetForm,), fields)(**begin)
    return form


def _is_rating(_form: SheetForm, field: Field) -> None:
    try:
        read_rating(field.data or "")
    except ValueError:
        number = field.name.removeprefix("row")
        raise ValidationError(
            _("Row %(number)s: type a number from 1 to 6, or leave it blank.", number=number)
        ) from None


@bp.get("/keying")
@requires(Action.KEY_FORMS)
def keying() -> ResponseReturnValue:
    """Where the code of the next form is typed."""
    return _code_page(FormCodeForm())


@bp.post("/keying")
@requires(Action.KEY_FORMS)
def code_typed() -> ResponseReturnValue:
    """The rows of the form with this code, or what is odd about it."""
    form = FormCodeForm()
    try:
        code = AccessCode.parse(form.code.data or "")
    except CodeMistyped as odd:
        said = what_is_odd(odd) if odd.length else _("Type the code that stands on the form.")
        return _refused(form, said)
    with reading() as session:
        found = sheet_of_code(session, code)
    if found is None:
        return _refused(form, _("We do not know this code. Please compare it with the form."))
    if found.standing(now()) is not Standing.READY:
        return _refused(form, _why_not(found))
    return _sheet_page(found, sheet_form(found, typed=False))


@bp.post("/keying/<uuid:invitation_id>")
@requires(Action.KEY_FORMS)
def sheet_typed(invitation_id: UUID) -> ResponseReturnValue:
    """Keep the answers, once the rows that were left out are meant to be."""
    with reading() as session:
        found = sheet(session, invitation_id)
    form = sheet_form(found, typed=True)
    if not form.validate_on_submit():
        return _sheet_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if found.begun and found.standing(now()) is Standing.READY and not form.replace.data:
        form.replace.errors = [_("Say that the form replaces it, or put the form aside.")]
        return _sheet_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    blank, items = form.blank_rows(), found.instrument.paper_items
    if len(blank) == len(items):
        form.form_errors.append(words_for(NothingToKeep())[1])
        return _sheet_page(found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if not set(blank) <= set((form.left_out.data or "").split()):
        form.left_out.data = " ".join(blank)
        return _sheet_page(found, form, left_out=len(blank))
    ratings = {
        item.code: rating
        for item, field in zip(items, form.rows(), strict=True)
        if (rating := read_rating(field.data or "")) is not None
    }
    try:
        with transaction() as session:
            key_in(
                session,
                invitation_id,
                Answers(ratings),
                language=form.language.data,
                now=now(),
                by=cast("Officer", signed_in_officer()),
                replace=form.replace.data,
                typed_languages=typed_languages(),
            )
    except (AlreadySubmitted, SurveyClosed, BegunOnline):
        return _overtaken(invitation_id, form)
    flash(
        _(
            "Family %(reference)s is saved: "
            "%(answered)s of %(all)s answered, %(left_out)s left out.",
            reference=found.reference,
            answered=len(ratings),
            all=len(items),
            left_out=len(blank),
        ),
        "saved",
    )
    return redirect(url_for("desk.keying"), HTTPStatus.SEE_OTHER)


def _overtaken(invitation_id: UUID, form: SheetForm) -> ResponseReturnValue:
    """Somebody answered, began to, or the round closed while the rows were typed."""
    with reading() as session:
        found = sheet(session, invitation_id)
    if found.standing(now()) is not Standing.READY:
        return _refused(FormCodeForm(formdata=None), _why_not(found))
    form.replace.errors = [words_for(BegunOnline())[1]]
    return _sheet_page(found, form), HTTPStatus.CONFLICT


def _why_not(found: Sheet) -> str:
    """Why a form cannot be typed in, and what to do with it."""
    match found.standing(now()):
        case Standing.ANSWERED:
            day = format_date(cast("datetime", found.submitted_at).astimezone(LONDON), "long")
            if found.mode is Mode.PAPER:
                said = _(
                    "The form of family %(reference)s was typed in on %(day)s. "
                    "Nothing has changed. Put this one with the forms that are done.",
                    reference=found.reference,
                    day=day,
                )
            else:
                said = _(
                    "Family %(reference)s sent in their answers online on %(day)s. "
                    "Those count, and nothing has changed. Put this form with those that are done.",
                    reference=found.reference,
                    day=day,
                )
        case Standing.NOT_OPEN:
            said = _("The round %(round)s is not open yet. Keep the form.", round=found.wave.name)
        case _:
            said = _(
                "The round %(round)s is closed, so its forms are not typed in any more. "
                "Put this one with those that came too late.",
                round=found.wave.name,
            )
    return str(said)


def _refused(form: FormCodeForm, said: str) -> ResponseReturnValue:
    form.code.errors = [said]
    return _code_page(form), HTTPStatus.BAD_REQUEST


def _code_page(form: FormCodeForm) -> str:
    return render_template("desk/keying.html", form=form)


def _sheet_page(found: Sheet, form: SheetForm, *, left_out: int = 0) -> str:
    return render_template(
        "desk/keying-sheet.html",
        form=form,
        sheet=found,
        choices=found.instrument.answers(page_language().code),
        left_out=left_out,
    )
