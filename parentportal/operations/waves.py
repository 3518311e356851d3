"""A council's rounds of asking: whole days, everyone who may be asked, codes for their letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from parentportal.access_codes import AccessCode
from parentportal.intake.tables import safe_csv
from parentportal.intake.vocabulary import ADDRESS_LINES
from parentportal.models import Carer, Family, Form, Invitation, Response, Wave
from parentportal.operations import trail
from parentportal.operations.calibration import draw_for_full_form, pool_sha256
from parentportal.operations.groups import LONDON
from parentportal.operations.invitations import Issued, SurveyClosed, invite
from parentportal.operations.recipients import suppressed_by
from parentportal.operations.suppressing import may_be_asked
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

CODE_COLUMNS: Final = ("name", *ADDRESS_LINES, "language", "code", "link")
"""The columns of a codes file."""


@dataclass(frozen=True, slots=True)
class CodesFile:
    """Codes for a mail merge: a CSV file in UTF-8, one row a carer.

    Attributes:
        content: the file.
        codes: how many rows it has below its heading.
        without_address: how many of them have no postal address.
    """

    content: bytes
    codes: int
    without_address: int


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """The first moment of one day and the last of another, by the clock on the wall in England."""
    return datetime.combine(first, time.min, LONDON), datetime.combine(last, time.max, LONDON)


def invite_everyone(
    session: Session,
    wave_id: UUID,
    *,
    now: datetime,
    by: Officer | None = None,
    full_share: int = 0,
    seed: int = 0,
) -> list[Issued]:
    """Give a code to each carer who may be asked and has none in this wave.

    Families with a flag for which nothing is written by itself are passed over, and so are carers
    who stopped our questions, or whom letters do not go to.

    Args:
        session: the transaction.
        wave_id: the round of asking.
        now: when.
        by: who invites.
        full_share: so many per cent of those invited now, drawn by lot, are asked every question
            (a calibration); it is said to them beforehand.
        seed: of that draw; the trail keeps it.

    Returns:
        First those who are asked every question, if any.

    Raises:
        NotThere: no such wave.
        SurveyClosed: it is over.
    """
    wave = _wave_in_hand(session, wave_id)
    if now >= wave.closes_at:
        raise SurveyClosed
    carers = session.scalars(
        select(Carer)
        .join(Carer.family)
        .where(may_be_asked())
        .options(contains_eager(Carer.family))
        .order_by(Family.reference, Carer.created_at, Carer.id)
    )
    to_ask = [carer for carer in carers if suppressed_by(carer.family.flags) is None]
    if not full_share:
        return invite(session, wave, to_ask, now=now, by=by)
    invited = select(Invitation.carer_id).where(Invitation.wave_id == wave.id)
    there = set(session.scalars(invited))
    anew = [carer for carer in to_ask if carer.id not in there]
    everything, others = draw_for_full_form(anew, full_share, seed)
    trail.keep(
        session,
        "draw-full-forms",
        "wave",
        wave.id,
        now=now,
        by=by,
        share=full_share,
        seed=str(seed),
        pool=len(anew),
        pool_sha256=pool_sha256([str(carer.id) for carer in anew]),
        drawn=len(everything),
    )
    return [
        *invite(session, wave, everything, now=now, by=by, form=Form.FULL),
        *invite(session, wave, others, now=now, by=by),
    ]


def give_out_codes(
    session: Session, wave_id: UUID, base_url: str, *, now: datetime, by: Officer | None = None
) -> CodesFile:
    """The codes of everyone who has neither answered nor skipped, for the letters that ask them.

    A family that was flagged since it was invited is not in the file, nor a carer who stopped our
    questions since.

    Args:
        session: the transaction, which keeps that the codes were given out.
        wave_id: the round of asking.
        base_url: where parents reach the portal, without a final slash.
        now: when.
        by: who asked for them.

    Raises:
        NotThere: no such wave.
    """
    wave = _wave_in_hand(session, wave_id)
    invitations = session.scalars(
        select(Invitation)
        .join(Invitation.carer)
        .join(Carer.family)
        .outerjoin(Invitation.response)
        .where(
            Invitation.wave_id == wave.id,
            Invitation.skipped_at.is_(None),
            Response.submitted_at.is_(None),
            may_be_asked(),
        )
        .options(joinedload(Invitation.carer, innerjoin=True).joinedload(Carer.family))
        .order_by(Family.reference, Carer.created_at, Carer.id)
    )
    rows = [
        _row(invitation, base_url)
        for invitation in invitations
        if suppressed_by(invitation.carer.family.flags) is None
    ]
    trail.keep(session, "give-out-codes", "wave", wave.id, now=now, by=by, codes=len(rows))
    without_address = sum(not row[1] for row in rows)
    return CodesFile(safe_csv([CODE_COLUMNS, *rows]), len(rows), without_address)


def _row(invitation: Invitation, base_url: str) -> list[str]:
    carer, code = invitation.carer, str(AccessCode(invitation.code))
    lines = list(carer.address_lines or [])
    lines += [""] * (len(ADDRESS_LINES) - len(lines))
    return [carer.name, *lines, carer.language, code, f"{base_url}/s/{code}"]


def _wave_in_hand(session: Session, wave_id: UUID) -> Wave:
    """A wave that nobody else invites for until this transaction ends."""
    wave = session.get(Wave, wave_id, with_for_update=True)
    if wave is None:
        raise NotThere
    return wave
