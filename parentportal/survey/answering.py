"""The questions: twelve portraits, one a page, and two wishes at the end."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from parentportal.i18n import page_language
from parentportal.operations import survey
from parentportal.survey.blueprint import bp
from parentportal.survey.visits import progress_in_hand, visit_in_hand
from parentportal.web import now, transaction
from segmentation.instrument import AnswerRefused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from parentportal.queries.survey import Progress
    from segmentation.instrument import Instrument, Item

WISHES: Final = {"yes": True, "no": False, "": None}
"""What a wish is posted as, and what is kept; the last is "leave this out"."""


@bp.get("/survey/question/<int:number>")
def question(number: int) -> ResponseReturnValue:
    """One portrait and six answers, or a word on an answer this visit may not see."""
    found = progress_in_hand()
    if found.response is None:
        return redirect(url_for("survey.carry_on"))
    item = _item(found.instrument, number)
    if found.is_hidden(item):
        onward = _onward(found.question_after(number))
        return render_template("survey/hidden.html", onward=onward)
    return _question_page(found, number)


@bp.post("/survey/question/<int:number>")
def answer(number: int) -> ResponseReturnValue:
    """Keep the answer as it was given; none leaves the question out and what is kept alone."""
    visit = visit_in_hand()
    item = _item(visit.instrument, number)
    try:
        answers = visit.instrument.read({item.code: request.form.get("rating", "")})
    except AnswerRefused:
        mistake = _("Choose one of the six answers, or leave this question out.")
        return _question_page(progress_in_hand(), number, mistake), HTTPStatus.BAD_REQUEST
    with transaction() as database:
        if request.form.get("take-back"):
            survey.take_back_answer(
                database, visit.invitation_id, item.code, now=now(), sight=visit.sight
            )
        else:
            survey.record_answers(
                database,
                visit.invitation_id,
                answers,
                now=now(),
                language=page_language().code,
                sight=visit.sight,
            )
    if visit.came_back and not visit.sight.confirmed:
        later = progress_in_hand().question_after(number)
    else:  # nothing was there before, or all of it may be seen: no need to ask
        later = number + 1 if number < len(visit.instrument.items) else None
    return redirect(_onward(later))


@bp.get("/survey/wishes")
def wishes() -> ResponseReturnValue:
    """Would you like to hear about the two other ways to travel? Never used for the typing."""
    found = progress_in_hand()
    if found.response is None:
        return redirect(url_for("survey.carry_on"))
    if found.wishes_hidden:
        return render_template("survey/hidden.html", onward=url_for("survey.check"))
    return _wishes_page(found)


@bp.post("/survey/wishes")
def wish() -> ResponseReturnValue:
    """Keep the wishes; either may be left out."""
    visit = visit_in_hand()
    posted = {name: request.form.get(name, "") for name in ("ptb", "itt")}
    if not set(posted.values()) <= WISHES.keys():
        return redirect(url_for("survey.wishes"))
    with transaction() as database:
        survey.record_wishes(
            database,
            visit.invitation_id,
            ptb=WISHES[posted["ptb"]],
            itt=WISHES[posted["itt"]],
            now=now(),
            sight=visit.sight,
        )
    return redirect(url_for("survey.check"))


def _item(instrument: Instrument, number: int) -> Item:
    items = instrument.items
    if not 1 <= number <= len(items):
        abort(HTTPStatus.NOT_FOUND)
    return items[number - 1]


def _is_change() -> bool:
    """Whether the page was reached from the check of all answers, and leads back there."""
    return "change" in request.args


def _onward(later: int | None) -> str:
    """To the question that comes next, or to what comes after the last."""
    if _is_change():
        return url_for("survey.check")
    return url_for("survey.question", number=later) if later else url_for("survey.wishes")


def _before(found: Progress, number: int) -> str:
    if _is_change():
        return url_for("survey.check")
    earlier = found.question_before(number)
    return url_for("survey.question", number=earlier) if earlier else url_for("survey.notice")


def _question_page(found: Progress, number: int, mistake: str = "") -> str:
    language, instrument = page_language().code, found.instrument
    item = _item(instrument, number)
    return render_template(
        "survey/question.html",
        number=number,
        total=len(instrument.items),
        portrait=item.wording[language],
        stem=instrument.stem(language),
        choices=instrument.answers(language),
        rating=found.rating(item),
        back=_before(found, number),
        mistake=mistake,
    )


def _wishes_page(found: Progress) -> str:
    response = found.response
    earlier = found.question_before(len(found.instrument.items) + 1)
    if _is_change() or earlier is None:
        back = url_for("survey.check")
    else:
        back = url_for("survey.question", number=earlier)
    return render_template("survey/wishes.html", response=response, back=back)
