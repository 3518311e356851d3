"""A worker: it looks at the database for what is due, each time it is woken and once a minute.

Any number may run at once, on one machine or several; each message is in the hands of one at a time
(:mod:`parentportal.dispatch.sender`). One that is killed loses nothing.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread, local
from typing import TYPE_CHECKING

from parentportal.dispatch import Worker
from parentportal.queries.due import next_due
from parentportal.waking import Waker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from huey.consumer import Consumer  # type: ignore[import-untyped]

    from parentportal.config import Settings
    from parentportal.db import Database

log = logging.getLogger(__name__)

LONGEST_REST = timedelta(minutes=1)
SHORTEST_REST = timedelta(seconds=1)


def consumer(
    database: Database, settings: Settings, *, clock: Callable[[], datetime], threads: int = 1
) -> Consumer:
    """What ``parentportal worker`` runs: threads that wait to be woken, each with its own ways."""
    own = local()

    def look() -> None:
        if not hasattr(own, "worker"):
            own.worker = Worker(database, settings, clock)
        own.worker.drain()
        rest = rest_until_due(database, clock())
        if rest < LONGEST_REST:  # else the minute's own look comes first
            waker.wake(rest)

    waker = Waker(settings, look=look)
    waker.wake()  # what a worker that died has left is looked at as the next one starts
    return waker.queue.create_consumer(workers=threads, check_worker_health=True)


def rest_until_due(database: Database, now: datetime) -> timedelta:
    """How long nothing is due, as far as the rows can tell: at most a minute."""
    with database.reading() as session:
        due = next_due(session, now)
    if due is None:
        return LONGEST_REST
    return min(LONGEST_REST, max(SHORTEST_REST, due - now))


class Rounds(Thread):
    """A worker inside another process, for the demonstration: it goes round without a queue."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        rest: timedelta = SHORTEST_REST,
    ) -> None:
        super().__init__(name="worker", daemon=True)
        self._database, self._settings, self._clock = database, settings, clock
        self._rest = rest
        self._stopping = Event()

    def run(self) -> None:
        """Go round until it is stopped."""
        worker = Worker(self._database, self._settings, self._clock)
        while not self._stopping.is_set():
            try:
                worker.drain()
            except Exception:  # a database that is away comes back
                log.exception("going round")
            self._stopping.wait(self._rest.total_seconds())

    def stop(self) -> None:
        """End after the round it is in."""
        self._stopping.set()
        self.join()
