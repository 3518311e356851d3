"""Paper forms of a round: blank ones for anybody, and one with a code for each family."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Final, cast

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from messaging.forms import Edition, FormPress
from messaging.languages import LANGUAGES
from messaging.press import NotPrintable
from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.operations.council import council_in_force
from parentportal.operations.forms import give_out_forms, last_day, questions_of
from parentportal.operations.groups import LONDON
from parentportal.permissions import Action
from parentportal.queries.forms import form_files, wave_by_key
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from messaging.forms import Access
    from parentportal.models import Officer

_presses = local()
_KIND: Final = f"<any({', '.join(LANGUAGES)}):language>-<any({', '.join(Edition)}):edition>"


@bp.get("/survey/<uuid:wave_id>/forms")
@requires(Action.RUN_SURVEY)
def forms(wave_id: UUID) -> ResponseReturnValue:
    """What can be printed: in each language and edition, blank or with the families' codes."""
    with reading() as session:
        wave = wave_by_key(session, wave_id)
        files = form_files(session, wave_id)
    return render_template(
        "desk/forms.html",
        wave=wave,
        languages=LANGUAGES,
        files={code: [file for file in files if file.language == code] for code in LANGUAGES},
        editions={Edition.A4: _("A4"), Edition.LARGE: _("large print")},
        is_open=now() < wave.closes_at,
    )


@bp.get(f"/survey/<uuid:wave_id>/form-{_KIND}.pdf")
@requires(Action.RUN_SURVEY)
def blank_form(wave_id: UUID, language: str, edition: str) -> ResponseReturnValue:
    """A form without a code."""
    with reading() as session:
        return _printed(session, wave_id, language, edition, [None], f"form-{language}-{edition}")


@bp.post(f"/survey/<uuid:wave_id>/forms-{_KIND}-<int(min=1):part>.pdf")
@requires(Action.RUN_SURVEY)
def coded_forms(wave_id: UUID, language: str, edition: str, part: int) -> ResponseReturnValue:
    """Forms with codes; the trail keeps who printed them."""
    officer = cast("Officer", signed_in_officer())
    base_url = portal().settings.base_url
    with transaction() as session:
        codes = give_out_forms(session, wave_id, language, part, base_url, now=now(), by=officer)
    with reading() as session:
        name = f"forms-{language}-{edition}-{part}"
        return _printed(session, wave_id, language, edition, codes, name)


def _printed(
    session: Session,
    wave_id: UUID,
    language: str,
    edition: str,
    accesses: Sequence[Access | None],
    name: str,
) -> ResponseReturnValue:
    wave, council = wave_by_key(session, wave_id), council_in_force(session)
    try:
        found = _press().forms(
            questions_of(wave, language),
            council,
            Edition(edition),
            send_by=last_day(wave),
            dated=now().astimezone(LONDON).date(),
            accesses=accesses,
        )
    except NotPrintable:
        flash(_("This form cannot be printed: its words do not fit the page."), "important")
        return redirect(url_for("desk.forms", wave_id=wave_id))
    return Response(
        found.pdf,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _press() -> FormPress:
    """One press a thread: it is not for two."""
    if not hasattr(_presses, "press"):
        _presses.press = FormPress()
    press: FormPress = _presses.press
    return press
