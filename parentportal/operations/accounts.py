"""Officers' accounts: adding one, and signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from parentportal.models import Officer
from parentportal.operations import trail
from parentportal.operations.failures import (
    SIGN_INS_PER_ACCOUNT,
    count_failure,
    forget_failures,
    is_over,
)
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

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


def sign_in(session: Session, email: str, password: str, now: datetime) -> Officer | None:
    """The officer whose email and password these are; none when they are not, or too many tries.

    A wrong email, a wrong password and a locked account are answered alike and take as long, and
    the failure is counted: the caller keeps the transaction in either case.
    """
    address = _normal(email)
    officer = _by_email(session, address)
    right = _verified(officer.password_hash if officer else _nobody, password)
    locked = is_over(session, SIGN_INS_PER_ACCOUNT, address, now)
    if officer is None or not right or not officer.active or locked:
        count_failure(session, SIGN_INS_PER_ACCOUNT, address, now)
        trail.keep(session, "sign-in-failed", "officer", officer.id if officer else None, now=now)
        return None
    forget_failures(session, SIGN_INS_PER_ACCOUNT, address)
    trail.keep(session, "sign-in", "officer", officer.id, now=now, by=officer)
    return officer


def _normal(email: str) -> str:
    return email.strip().casefold()


def _by_email(session: Session, address: str) -> Officer | None:
    return session.scalar(select(Officer).where(func.lower(Officer.email) == address))


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
