"""Send a batch in a process of its own, for tests to kill: URL, folder, batch, time."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from parentportal.config import Settings
from parentportal.db import Database
from parentportal.dispatch import run
from parentportal.sealing import use_keyring
from tests.conftest import KEYRING

if __name__ == "__main__":
    url, folder, batch, moment = sys.argv[1:]
    use_keyring(KEYRING)
    run(
        Database(url),
        Settings(database_url=url, keyring=KEYRING, var_directory=Path(folder)),
        UUID(batch),
        clock=lambda: datetime.fromisoformat(moment),
    )
