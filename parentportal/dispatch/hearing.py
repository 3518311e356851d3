"""What providers do not bring to our door: bounces in their maildir, and failures told when asked.

Receipts by callback come to :mod:`parentportal.receipts`; all end in `operations.receipts.record`,
which keeps the same report once however often it is heard.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from parentportal.dispatch.bounces import Bounces
from parentportal.dispatch.ways import Unsent
from parentportal.operations.receipts import record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from parentportal.db import Database
    from parentportal.delivery import Report
    from parentportal.dispatch.ways import Way

log = logging.getLogger(__name__)

ASKED_EVERY = timedelta(minutes=15)
"""Between two questions to a provider: it tells of every failure of the last days each time."""


class Hearing:
    """One worker's ear."""

    def __init__(
        self,
        database: Database,
        ways: Sequence[Way],
        bounces: Path,
        clock: Callable[[], datetime],
    ) -> None:
        """Set up.

        Args:
            database: each report is a transaction of its own.
            ways: those to ask.
            bounces: a maildir.
            clock: the time now, in UTC.
        """
        self._database = database
        self._ways = ways
        self._bounces = Bounces(bounces)
        self._clock = clock
        self._asked_at: datetime | None = None

    def listen(self) -> int:
        """Record what has come in, and what is asked for when its time has come; how many reports.

        A provider that gives no answer is asked again at its next turn.
        """
        heard = 0
        for bounce in self._bounces.waiting(self._clock()):
            if bounce.report is not None:
                self._record(bounce.report)
                heard += 1
            self._bounces.done(bounce)
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= ASKED_EVERY:
            self._asked_at = now
            heard += sum(map(self._ask, self._ways))
        return heard

    def _ask(self, way: Way) -> int:
        heard = 0
        try:
            for report in way.reports():
                self._record(report)
                heard += 1
        except Unsent as fault:
            log.warning("%s tells nothing: %s", way.name, fault.code)
        return heard

    def _record(self, report: Report) -> None:
        with self._database.transaction() as session:
            record(session, report, now=self._clock())
