"""The start page, where a code is typed, and the link that carries one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from parentportal.mistyped import what_is_odd
from parentportal.operations import survey
from parentportal.operations.survey import Outcome
from parentportal.survey.blueprint import bp, phone_to_ring, questions_asked
from parentportal.survey.visits import begin_visit, has_visit
from parentportal.web import client_address, now, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from parentportal.operations.survey import Entry

ODD: Final = "odd"
"""The session's name for what was odd about a link's code, until the start page has said it."""


class CodeForm(FlaskForm):  # type: ignore[misc]
    """One field: the code from the letter."""

    code = StringField(lazy_gettext("Your code"))


@bp.get("/")
def start() -> ResponseReturnValue:
    """What this is, how long it takes, and where to type the code."""
    form = CodeForm()
    odd = session.pop(ODD, None)
    if odd:
        form.code.errors = [odd]
    return _start_page(form)


@bp.post("/")
def try_code() -> ResponseReturnValue:
    """Try the code that was typed."""
    form = CodeForm()
    entry = _enter(form.code.data or "")
    if (onward := _onward(entry)) is not None:
        return onward
    form.code.errors = [words_for(entry)]
    return _start_page(form), HTTPStatus.BAD_REQUEST


@bp.get("/s/<code>")
def follow_link(code: str) -> ResponseReturnValue:
    """Try the code of a link, and leave its address at once: no page's address holds a code."""
    entry = _enter(code)
    if (onward := _onward(entry)) is not None:
        return onward
    session[ODD] = words_for(entry)
    return redirect(url_for("survey.start"))


@bp.get("/survey/answered")
def answered() -> ResponseReturnValue:
    """For a code whose answers were sent in: thanks, and not the answers."""
    return render_template("survey/answered.html")


@bp.get("/survey/closed")
def closed() -> ResponseReturnValue:
    """For a code whose wave is over."""
    return render_template("survey/closed.html"), HTTPStatus.GONE


@bp.get("/survey/not-open")
def not_open() -> ResponseReturnValue:
    """For a code whose wave has not begun."""
    return render_template("survey/not-open.html")


def words_for(entry: Entry) -> str:
    """What to say of a code that does not enter: exactly what is odd, and what to do."""
    if entry.mistyped is not None:
        blank = entry.mistyped.length == 0
        return _("Type the code from your letter.") if blank else what_is_odd(entry.mistyped)
    unknown: str = _(
        "We do not know this code. Please check it against your letter. "
        "If it still does not work, ring us on %(phone)s.",
        phone=phone_to_ring(),
    )
    return unknown


def _start_page(form: CodeForm) -> str:
    return render_template(
        "survey/start.html", form=form, has_visit=has_visit(), **questions_asked()
    )


def _enter(typed: str) -> Entry:
    with transaction() as database:
        return survey.enter(database, typed, address=client_address(), now=now())


def _onward(entry: Entry) -> ResponseReturnValue | None:
    """Where an outcome leads; none when the code has to be typed again."""
    match entry.outcome:
        case Outcome.ENTERED if entry.invitation is not None:
            begin_visit(entry.invitation)
            return redirect(url_for("survey.carry_on"))
        case Outcome.USED:
            return redirect(url_for("survey.answered"))
        case Outcome.CLOSED:
            return redirect(url_for("survey.closed"))
        case Outcome.NOT_OPEN:
            return redirect(url_for("survey.not_open"))
        case Outcome.TOO_MANY:
            return render_template("survey/too-many.html"), HTTPStatus.TOO_MANY_REQUESTS
        case _:
            return None
