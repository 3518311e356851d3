"""The survey's rounds: how far each has come, a new one, everyone invited, their codes."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import WaveForm
from parentportal.errors import words_for
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import WaveClosesTooSoon, WaveNameTaken, open_wave
from parentportal.operations.waves import give_out_codes, invite_everyone, whole_days
from parentportal.permissions import Action
from parentportal.queries.waves import wave_lines
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from parentportal.models import Officer


@bp.get("/survey")
@requires(Action.RUN_SURVEY)
def survey() -> ResponseReturnValue:
    """Every round with its counts, and the form of a new one."""
    form = WaveForm()
    form.opens.data = now().astimezone(LONDON).date()
    return _page(form)


@bp.post("/survey")
@requires(Action.RUN_SURVEY)
def wave_opened() -> ResponseReturnValue:
    """Open a round."""
    form = WaveForm()
    if not form.validate_on_submit():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    opens_at, closes_at = whole_days(form.opens.data, form.closes.data)
    try:
        with transaction() as session:
            open_wave(
                session,
                form.name.data,
                opens_at=opens_at,
                closes_at=closes_at,
                now=now(),
                by=_officer(),
            )
    except (WaveNameTaken, WaveClosesTooSoon) as refusal:
        status, words = words_for(refusal)
        field = form.name if isinstance(refusal, WaveNameTaken) else form.closes
        field.errors = [words]
        return _page(form), status
    flash(_("The round is ready. Nobody is invited yet."), "success")
    return redirect(url_for("desk.survey"))


@bp.post("/survey/<uuid:wave_id>/invite")
@requires(Action.RUN_SURVEY)
def wave_invited(wave_id: UUID) -> ResponseReturnValue:
    """Give a code to everyone who may be asked and has none."""
    with transaction() as session:
        issued = invite_everyone(session, wave_id, now=now(), by=_officer())
    flash(
        ngettext(
            "%(num)s more carer is invited. Nothing has been sent.",
            "%(num)s more carers are invited. Nothing has been sent.",
            len(issued),
        ),
        "success",
    )
    return redirect(url_for("desk.survey"))


@bp.post("/survey/<uuid:wave_id>/codes.csv")
@requires(Action.RUN_SURVEY)
def wave_codes(wave_id: UUID) -> ResponseReturnValue:
    """Give out the codes for a mail merge; the trail keeps who asked for them."""
    with transaction() as session:
        base_url = portal().settings.base_url
        found = give_out_codes(session, wave_id, base_url, now=now(), by=_officer())
    return Response(
        found.content,
        mimetype="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="codes.csv"',
            "Cache-Control": "no-store",
        },
    )


def _page(form: WaveForm) -> str:
    with reading() as session:
        lines = wave_lines(session)
    return render_template("desk/survey.html", lines=lines, form=form, now=now())


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())
