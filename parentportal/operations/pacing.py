"""How many messages may go a way just now, where a provider takes only so many a minute.

The count is one row a way in the database, so it holds over all workers together. In any minute at
most ``rate`` messages are taken in hand: a few at once (a fiftieth of the rate, at least one), and
the others evenly after them (generic cell rate algorithm, ITU-T recommendation I.371).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from parentportal.db import insert_or
from parentportal.models import WayPace

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

MINUTE = timedelta(minutes=1)
EVERY_MINUTE = 50
"""One message in so many may go ahead of its turn."""

UNLIMITED = 1_000_000


def allowance(session: Session, way: str, rate: int | None, now: datetime) -> int:
    """How many may be taken in hand now; other workers wait until this transaction ends."""
    if rate is None:
        return UNLIMITED
    ahead, interval = _shape(rate)
    free_at = max(_held(session, way, now).next_at, now)
    return max(0, ahead - -(-(free_at - now) // interval))


def spend(session: Session, way: str, rate: int | None, messages: int, now: datetime) -> None:
    """Take note that so many were taken in hand."""
    if rate is None:
        return
    pace = _held(session, way, now)
    pace.next_at = max(pace.next_at, now) + messages * _shape(rate)[1]
    session.flush()


def _shape(rate: int) -> tuple[int, timedelta]:
    """How many may go at once, and the time between two after that."""
    ahead = max(1, rate // EVERY_MINUTE)
    return ahead, MINUTE / max(1, rate - ahead)


def _held(session: Session, way: str, now: datetime) -> WayPace:
    session.execute(
        insert_or(session, WayPace).values(way=way, next_at=now).on_conflict_do_nothing()
    )
    return session.get_one(WayPace, way, with_for_update=True, populate_existing=True)
