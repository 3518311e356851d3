"""Before the first question: the language, the privacy notice, and the choice to answer or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, render_template, request, session, url_for

from parentportal.i18n import LANGUAGES, page_language, whole_languages
from parentportal.operations import survey
from parentportal.survey.blueprint import bp, questions_asked
from parentportal.survey.visits import (
    LANGUAGE,
    any_progress_in_hand,
    progress_in_hand,
    visit_in_hand,
)
from parentportal.web import now, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

OWN_WORDS: Final = {
    "en_GB": "Go on in English",
    "cy": "Ymlaen yn Gymraeg",
    "pl": "Dalej po polsku",
    "ur": "اردو میں آگے بڑھیں",
}
"""What each button says, in the language it leads to: never translated."""


@bp.get("/survey/language")
def language() -> ResponseReturnValue:
    """The languages that are wholly translated, each in its own words."""
    progress_in_hand()
    choices = [(LANGUAGES[code], OWN_WORDS[code]) for code in whole_languages()]
    return render_template("survey/language.html", choices=choices)


@bp.post("/survey/language")
def choose_language() -> ResponseReturnValue:
    """Remember the language that was chosen."""
    chosen = request.form.get("chosen")
    if chosen not in whole_languages():
        return redirect(url_for("survey.language"))
    session[LANGUAGE] = chosen
    return redirect(url_for("survey.notice"))


@bp.get("/survey/notice")
def notice() -> ResponseReturnValue:
    """Who asks and why, before question one; to start and to skip weigh the same."""
    found = progress_in_hand()
    asked = questions_asked(found.invitation.form, found.tool)
    return render_template("survey/notice.html", progress=found, **asked)


@bp.post("/survey/notice")
def decide() -> ResponseReturnValue:
    """Start, or remember that the carer would rather not."""
    visit = visit_in_hand()
    with transaction() as database:
        if request.form.get("choice") == "skip":
            survey.skip(database, visit.invitation_id, now=now())
            return redirect(url_for("survey.skipped"))
        survey.start(database, visit.invitation_id, page_language().code, now=now())
    return redirect(url_for("survey.question", number=1))


@bp.get("/survey/skipped")
def skipped() -> ResponseReturnValue:
    """What skipping means: nothing changes, and it can be taken back."""
    if any_progress_in_hand().invitation.skipped_at is None:
        return redirect(url_for("survey.carry_on"))
    return render_template("survey/skipped.html")


@bp.post("/survey/skipped")
def take_back_skip() -> ResponseReturnValue:
    """Take part after all."""
    visit = visit_in_hand()
    with transaction() as database:
        survey.take_back_skip(database, visit.invitation_id, now=now())
    return redirect(url_for("survey.carry_on"))
