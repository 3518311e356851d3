"""Count what fails, so that guessing gets nowhere; what succeeds is never counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from parentportal.db import insert_or
from parentportal.models import FailureCount
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within a span, and then no more until the span is over.

    Attributes:
        scope: what is counted ("code", "sign-in").
        most: failures allowed within the span.
        span: how long a count lasts, from its first failure.
    """

    scope: str
    most: int
    span: timedelta


CODES_PER_ADDRESS = Limit("code", 20, timedelta(minutes=15))
SIGN_INS_PER_ACCOUNT = Limit("sign-in", 5, timedelta(minutes=15))
SIGN_INS_PER_ADDRESS = Limit("sign-in-address", 50, timedelta(minutes=15))
"""Wider than an account's: a whole council may share one address."""


def is_over(session: Session, limit: Limit, subject: str, now: datetime) -> bool:
    """Whether this subject (a network address, an account) has failed too often lately."""
    count = session.get(FailureCount, (limit.scope, _key(limit, subject)))
    return count is not None and _is_over(count, limit, now)


def hold(session: Session, limit: Limit, subject: str, now: datetime) -> bool:
    """The same, and nobody else counts or asks with a hold until the transaction ends.

    Guesses that were all made at once are so settled one after the other, each knowing the others.
    """
    return _is_over(_held(session, limit, subject, now), limit, now)


def count_failure(session: Session, limit: Limit, subject: str, now: datetime) -> bool:
    """Count one failure, and say whether it is the one that reaches the limit.

    A count older than its span begins anew.
    """
    count = _held(session, limit, subject, now)
    if now - count.first_at >= limit.span:
        count.count, count.first_at = 0, now
    count.count += 1
    count.last_at = now
    return count.count == limit.most


def forget_failures(session: Session, limit: Limit, subject: str) -> None:
    """Forget a subject's failures, once it has shown who it is."""
    count = session.get(FailureCount, (limit.scope, _key(limit, subject)))
    if count is not None:
        count.count = 0  # the row stays, for those who wait for it


def _is_over(count: FailureCount, limit: Limit, now: datetime) -> bool:
    return now - count.first_at < limit.span and count.count >= limit.most


def _held(session: Session, limit: Limit, subject: str, now: datetime) -> FailureCount:
    key = (limit.scope, _key(limit, subject))
    first = {"scope": key[0], "subject_key": key[1], "count": 0, "first_at": now, "last_at": now}
    session.execute(  # two first failures at once would both insert
        insert_or(session, FailureCount).values(first).on_conflict_do_nothing()
    )
    session.flush()  # what was counted here already is not to be read over
    return session.get_one(FailureCount, key, with_for_update=True, populate_existing=True)


def _key(limit: Limit, subject: str) -> bytes:
    return keyring_in_use().digest(f"failures.{limit.scope}", subject)
