"""The questions: one portrait a page, each planned on the answers before; two wishes at the end."""

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
    from segmentation.instrument import Item

WISHES: Final = {"yes": True, "no": False, "": None}
"""What a wish is posted as, and what is kept; the last is "leave this out"."""


@bp.get("/survey/question/<int:number>")
def question(number: int) -> ResponseReturnValue:
    """One portrait and six answers: one that was asked, or the one that is planned next.

    Once there has been enough, the place of a next question leads on to what follows.
    """
    found = progress_in_hand()
    if number < 1:
        abort(HTTPStatus.NOT_FOUND)
    if found.response is None or number > found.asked + 1:
        return redirect(url_for("survey.carry_on"))
    item = found.item(number) or found.planned()
    if item is None:
        return redirect(url_for("survey.check" if _is_change() else "survey.wishes"))
    if found.is_hidden(item.code):
        onward = url_for("survey.question", number=found.question_after(number))
        return render_template("survey/hidden.html", onward=onward)
    return _question_page(found, number, item)


@bp.post("/survey/question/<int:number>")
def answer(number: int) -> ResponseReturnValue:
    """Keep the answer as it was given; none leaves the question out and what is kept alone.

    The page says itself which item was answered: by the time it is sent, another tab or the back
    button may have put another one in its place.
    """
    visit, code = visit_in_hand(), request.form.get("item", "")
    item = next((item for item in visit.instrument.items if item.code == code), None)
    if item is None:  # a page of an earlier edition, or nobody's
        return redirect(url_for("survey.carry_on"))
    try:
        answers = visit.instrument.read({code: request.form.get("rating", "")})
    except AnswerRefused:
        mistake = _("Choose one of the six answers, or leave this question out.")
        return _question_page(progress_in_hand(), number, item, mistake), HTTPStatus.BAD_REQUEST
    with transaction() as database:
        if request.form.get("take-back"):
            survey.take_back_answer(
                database, visit.invitation_id, code, now=now(), sight=visit.sight
            )
        else:
            number = survey.record_answers(
                database,
                visit.invitation_id,
                answers,
                now=now(),
                shown=(code,),
                language=page_language().code,
                sight=visit.sight,
            )[code]
    if not _is_change():
        return redirect(url_for("survey.question", number=number + 1))
    found = progress_in_hand()
    if found.planned() is None:
        return redirect(url_for("survey.check"))
    return redirect(url_for("survey.question", number=found.asked + 1, change=1))


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


def _is_change() -> bool:
    """Whether the page was reached from the check of all answers, and leads back there.

    A change can call for further questions; they are asked on the way back.
    """
    return "change" in request.args


def _before(found: Progress, number: int) -> str:
    if _is_change():
        return url_for("survey.check")
    earlier = found.question_before(number)
    return url_for("survey.question", number=earlier) if earlier else url_for("survey.notice")


def _question_page(found: Progress, number: int, item: Item, mistake: str = "") -> str:
    language, instrument = page_language().code, found.instrument
    return render_template(
        "survey/question.html",
        number=number,
        most=found.most,
        is_full=found.is_full,
        item=item.code,
        portrait=item.wording[language],
        stem=instrument.stem(language),
        choices=instrument.answers(language),
        rating=found.rating(item.code),
        back=_before(found, number),
        mistake=mistake,
    )


def _wishes_page(found: Progress) -> str:
    response = found.response
    earlier = found.question_before(found.asked + 1)
    if _is_change() or earlier is None:
        back = url_for("survey.check")
    else:
        back = url_for("survey.question", number=earlier)
    return render_template("survey/wishes.html", response=response, back=back)
