"""Answering the questionnaire: answers kept as they are given, and one submission.

Every function works inside the caller's transaction. What a parent posts is an upsert, and whatever
two requests of one family might both change is locked by its row, so that a repeated or concurrent
request loses and doubles nothing, on SQLite (whose writers queue) and on PostgreSQL alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, select

from parentportal.db import insert_or
from parentportal.models import Answer, Assignment, Invitation, Mode, Response, Wave
from parentportal.operations import trail
from parentportal.operations.invitations import (
    AlreadySubmitted,
    check_open,
    invitation_to_change,
)
from parentportal.refusals import Refusal
from parentportal.sight import EVERYTHING, Sight
from segmentation.instrument import Answers
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

TYPED_LANGUAGES: Final = frozenset({"en_GB"})
"""Languages in which the typing has been shown to mean the same; others get no segment."""

LANGUAGE_NOT_TYPED: Final = "language-not-typed"
"""Why there is no segment: the answers were given in a language that is not typed yet."""


class NotStarted(Refusal):
    """There is an invitation, and nobody has started to answer it."""

    code = "not-started"


class KeptFromView(Refusal):
    """This was answered in another visit, and the postcode is not confirmed in this one."""

    code = "kept-from-view"


def start(
    session: Session, invitation_id: UUID, language: str, *, now: datetime, mode: Mode = Mode.WEB
) -> Response:
    """Begin to answer, after the notice; beginning twice leaves the one response there is.

    Raises:
        NotThere: when there is no such invitation.
        SurveyClosed: when its wave is not open.
    """
    invitation = invitation_to_change(session, invitation_id)
    check_open(invitation.wave, now)
    response = session.scalar(select(Response).where(Response.invitation_id == invitation_id))
    if response is None:
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
    language: str | None = None,
    sight: Sight = EVERYTHING,
) -> Response:
    """Keep answers as they were given, one or all; an answer given again replaces the one before.

    Args:
        session: the transaction.
        invitation_id: whose answers.
        answers: read by the instrument of the wave; what was left out is not touched.
        now: when.
        language: in which the questions were read; without it, the response's own.
        sight: an answer it does not cover is not replaced.

    Raises:
        NotStarted: when nobody has begun to answer.
        AlreadySubmitted: when the answers were sent in.
        SurveyClosed: when the wave is not open.
        KeptFromView: when an answer is there that ``sight`` does not cover; nothing is kept.
    """
    response = _response_to_change(session, invitation_id, now)
    if not answers.ratings:
        return response
    if language is not None and response.language != language:
        response.language = language
    rows = [
        Answer(response_id=response.id, item=item, rating=rating)
        for item, rating in answers.ratings.items()
    ]
    kept = session.execute(
        _upsert(session, confirmed=sight.confirmed),
        [
            {
                "response_id": row.response_id,
                "item": row.item,
                "rating_sealed": row.rating_sealed,
                "language": response.language,
                "answered_at": now,
                "visit_id": sight.visit_id,
            }
            for row in rows
        ],
    ).all()
    if len(kept) < len(rows):
        raise KeptFromView
    return response


def take_back_answer(
    session: Session, invitation_id: UUID, item: str, *, now: datetime, sight: Sight = EVERYTHING
) -> None:
    """Forget an answer: the question is left out after all.

    Raises:
        NotStarted, AlreadySubmitted, SurveyClosed: as for :func:`record_answers`.
    """
    response = _response_to_change(session, invitation_id, now)
    forget = delete(Answer).where(Answer.response_id == response.id, Answer.item == item)
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
    response = _response_to_change(session, invitation_id, now)
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
) -> Response:
    """Send the answers in, once, and keep what the typing tool makes of them.

    It takes back a skip, which may come from another tab: one of the two holds, never both.
    Sending them in again changes nothing, also after the wave has closed.

    Args:
        session: the transaction.
        invitation_id: whose answers.
        now: when.
        typed_languages: with one answer in another language there is no segment and no figures.

    Raises:
        NotStarted: when nobody has begun to answer.
        SurveyClosed: when the wave is not open and nothing was sent in before.
    """
    response, invitation, wave = _locked(session, invitation_id)
    if response.submitted_at is not None:
        return response
    check_open(wave, now)
    invitation.skipped_at = None
    answers = session.scalars(select(Answer).where(Answer.response_id == response.id)).all()
    session.add(_assignment(response, wave, answers, typed_languages, now))
    response.submitted_at = now
    trail.keep(session, "submit", "response", response.id, now=now, mode=response.mode)
    return response


def _assignment(
    response: Response,
    wave: Wave,
    answers: Sequence[Answer],
    typed_languages: Collection[str],
    now: datetime,
) -> Assignment:
    ratings = Answers({answer.item: answer.rating for answer in answers})
    found = load_typing_tool(wave.tool_version).assign(ratings)
    typed = all(answer.language in typed_languages for answer in answers)
    figures: dict[str, dict[str, float]] = {"posterior": {}, "scores": {}}
    if typed:
        figures["posterior"] = {str(segment): p for segment, p in found.posterior.items()}
        figures["scores"] = dict(found.scores)
    return Assignment(
        response_id=response.id,
        segment=found.segment if typed else None,
        reason=found.reason if typed else LANGUAGE_NOT_TYPED,
        figures=figures,
        items_used=found.items_used,
        tool_version=found.tool_version,
        instrument_version=found.instrument_version,
        assigned_at=now,
    )


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


def _response_to_change(session: Session, invitation_id: UUID, now: datetime) -> Response:
    response, _invitation, wave = _locked(session, invitation_id)
    if response.submitted_at is not None:
        raise AlreadySubmitted
    check_open(wave, now)
    return response


def _upsert(session: Session, *, confirmed: bool) -> Any:
    """An answer put in the place of the one before, whose visit is the same unless confirmed."""
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
        where=None if confirmed else table.c.visit_id == given.visit_id,
    ).returning(table.c.item)
