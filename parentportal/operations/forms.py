"""Paper forms of a round: what they ask, and the codes of those who get one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.forms import Access, Questions
from parentportal.access_codes import AccessCode
from parentportal.models import Invitation
from parentportal.operations import trail
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import SurveyClosed
from parentportal.queries.forms import form_files, wave_by_key
from parentportal.refusals import NotThere
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer, Wave


def questions_of(wave: Wave, language: str) -> Questions:
    """What a wave's form asks: the fixed items of its instrument, in their order."""
    instrument = load_instrument(wave.instrument_version)
    return Questions(
        language=language,
        stem=instrument.stem(language),
        answers=tuple(words for _rating, words in instrument.answers(language)),
        statements=tuple(item.wording[language] for item in instrument.paper_items),
    )


def last_day(wave: Wave) -> date:
    """The last day on which a form is of use, by the calendar on the wall in England."""
    return wave.closes_at.astimezone(LONDON).date()


def give_out_forms(
    session: Session,
    wave_id: UUID,
    language: str,
    part: int,
    base_url: str,
    *,
    now: datetime,
    by: Officer | None = None,
) -> Sequence[Access]:
    """The codes of one file of forms, in its order; the trail keeps that they were given out.

    Args:
        session: the transaction.
        wave_id: the round of asking.
        language: of the file.
        part: its number.
        base_url: where parents reach the portal, without a final slash.
        now: when.
        by: who prints it.

    Raises:
        NotThere: no such wave or file, or nobody in it is still to answer.
        SurveyClosed: the wave is over: a form could not be typed in.
    """
    wave = wave_by_key(session, wave_id)
    if now >= wave.closes_at:
        raise SurveyClosed
    files = form_files(session, wave_id)
    found = next((file for file in files if (file.language, file.part) == (language, part)), None)
    if found is None or not found.invitations:
        raise NotThere
    rows = session.scalars(select(Invitation).where(Invitation.id.in_(found.invitations)))
    codes = {row.id: str(AccessCode(row.code)) for row in rows}
    detail: dict[str, str | int] = {"language": language, "part": part, "forms": len(codes)}
    trail.keep(session, "give-out-forms", "wave", wave_id, now=now, by=by, **detail)
    return [Access(codes[key], f"{base_url}/s/{codes[key]}") for key in found.invitations]
