"""Wake the workers: a queue in which nothing stands but "look".

What is to be sent is in the database, and a worker that looks finds it. So the queue may lose what
it holds, deliver it twice or late: a worker looks by itself once a minute. By a setting the queue
is SQLite beside the database (the default), PostgreSQL or Redis.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from huey import (  # type: ignore[import-untyped]
    Huey,
    PostgresHuey,
    RedisHuey,
    SqliteHuey,
    crontab,
)

from parentportal.ways_out import SettingsWrong

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from parentportal.config import Settings

NAME = "parentportal"
FILE = "queue.sqlite3"

log = logging.getLogger(__name__)


class Waker:
    """The queue of one installation."""

    def __init__(self, settings: Settings, *, look: Callable[[], None] | None = None) -> None:
        """Say where the queue is; it is opened when it is first used.

        Args:
            settings: where it is.
            look: what a worker does when it is woken; a web server only wakes.
        """
        self._settings = settings
        self._do_look = look

    @property
    def queue(self) -> Huey:
        """The queue, open.

        Raises:
            SettingsWrong: no such kind of queue.
        """
        return self._opened[0]

    def wake(self, after: timedelta | None = None) -> None:
        """Have a worker look, now or after a while; where the queue is away, it looks anyway."""
        try:
            look = self._opened[1]
            if after is None:
                look()
            else:
                look.schedule(delay=after.total_seconds())
        except Exception:  # whatever the queue has: it may lose what it is told
            log.warning("the queue is away", exc_info=True)

    def close(self) -> None:
        """Close this thread's connection to the queue."""
        self.queue.storage.close()

    @cached_property
    def _opened(self) -> tuple[Huey, Any]:
        """The queue, and the one task that stands in it."""
        queue = _queue(self._settings)
        if self._do_look is not None:
            queue.periodic_task(crontab(minute="*"), name="look-by-itself")(self._look)
        return queue, queue.task(name="look")(self._look)

    def _look(self) -> None:
        if self._do_look is not None:
            self._do_look()


def _queue(settings: Settings) -> Huey:
    how: dict[str, Any] = {"results": False}
    match urlsplit(settings.queue).scheme.partition("+")[0]:
        case "":
            settings.var_directory.mkdir(parents=True, exist_ok=True)
            return SqliteHuey(NAME, filename=str(settings.var_directory / FILE), **how)
        case "postgresql" | "postgres":
            return PostgresHuey(NAME, dsn=settings.queue, **how)
        case "redis" | "rediss" | "unix":
            return RedisHuey(NAME, url=settings.queue, **how)
        case other:
            raise SettingsWrong(
                [f"PARENTPORTAL_QUEUE: {other} is neither postgresql:// nor redis://"]
            )
