"""Officers' accounts: adding one, signing in and out.

A sign-in takes three steps, so that no parent waits for the database while a password is checked,
which is slow on purpose: :func:`look_up` in a session that reads, :func:`is_proven` in none,
:func:`sign_in` in a short transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from parentportal.models import Officer
from parentportal.operations import trail
from parentportal.operations.failures import (
    SIGN_INS_PER_ACCOUNT,
    SIGN_INS_PER_ADDRESS,
    count_failure,
    forget_failures,
    hold,
    is_over,
)
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Role

SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password: it makes an unknown email take as long")


class PasswordTooShort(Refusal):
    """A password shorter than the shortest allowed."""

    code = "password-too-short"


class EmailUnreadable(Refusal):
    """What was given as an email is not one."""

    code = "email-unreadable"


class EmailTaken(Refusal):
    """Somebody signs in with this email already."""

    code = "email-taken"


def add_officer(
    session: Session, email: str, name: str, role: Role, password: str, now: datetime
) -> Officer:
    """Let somebody of the council sign in.

    Raises:
        EmailUnreadable: when the email is not one.
        EmailTaken: when it is in use.
        PasswordTooShort: when the password has fewer than 12 characters.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(shortest=SHORTEST_PASSWORD)
    address = _normal(email)
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        raise EmailUnreadable from problem
    if _by_email(session, address) is not None:
        raise EmailTaken
    officer = Officer(
        email=address,
        name=name.strip(),
        role=role,
        password_hash=_hasher.hash(password),
        active=True,
        created_at=now,
    )
    session.add(officer)
    trail.keep(session, "add", "officer", officer.id, now=now, role=role)
    return officer


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says who they are.

    Attributes:
        email: as it was typed, in its normal form.
        address: the network address it comes from.
        officer_id: whose email it is; none when it is nobody's.
        password_hash: what the password must prove; an unknown email has one that none proves.
    """

    email: str
    address: str
    officer_id: UUID | None
    password_hash: str = field(repr=False)


def look_up(session: Session, email: str, *, address: str, now: datetime) -> Claim | None:
    """Whose email this is, as a claim to be proven; none when there were too many tries.

    The tries count alike for an email that is nobody's, so neither answer tells who has an account.
    """
    claimed = _normal(email)
    if is_over(session, SIGN_INS_PER_ACCOUNT, claimed, now) or is_over(
        session, SIGN_INS_PER_ADDRESS, address, now
    ):
        return None
    officer = _by_email(session, claimed)
    if officer is None or not officer.active:
        return Claim(claimed, address, None, _nobody)
    return Claim(claimed, address, officer.id, officer.password_hash)


def is_proven(claim: Claim, password: str) -> bool:
    """Whether the password proves the claim; as slow for an email that is nobody's."""
    try:
        return _hasher.verify(claim.password_hash, password) and claim.officer_id is not None
    except (VerificationError, InvalidHashError):
        return False


def sign_in(session: Session, claim: Claim, *, proven: bool, now: datetime) -> Officer | None:
    """The officer of a proven claim; none when it is not, or there were too many tries meanwhile.

    A failure is counted, for the account and for the address, and kept in the trail when it
    reaches a limit: the caller keeps the transaction in either case.
    """
    account_over = hold(session, SIGN_INS_PER_ACCOUNT, claim.email, now)
    officer = session.get(Officer, claim.officer_id) if proven and not account_over else None
    if officer is None or not officer.active or officer.password_hash != claim.password_hash:
        _count(session, claim, now)
        return None
    forget_failures(session, SIGN_INS_PER_ACCOUNT, claim.email)
    trail.keep(session, "sign-in", "officer", officer.id, now=now, by=officer)
    return officer


def sign_out(session: Session, officer_id: UUID, now: datetime) -> None:
    """End every session of an officer, in all browsers: a copied cookie is worth nothing after."""
    officer = session.get(Officer, officer_id, with_for_update=True, populate_existing=True)
    if officer is not None:
        officer.session_number += 1
        trail.keep(session, "sign-out", "officer", officer.id, now=now, by=officer)


def _count(session: Session, claim: Claim, now: datetime) -> None:
    for limit, subject in (
        (SIGN_INS_PER_ACCOUNT, claim.email),
        (SIGN_INS_PER_ADDRESS, claim.address),
    ):
        if count_failure(session, limit, subject, now):
            trail.keep(
                session, "lock-sign-in", "officer", claim.officer_id, now=now, limit=limit.scope
            )


def _normal(email: str) -> str:
    return email.strip().casefold()


def _by_email(session: Session, address: str) -> Officer | None:
    return session.scalar(select(Officer).where(func.lower(Officer.email) == address))
