"""The end: check the answers, send them once, thanks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from parentportal.i18n import page_language
from parentportal.operations import survey
from parentportal.survey.blueprint import bp
from parentportal.survey.visits import any_progress_in_hand, progress_in_hand, visit_in_hand
from parentportal.web import now, portal, transaction, typed_languages

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/survey/check")
def check() -> ResponseReturnValue:
    """Every question that was asked, with a way to change each answer this visit may see."""
    found = progress_in_hand()
    if found.response is None:
        return redirect(url_for("survey.carry_on"))
    language, instrument = page_language().code, found.instrument
    words = dict(instrument.answers(language))
    questions = [
        {
            "number": number,
            "portrait": instrument.item(code).wording[language],
            "answer": words.get(found.rating(code) or 0),
            "hidden": found.is_hidden(code),
        }
        for number, code in enumerate(found.answers, start=1)
    ]
    return render_template(
        "survey/check.html",
        questions=questions,
        further=found.asked + 1 if found.planned() else None,
        response=found.response,
        wishes_hidden=found.wishes_hidden,
        anything_hidden=found.anything_hidden,
    )


@bp.post("/survey/check")
def submit() -> ResponseReturnValue:
    """Send the answers in; sending them again leads to the same thanks and changes nothing."""
    visit = visit_in_hand()
    with transaction() as database:
        survey.submit(
            database,
            visit.invitation_id,
            now=now(),
            typed_languages=typed_languages(),
            portal_link=portal().settings.base_url,
        )
    return redirect(url_for("survey.thanks"))


@bp.get("/survey/thanks")
def thanks() -> ResponseReturnValue:
    """Thanks, and what happens next: plain, with no label."""
    found = any_progress_in_hand()
    if not found.submitted:
        return redirect(url_for("survey.carry_on"))
    return render_template("survey/thanks.html")
