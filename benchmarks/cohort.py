"""A portal with families to ask: made through the portal's own operations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.council import demonstration_council
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.models import Carer, Family, Response
from parentportal.operations.council import save_council
from parentportal.operations.survey import invite, open_wave
from parentportal.schema import upgrade
from parentportal.sealing import Keyring, use_keyring

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)


def settings_of(database_url: str, home: Path) -> Settings:
    """The settings of a benchmark's installation; its keys are kept in ``home``."""
    return Settings(
        database_url=database_url,
        keyring=Keyring.at(home / "keys.json"),
        var_directory=home,
        demonstration=True,
        secure_cookies=False,
    )


def prepare(settings: Settings, carers: int) -> list[str]:
    """Make the tables, the council and carers who are asked; the carers' codes."""
    use_keyring(settings.keyring)
    database = Database(settings.database_url)
    upgrade(database)
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=NOW)
        wave = open_wave(
            session, "Autumn", opens_at=NOW, closes_at=NOW + timedelta(days=30), now=NOW
        )
        asked = [_carer(number) for number in range(carers)]
        session.add_all(asked)
        session.flush()
        issued = invite(session, wave, asked, now=NOW)
    database.dispose()
    return [str(each.code) for each in issued]


def submitted(settings: Settings) -> int:
    """How many have sent their answers in."""
    database = Database(settings.database_url)
    with database.reading() as session:
        count = session.scalar(
            select(func.count()).select_from(Response).where(Response.submitted_at.is_not(None))
        )
    database.dispose()
    return count or 0


def _carer(number: int) -> Carer:
    carer = Carer(name_key=number.to_bytes(32, "big"), language="en_GB", created_at=NOW)
    carer.family = Family(reference=f"BENCH-{number:05}", flags=[], created_at=NOW, changed_at=NOW)
    carer.name = f"Robin Rumblestone {number}"
    carer.address_lines = [f"{number + 1} Lantern Row", "Little Sample", "EX1 1AA"]
    return carer
