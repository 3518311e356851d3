"""Answering the questionnaire: what was asked and answered, kept in its order; one submission.

Every function works inside the caller's transaction. What a parent posts is an upsert, and whatever
two requests of one family might both change is locked by its row, so that a repeated or concurrent
request loses and doubles nothing, on SQLite (whose writers queue) and on PostgreSQL alike.
"""

from __future__ import annotations

from itertools import count, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update

from parentportal.asking import most_questions
from parentportal.db import insert_or
from parentportal.models import Answer, Assignment, Invitation, Mode, Response, Trigger, Wave
from parentportal.operations import trail
from parentportal.operations.automatic import fire
from parentportal.operations.invitations import (
    AlreadySubmitted,
    check_open,
    invitation_to_change,
)
from parentportal.queries.tools import tool_named
from parentportal.refusals import Refusal
from parentportal.sight import EVERYTHING, Sight
from segmentation.instrument import Answers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from segmentation.typing_tool import Assignment as Typed
    from segmentation.typing_tool import TypingTool

TYPED_LANGUAGES: Final = frozenset({"en_GB"})
"""Languages in which the typing has been shown to mean the same; others get no segment."""

LANGUAGE_NOT_TYPED: Final = "language-not-typed"
"""Why there is no segment: the answers were given in a language that is not typed yet."""


class NotStarted(Refusal):
    """There is an invitation, and nobody has started to answer it."""

    code = "not-started"


class AskedEnough(Refusal):
    """As many questions were asked as were promised."""

    code = "asked-enough"


class KeptFromView(Refusal):
    """This was answered in another visit, and the postcode is not confirmed in this one."""

    code = "kept-from-view"


def start(
    session: Session, invitation_id: UUID, language: str, *, now: datetime, mode: Mode = Mode.WEB
) -> Response:
    """Begin to answer, after the notice; beginning twice leaves the one response there is.

    What comes over the web in a wave that is replayed is kept as a replay.

    Raises:
        NotThere: when there is no such invitation.
        SurveyClosed: when its wave is not open.
    """
    invitation = invitation_to_change(session, invitation_id)
    check_open(invitation.wave, now)
    response = session.scalar(select(Response).where(Response.invitation_id == invitation_id))
    if response is None:
        if mode is Mode.WEB and invitation.wave.replayed:
            mode = Mode.REPLAY
        response = Response(
            invitation_id=invitation_id, mode=mode, language=language, started_at=now
        )
        session.add(response)
    invitation.skipped_at = None
    return response


def record_answers(
    session: Session,
    invitation_id: UUID,
    answers: Answers,
    *,
    now: datetime,
    shown: Sequence[str] = (),
    language: str | None = None,
    sight: Sight = EVERYTHING,
) -> Mapping[str, int]:
    """Keep answers as they were given, one or all; an answer given again replaces the one before.

    What was not asked before is asked now, and takes the next place in the order of asking. That
    it was planned is not asked for: a second tab may have planned otherwise. As long as no more is
    asked than was promised, nothing that a parent answered is thrown away; an answer beyond that is
    refused, and whoever calls has to say so.

    Args:
        session: the transaction.
        invitation_id: whose answers.
        answers: read by the instrument of the wave.
        now: when.
        shown: the items that were shown, in their order; without it, those that were answered. One
            without an answer is left out, and what is kept of it already stays.
        language: in which the questions were read; without it, the response's own.
        sight: what was asked in a visit it does not cover is not replaced.

    Returns:
        Item to its place, from 1, in the order of asking.

    Raises:
        NotStarted: when nobody has begun to answer.
        AlreadySubmitted: when the answers were sent in.
        SurveyClosed: when the wave is not open.
        KeptFromView: when one was asked in a visit that ``sight`` does not cover; nothing is kept.
        AskedEnough: when more would be asked than the form may ask; nothing is kept.
    """
    response, invitation, wave = _response_to_change(session, invitation_id, now)
    if language is not None and answers.ratings and response.language != language:
        response.language = language
    places = _places(session, response, shown or tuple(answers.ratings), sight)
    tool = tool_named(session, wave.tool_version)
    if max(places.values(), default=0) > most_questions(invitation.form, tool):
        raise AskedEnough
    given = {item: answers.ratings.get(item) for item in places}
    rows = [
        {
            "response_id": response.id,
            "item": item,
            "position": places[item],
            "rating_sealed": Answer(
                response_id=response.id, item=item, rating=rating
            ).rating_sealed,
            "language": response.language,
            "answered_at": now,
            "visit_id": sight.visit_id,
        }
        for item, rating in given.items()
    ]
    if rows:
        session.execute(_upsert(session), rows)
    return places


def take_back_answer(
    session: Session, invitation_id: UUID, item: str, *, now: datetime, sight: Sight = EVERYTHING
) -> None:
    """Forget an answer: the question is left out after all, and keeps its place.

    Raises:
        NotStarted, AlreadySubmitted, SurveyClosed: as for :func:`record_answers`.
    """
    response, _invitation, _wave = _response_to_change(session, invitation_id, now)
    forget = (
        update(Answer)
        .where(Answer.response_id == response.id, Answer.item == item)
        .values(rating_sealed=None)
    )
    if not sight.confirmed:
        forget = forget.where(Answer.visit_id == sight.visit_id)
    session.execute(forget)


def record_wishes(
    session: Session,
    invitation_id: UUID,
    *,
    ptb: bool | None,
    itt: bool | None,
    now: datetime,
    sight: Sight = EVERYTHING,
) -> Response:
    """Keep whether the carer would like to hear about the two offers; none is "left out".

    They are never given to the typing tool.

    Raises:
        NotStarted, AlreadySubmitted, SurveyClosed: as for :func:`record_answers`.
        KeptFromView: when wishes are there that ``sight`` does not cover.
    """
    response, _invitation, _wave = _response_to_change(session, invitation_id, now)
    given = (response.hear_about_ptb, response.hear_about_itt) != (None, None)
    if given and not sight.covers(response.wishes_visit_id):
        raise KeptFromView
    response.hear_about_ptb, response.hear_about_itt = ptb, itt
    response.wishes_visit_id = sight.visit_id
    return response


