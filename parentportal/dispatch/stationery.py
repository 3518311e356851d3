"""The council's stationery, as it is set at the moment a letter is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.letters import Stationery
from parentportal.models import CouncilSettings
from parentportal.operations.council import council_in_force

if TYPE_CHECKING:
    from parentportal.db import Database


class CouncilStationery:
    """Asked for each letter; the council is read anew only when its settings have changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: tuple[int | None, Stationery] | None = None

    def __call__(self) -> Stationery:
        """The logo, the signature and the most sides in force.

        Raises:
            NoCouncil: none was ever set.
        """
        with self._database.reading() as session:
            version = session.scalar(select(func.max(CouncilSettings.version)))
            if self._read is None or self._read[0] != version:
                self._read = version, Stationery.of(council_in_force(session))
        return self._read[1]
