"""What can go wrong on a parent's way, each with a kind page: nothing that was saved is lost."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from parentportal.operations.survey import (
    AlreadySubmitted,
    AskedEnough,
    KeptFromView,
    NotStarted,
    SurveyClosed,
)
from parentportal.survey.blueprint import bp
from parentportal.survey.entering import CodeForm
from parentportal.survey.visits import NoVisit, has_visit

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.errorhandler(CSRFError)
def _token_lost(_problem: CSRFError) -> ResponseReturnValue:
    """The page was open for long, or another code was entered meanwhile."""
    return _ask_again(HTTPStatus.BAD_REQUEST)


@bp.errorhandler(NoVisit)
def _no_visit(_problem: NoVisit) -> ResponseReturnValue:
    return _ask_again(HTTPStatus.FORBIDDEN)


@bp.errorhandler(AlreadySubmitted)
def _submitted(_problem: Exception) -> ResponseReturnValue:
    return redirect(url_for("survey.thanks"))


@bp.errorhandler(SurveyClosed)
def _closed(_problem: Exception) -> ResponseReturnValue:
    return redirect(url_for("survey.closed"))


@bp.errorhandler(NotStarted)
def _not_started(_problem: NotStarted) -> ResponseReturnValue:
    return redirect(url_for("survey.carry_on"))


@bp.errorhandler(AskedEnough)
def _asked_enough(_problem: AskedEnough) -> ResponseReturnValue:
    """A page of before was sent after the last question: its answer is not kept, and it is said."""
    flash(
        _(
            "You have already answered as many questions as we ask. "
            "This last answer was not needed."
        ),
        "important",
    )
    return redirect(url_for("survey.carry_on"))


@bp.errorhandler(KeptFromView)
def _kept_from_view(_problem: KeptFromView) -> ResponseReturnValue:
    return redirect(request.full_path.rstrip("?"))


def _ask_again(status: HTTPStatus) -> ResponseReturnValue:
    form = CodeForm(formdata=None)
    return render_template("survey/again.html", form=form, has_visit=has_visit()), status