def submit(
    session: Session,
    invitation_id: UUID,
    *,
    now: datetime,
    typed_languages: Collection[str] = TYPED_LANGUAGES,
    portal_link: str | None = None,
) -> Response:
    """Send the answers in, once, and keep what the typing tool makes of them.

    Thanks go out where a rule says so.

    It takes back a skip, which may come from another tab: one of the two holds, never both.
    Sending them in again changes nothing, also after the wave has closed.

    Args:
        session: the transaction.
        invitation_id: whose answers.
        now: when.
        typed_languages: with one answer in another language there is no segment and no figures.
        portal_link: where the thanks lead; as the council has set it by default.

    Raises:
        NotStarted: when nobody has begun to answer.
        SurveyClosed: when the wave is not open and nothing was sent in before.
    """
    response, invitation, wave = _locked(session, invitation_id)
    if response.submitted_at is not None:
        return response
    check_open(wave, now)
    invitation.skipped_at = None
    tool = tool_named(session, wave.tool_version)
    session.add(_assignment(response, tool, typed_languages, now))
    response.submitted_at = now
    trail.keep(session, "submit", "response", response.id, now=now, mode=response.mode)
    fire(
        session,
        Trigger.SURVEY_SUBMITTED,
        invitation.carer_id,
        response.id,
        now=now,
        portal_link=portal_link,
    )
    return response


def typed_by(tool: TypingTool, response: Response) -> Typed:
    """What a tool makes of a response; its answers are loaded if they are not there."""
    given = [answer for answer in response.answers if answer.rating_sealed is not None]
    return tool.assign(
        Answers({answer.item: answer.rating for answer in given}),
        median_seconds(response, given) if response.mode is Mode.WEB else None,
    )


def figures_of(found: Typed) -> dict[str, dict[str, float]]:
    """The figures of an assignment, as they are kept."""
    posterior = {str(segment): p for segment, p in found.posterior.items()}
    return {"posterior": posterior, "scores": dict(found.scores)}


def _assignment(
    response: Response, tool: TypingTool, typed_languages: Collection[str], now: datetime
) -> Assignment:
    found = typed_by(tool, response)
    typed = all(
        answer.language in typed_languages
        for answer in response.answers
        if answer.rating_sealed is not None
    )
    return Assignment(
        response_id=response.id,
        segment=found.segment if typed else None,
        reason=found.reason if typed else LANGUAGE_NOT_TYPED,
        figures=figures_of(found) if typed else {"posterior": {}, "scores": {}},
        items_used=found.items_used,
        tool_version=found.tool_version,
        instrument_version=found.instrument_version,
        assigned_at=now,
    )


def median_seconds(response: Response, answers: Sequence[Answer]) -> float | None:
    """The median time spent on a question that was answered, as far as the server can tell.

    An answer that was changed counts by its last moment: the time of going back to it is in it, and
    that of its first reading in the next one's.

    Args:
        response: says when it was begun.
        answers: those with a rating, in any order.

    Returns:
        Seconds; none without an answer.
    """
    moments = [response.started_at, *sorted(answer.answered_at for answer in answers)]
    spent = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    return median(spent) if spent else None


_LOCKED: Final = (  # made once: it runs for every answer
    select(Response, Invitation, Wave)
    .join(Invitation, Invitation.id == Response.invitation_id)
    .join(Wave, Wave.id == Invitation.wave_id)
    .where(Invitation.id == bindparam("invitation"))
    .with_for_update(of=(Response, Invitation))
)


def _locked(session: Session, invitation_id: UUID) -> tuple[Response, Invitation, Wave]:
    """The response of an invitation, both rows locked until the transaction ends."""
    found = session.execute(
        _LOCKED, {"invitation": invitation_id}, execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise NotStarted
    return found[0], found[1], found[2]


def _response_to_change(
    session: Session, invitation_id: UUID, now: datetime
) -> tuple[Response, Invitation, Wave]:
    found = _locked(session, invitation_id)
    if found[0].submitted_at is not None:
        raise AlreadySubmitted
    check_open(found[2], now)
    return found


def _places(
    session: Session, response: Response, items: Iterable[str], sight: Sight
) -> dict[str, int]:
    """The place of each item in the order of asking; the next free ones for those not asked yet.

    The response is locked, so that nobody else takes a place meanwhile. The place of a question
    that was asked in another visit tells of the answers before it, so it is not said either.

    Raises:
        KeptFromView: when one was asked in a visit that ``sight`` does not cover.
    """
    asked = {
        row.item: row
        for row in session.execute(
            select(Answer.item, Answer.position, Answer.visit_id).where(
                Answer.response_id == response.id
            )
        )
    }
    free = count(1 + max((row.position for row in asked.values()), default=0))
    places = {}
    for item in items:
        if item in asked and not sight.covers(asked[item].visit_id):
            raise KeptFromView
        places[item] = asked[item].position if item in asked else next(free)
    return places


def _upsert(session: Session) -> Any:
    """An answer put in the place of the one before; none in the place of one changes nothing."""
    table = Answer.__table__
    statement = insert_or(session, table)
    given = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[table.c.response_id, table.c.item],
        set_={
            "rating_sealed": given.rating_sealed,
            "language": given.language,
            "answered_at": given.answered_at,
            "visit_id": given.visit_id,
        },
        where=given.rating_sealed.is_not(None),
    )
