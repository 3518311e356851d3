"""The paper forms of a round: who still has one to get, in files of a fair size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from messaging.languages import ENGLISH, LANGUAGES
from parentportal.models import Carer, Family, Invitation, Response, Wave
from parentportal.operations.recipients import suppressed_by
from parentportal.operations.suppressing import may_be_asked
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

A_FILE: Final = 200
"""So many invitations make a file: some seconds of printing, some ten megabytes."""


@dataclass(frozen=True, slots=True)
class FormFile:
    """One file of forms with codes.

    Attributes:
        language: of its forms.
        part: its number among those of the language, from 1.
        first: the place of its first invitation among those of the language, from 1.
        last: that of its last.
        invitations: those of them who have neither answered nor skipped, nor have a flag or a wish
            by which nobody asks them; in the order of their families' references.
    """

    language: str
    part: int
    first: int
    last: int
    invitations: tuple[UUID, ...]


def wave_by_key(session: Session, wave_id: UUID) -> Wave:
    """The wave; one query.

    Raises:
        NotThere: there is none.
    """
    wave = session.get(Wave, wave_id)
    if wave is None:
        raise NotThere
    return wave


def form_files(session: Session, wave_id: UUID) -> Sequence[FormFile]:
    """The files in which a wave's forms with codes are printed, by language; one query.

    A file is made up of invitations, answered or not, so that it holds the same families as more
    of them answer. A family whose language is not written gets English.
    """
    rows = session.execute(
        select(
            Invitation.id,
            Carer.language,
            Family.flags,
            Invitation.skipped_at,
            Response.submitted_at,
            may_be_asked(),
        )
        .join(Carer, Carer.id == Invitation.carer_id)
        .join(Family, Family.id == Carer.family_id)
        .outerjoin(Response, Response.invitation_id == Invitation.id)
        .where(Invitation.wave_id == wave_id)
        .order_by(Family.reference, Carer.created_at, Carer.id)
    )
    by_language: dict[str, list[UUID | None]] = defaultdict(list)
    for key, language, flags, skipped_at, submitted_at, may_ask in rows:
        has_ended = skipped_at is not None or submitted_at is not None
        to_ask = may_ask and not has_ended and suppressed_by(flags) is None
        by_language[form_language(language)].append(key if to_ask else None)
    return [
        FormFile(
            language,
            part,
            start + 1,
            min(start + A_FILE, len(keys)),
            tuple(key for key in keys[start : start + A_FILE] if key is not None),
        )
        for language in LANGUAGES
        if (keys := by_language[language])
        for part, start in enumerate(range(0, len(keys), A_FILE), start=1)
    ]


def form_language(spoken: str) -> str:
    """The language of a carer's form: their own where forms are written in it, else English."""
    return spoken if spoken in LANGUAGES else ENGLISH
