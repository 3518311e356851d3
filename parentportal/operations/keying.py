"""A paper form typed in: its answers kept and sent in at once, never beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from parentportal.models import Answer, Invitation, Mode, Response
from parentportal.operations import trail
from parentportal.operations.answering import TYPED_LANGUAGES, record_answers, start, submit
from parentportal.operations.invitations import AlreadySubmitted
from parentportal.refusals import Refusal
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer
    from segmentation.instrument import Answers


class BegunOnline(Refusal):
    """Answers were given online and not sent in: the form replaces them only if that is meant."""

    code = "begun-online"


class NothingToKeep(Refusal):
    """A form without an answer is no response."""

    code = "nothing-to-keep"


def key_in(
    session: Session,
    invitation_id: UUID,
    answers: Answers,
    *,
    language: str,
    now: datetime,
    by: Officer | None,
    replace: bool = False,
    typed_languages: Collection[str] = TYPED_LANGUAGES,
) -> Response:
    """Keep a paper form's answers and send them in; the trail keeps who typed them.

    It takes back a skip: a form that came back says more than a button pressed before.

    Args:
        session: the transaction.
        invitation_id: whose form, by its code.
        answers: read by the instrument of the wave.
        language: that of the form.
        now: when.
        by: the officer who types.
        replace: whether answers begun online give way to the form's.
        typed_languages: as for :func:`~parentportal.operations.answering.submit`.

    Raises:
        NotThere: when there is no such invitation.
        SurveyClosed: when its wave is not open.
        AlreadySubmitted: when answers of this invitation were sent in, on paper or online.
        BegunOnline: when answers are kept and ``replace`` does not say that they give way.
        NothingToKeep: when the form has no answer.
    """
    if not answers.ratings:
        raise NothingToKeep
    response = _response(session, invitation_id)
    if response is None:
        response = start(session, invitation_id, language, now=now, mode=Mode.PAPER)
        if response.mode is not Mode.PAPER:  # begun in this very moment, and not locked by us
            raise BegunOnline
    if response.submitted_at is not None:
        raise AlreadySubmitted
    kept = select(func.count(Answer.rating_sealed)).where(Answer.response_id == response.id)
    begun = session.scalar(kept) or 0
    if begun and not replace:
        raise BegunOnline
    session.execute(delete(Answer).where(Answer.response_id == response.id))
    response.mode, response.language = Mode.PAPER, language
    shown = load_instrument(response.invitation.wave.instrument_version).paper
    record_answers(session, invitation_id, answers, now=now, shown=shown, language=language)
    submit(session, invitation_id, now=now, typed_languages=typed_languages)
    detail = {"answered": len(answers.ratings), "replaced": begun}
    trail.keep(session, "key-in", "response", response.id, now=now, by=by, **detail)
    return response


def _response(session: Session, invitation_id: UUID) -> Response | None:
    """What was begun, locked together with its invitation until the transaction ends.

    The two are locked by one statement, as by everybody who answers: in another order, two
    requests could wait for each other.
    """
    found: Response | None = session.scalar(
        select(Response)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(Invitation.id == invitation_id)
        .with_for_update(of=(Response, Invitation))
        .execution_options(populate_existing=True)
    )
    return found
