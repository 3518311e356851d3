"""Signing in and out, and the page an officer begins at."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from messaging.lifecycle import State
from parentportal.auth import begin_session, end_session, requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import SignInForm
from parentportal.operations import accounts
from parentportal.permissions import Action, may
from parentportal.queries.outbox import batches, uncertain_count
from parentportal.web import client_address, local_path, now, reading, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from parentportal.models import Officer


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask who is there; what is wrong is never told, be it email, password or too many tries."""
    onwards = local_path(request.args.get("next"), url_for("desk.home"))
    form = SignInForm()
    if request.method == "GET" and signed_in_officer() is not None:
        return redirect(onwards)
    if form.validate_on_submit():
        officer = _proven(form.email.data, form.password.data)
        if officer is not None:
            begin_session(officer)
            return redirect(onwards)
        form.form_errors.append(
            _(
                "We cannot sign you in with this email and password. Check both and try again. "
                "After several wrong tries, wait 15 minutes."
            )
        )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render_template("desk/sign-in.html", form=form), status


def _proven(email: str, password: str) -> Officer | None:
    """The officer these belong to; the password is checked outside any transaction."""
    with reading() as session:
        claim = accounts.look_up(session, email, address=client_address(), now=now())
    if claim is None:
        return None
    proven = accounts.is_proven(claim, password)
    with transaction() as session:
        return accounts.sign_in(session, claim, proven=proven, now=now())


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who was signed in."""
    end_session()
    flash(_("You have signed out."), "success")
    return redirect(url_for("desk.sign_in"))


@bp.get("/")
@requires(Action.SEE_DESK)
def home() -> ResponseReturnValue:
    """What there is to do next, for whoever signed in."""
    officer = signed_in_officer()
    with reading() as session:
        lines = batches(session) if officer and may(officer.role, Action.READ_MESSAGES) else []
        doubtful = uncertain_count(session)
    by_state = {state: [line for line in lines if line.batch.state is state] for state in State}
    return render_template("desk/home.html", by_state=by_state, uncertain=doubtful, State=State)
