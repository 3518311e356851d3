"""Reminders of meetings, which a worker writes on its rounds by the rule in force."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from parentportal.operations.reminding import send_reminders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from parentportal.db import Database

log = logging.getLogger(__name__)

BETWEEN = timedelta(hours=1)
"""A reminder goes by the day: to look more often would find the same."""


class Reminders:
    """Looked after by one worker; several may, for an event fires once."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], *, portal_link: str
    ) -> None:
        self._database, self._clock = database, clock
        self._portal_link = portal_link
        self._looked: datetime | None = None

    def write(self) -> None:
        """Write those that are due now, unless that was done a short while ago.

        Whatever goes wrong is logged, and tried again the next time: what waits still goes.
        """
        now = self._clock()
        if self._looked is not None and now - self._looked < BETWEEN:
            return
        self._looked = now
        try:
            with self._database.transaction() as session:
                send_reminders(session, now=now, portal_link=self._portal_link)
        except Exception:
            log.exception("writing reminders")
