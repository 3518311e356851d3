"""What somebody has to sign before the service does it: recorded, withdrawn, asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from parentportal.models import Installation, SignOff, SignOffKind
from parentportal.operations import trail
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


class SignOffMissing(Refusal):
    """Nothing reaches real people before the data protection impact assessment is signed off."""

    code = "sign-off-missing"


class SignOffUnreadable(Refusal):
    """A signature needs a name, a role, a day that has come, and where the paper is."""

    code = "sign-off-unreadable"


def record_sign_off(
    session: Session,
    kind: SignOffKind,
    *,
    name: str,
    role: str,
    signed_on: date,
    reference: str,
    now: datetime,
    by: Officer | None,
) -> SignOff:
    """Put a signature on record.

    Raises:
        SignOffUnreadable: something is blank, or it is dated in the future.
    """
    texts = [" ".join(text.split()) for text in (name, role, reference)]
    if not all(texts) or signed_on > now.date():
        raise SignOffUnreadable
    signed = SignOff(
        kind=kind,
        name=texts[0],
        role=texts[1],
        signed_on=signed_on,
        reference=texts[2],
        recorded_by_id=by.id if by else None,
        at=now,
    )
    session.add(signed)
    trail.keep(session, "sign-off", "sign_off", signed.id, now=now, by=by, kind=kind)
    session.flush()
    return signed


def withdraw_sign_off(
    session: Session, sign_off_id: UUID, *, now: datetime, by: Officer | None
) -> None:
    """Let a signature count no more.

    Raises:
        NotThere: no such signature, or it is withdrawn already.
    """
    signed = session.get(SignOff, sign_off_id, with_for_update=True)
    if signed is None or signed.withdrawn_at is not None:
        raise NotThere
    signed.withdrawn_at = now
    trail.keep(session, "withdraw-sign-off", "sign_off", sign_off_id, now=now, by=by)


def sign_offs(session: Session, kind: SignOffKind) -> Sequence[SignOff]:
    """The signatures of a kind that count, the newest first; one query."""
    return session.scalars(
        select(SignOff)
        .where(SignOff.kind == kind, SignOff.withdrawn_at.is_(None))
        .order_by(SignOff.at.desc())
    ).all()


def may_reach_people(session: Session) -> bool:
    """Whether live ways out are open: the DPIA is signed off, or nobody here is real."""
    practice = select(Installation.number).where(Installation.practice.is_(True))
    return session.scalar(practice) is not None or bool(sign_offs(session, SignOffKind.DPIA))
