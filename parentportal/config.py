"""Settings of one installation, read once from the environment at the edge."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from parentportal.office_hours import ANY_TIME, USUAL, OfficeHours
from parentportal.sealing import Keyring
from parentportal.ways_out import WaysOut, read_ways_out

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 1024 * 1024
LOOPBACK = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person who installs the service decides.

    Attributes:
        database_url: SQLAlchemy address; SQLite in ``var_directory`` unless told otherwise.
        keyring: the keys that seal names, contacts, answers and messages at rest.
        var_directory: where the database, the outbox and the mailbox folder live.
        base_url: how a parent reaches the portal, without a final slash.
        demonstration: a practice installation: synthetic families, no second factor, and
            telephone numbers kept for drama are accepted.
        secure_cookies: cookies travel over HTTPS alone; off where ``base_url`` is plain HTTP.
        largest_upload: bytes; anything bigger is refused before it is read.
        most_rows: rows of a cohort file; a longer one is refused.
        trusted_proxies: servers in front that each add the address they were reached from; of
            ``X-Forwarded-For``, so many last entries are believed and none before them.
        ways_out: which way letters, emails and texts go.
        office_hours: when emails and texts may go; none for always. Letters go at any time.
        queue: what wakes the workers: an address of PostgreSQL or Redis; SQLite beside the
            database where it is empty.
    """

    database_url: str = field(repr=False)  # it may hold a password
    keyring: Keyring
    var_directory: Path
    base_url: str = LOOPBACK
    demonstration: bool = False
    secure_cookies: bool = True
    largest_upload: int = 10 * MEGABYTE
    most_rows: int = 50_000
    trusted_proxies: int = 0
    ways_out: WaysOut = field(default_factory=WaysOut)
    office_hours: OfficeHours | None = None
    queue: str = field(default="", repr=False)  # it may hold a password

    @property
    def host(self) -> str:
        """The name parents reach the portal by, without scheme and port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def bounces_directory(self) -> Path:
        """A maildir into which the mail server lays what comes back."""
        return self.var_directory / "bounces"

    @property
    def outbox_directory(self) -> Path:
        """Where dispatch lays letters and their manifest."""
        return self.var_directory / "outbox"

    @property
    def mailbox_directory(self) -> Path:
        """Where dispatch lays emails, one file each, as a mail server would receive them."""
        return self.var_directory / "mailbox"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings, and make the keys at the first start.

        Raises:
            KeyringUnreadable: when the key file is there and is not one.
            SettingsWrong: when a way out is chosen without all that it needs.
        """
        var = Path(environment.get("PARENTPORTAL_VAR", "var")).absolute()
        demonstration = environment.get("PARENTPORTAL_DEMONSTRATION", "") == "1"
        base_url = environment.get("PARENTPORTAL_BASE_URL", LOOPBACK).rstrip("/")
        return cls(
            database_url=environment.get("DATABASE_URL") or f"sqlite:///{var / 'portal.sqlite3'}",
            keyring=Keyring.at(Path(environment.get("PARENTPORTAL_KEYS", var / "keys.json"))),
            var_directory=var,
            base_url=base_url,
            demonstration=demonstration,
            secure_cookies=base_url.startswith("https://"),
            most_rows=int(environment.get("PARENTPORTAL_MOST_ROWS", "50000")),
            trusted_proxies=int(environment.get("PARENTPORTAL_PROXIES", "0")),
            ways_out=read_ways_out(environment),
            office_hours=OfficeHours.read(
                environment.get("PARENTPORTAL_OFFICE_HOURS", ANY_TIME if demonstration else USUAL)
            ),
            queue=environment.get("PARENTPORTAL_QUEUE", ""),
        )
