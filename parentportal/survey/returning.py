"""Leaving and coming back: where to go on, and the postcode that lets earlier answers be seen."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from parentportal.operations import survey
from parentportal.operations.survey import Confirmation
from parentportal.survey.blueprint import bp, phone_to_ring
from parentportal.survey.visits import (
    any_progress_in_hand,
    confirm_visit,
    end_visit,
    progress_in_hand,
    visit_in_hand,
)
from parentportal.web import now, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from parentportal.queries.survey import Progress

CLOSES: Final = "closes"
"""The session's name for when the code left behind stops working, until that was said."""


class PostcodeForm(FlaskForm):  # type: ignore[misc]
    """One field: the postcode of the letter."""

    postcode = StringField(lazy_gettext("Your postcode"))


@bp.get("/survey")
def carry_on() -> ResponseReturnValue:
    """Where this visit goes on: one place that every "carry on" leads to."""
    found = progress_in_hand()
    if found.invitation.skipped_at is not None:
        return redirect(url_for("survey.skipped"))
    if found.response is None:
        return redirect(url_for("survey.language"))
    if found.anything_hidden:
        return redirect(url_for("survey.welcome_back"))
    return redirect(_next_page(found))


@bp.get("/survey/welcome-back")
def welcome_back() -> ResponseReturnValue:
    """For another device: how far the answers are, and two ways to go on."""
    found = progress_in_hand()
    if found.response is None:
        return redirect(url_for("survey.carry_on"))
    return render_template(
        "survey/welcome-back.html",
        answered=found.answered,
        most=found.most,
        is_full=found.is_full,
        onward=_next_page(found),
    )


@bp.get("/survey/postcode")
def postcode() -> ResponseReturnValue:
    """Ask for the postcode."""
    progress_in_hand()
    return render_template("survey/postcode.html", form=PostcodeForm())


@bp.post("/survey/postcode")
def confirm_postcode() -> ResponseReturnValue:
    """Compare the postcode; a wrong one is counted, five lock it."""
    visit, form = visit_in_hand(), PostcodeForm()
    with transaction() as database:
        outcome = survey.confirm_postcode(
            database, visit.invitation_id, form.postcode.data or "", now=now()
        )
    match outcome:
        case Confirmation.CONFIRMED:
            confirm_visit()
            return redirect(url_for("survey.check"))
        case Confirmation.LOCKED | Confirmation.NONE_ON_RECORD:
            return redirect(url_for("survey.cannot_confirm"))
        case Confirmation.UNREADABLE:
            form.postcode.errors = [_("Type a whole postcode, such as EX1 1AB.")]
        case Confirmation.WRONG:
            form.postcode.errors = [
                _(
                    "This is not the postcode we have for you. It may be an old one of yours. "
                    "You can try again, or ring us on %(phone)s.",
                    phone=phone_to_ring(),
                )
            ]
    return render_template("survey/postcode.html", form=form), HTTPStatus.BAD_REQUEST


@bp.get("/survey/postcode/help")
def cannot_confirm() -> ResponseReturnValue:
    """The postcode cannot be confirmed here: whom to ring, and how to go on without."""
    return render_template("survey/cannot-confirm.html", onward=_next_page(progress_in_hand()))


@bp.post("/survey/leave")
def leave() -> ResponseReturnValue:
    """Stop for now: this browser forgets the visit, the database keeps the answers."""
    closes_at = any_progress_in_hand().wave.closes_at
    end_visit()
    session[CLOSES] = closes_at.isoformat()
    return redirect(url_for("survey.saved"))


@bp.get("/survey/saved")
def saved() -> ResponseReturnValue:
    """What was answered is kept, and until when the code works."""
    closes = session.get(CLOSES)
    until = datetime.fromisoformat(closes) if closes else None
    return render_template("survey/saved.html", until=until)


def _next_page(found: Progress) -> str:
    if found.planned() is None:
        return url_for("survey.check")
    return url_for("survey.question", number=found.asked + 1)
