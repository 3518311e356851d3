"""Open an installation's database with the keys that its sealed columns were written with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from parentportal.db import Database
from parentportal.operations.installation import is_recognised, recognise
from parentportal.sealing import use_keyring

if TYPE_CHECKING:
    from parentportal.config import Settings


def open_database(settings: Settings) -> Database:
    """The database of these settings; its first session is refused if the keys are strange.

    A wrong key would seal new records that the right one never opens, and find no family by its
    name. The database may be away or without tables yet: it is asked when it is first used.
    """
    use_keyring(settings.keyring)
    return Database(settings.database_url, before_use=partial(_recognise, settings))


def _recognise(settings: Settings) -> None:
    with Database(settings.database_url) as database:
        with database.reading() as session:
            known = is_recognised(session, settings.keyring)
        if not known:
            with database.transaction() as session:
                recognise(session, settings.keyring)
