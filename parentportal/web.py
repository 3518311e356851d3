"""What every view needs of the running portal: its database, its clock, its council."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import current_app, request

from parentportal.i18n import LANGUAGES
from parentportal.operations.answering import TYPED_LANGUAGES
from parentportal.operations.council import council_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager

    from sqlalchemy.orm import Session

    from messaging.council import Council
    from parentportal.config import Settings
    from parentportal.db import Database
    from parentportal.waking import Waker

HOUSEHOLD_BITS = 64
COUNCIL_KEPT = timedelta(seconds=30)
"""How long a page may show the settings as they were: drafting always asks the database."""


def system_clock() -> datetime:
    """The time now, in UTC: read at the edge alone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Portal:
    """One running installation: what views reach through :func:`portal`."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    waker: Waker
    _council: dict[str, tuple[datetime, Council]] = field(default_factory=dict)

    def council(self) -> Council:
        """The council whose pages these are, asked of the database now and then.

        Raises:
            NoCouncil: when no settings were saved yet.
        """
        kept = self._council.get("kept")
        if kept is None or not timedelta() <= self.clock() - kept[0] < COUNCIL_KEPT:
            with self.database.reading() as session:
                kept = self._council["kept"] = (self.clock(), council_in_force(session))
        return kept[1]


def portal() -> Portal:
    """The installation this request belongs to."""
    return cast("Portal", current_app.extensions["portal"])


def transaction() -> AbstractContextManager[Session]:
    """A session whose work is kept whole when the block ends: the view owns it."""
    return portal().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A session for a page that changes nothing."""
    return portal().database.reading()


def now() -> datetime:
    """The time of this request, in UTC."""
    return portal().clock()


def typed_languages() -> Collection[str]:
    """Languages in which answers are typed here, online and on paper: others get no segment.

    A practice council types every language, so that each can be walked to its letter.
    """
    return LANGUAGES if portal().settings.demonstration else TYPED_LANGUAGES


def client_address() -> str:
    """Whom a request counts for: an IPv4 address, or the network that one household has of IPv6.

    An IPv6 household has a /64 for itself, so counting by whole addresses would stop nobody.
    """
    told = request.remote_addr or "unknown"
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), HOUSEHOLD_BITS), strict=False))


def page_to_return_to() -> str:
    """Where a browser goes on after a request that was not done: a page that can be opened.

    The page itself, or for a form's own address (``…/confirm``) the nearest page above it.
    """
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    pages = current_app.create_url_adapter(request)
    path = request.path
    while path and not (pages and pages.test(path, "GET")):
        path = path.rpartition("/")[0]
    return path or "/"


def local_path(target: str | None, otherwise: str) -> str:
    """A path of this service to go on to; anything that leads elsewhere becomes ``otherwise``."""
    if not target:
        return otherwise
    parts = urlsplit(target.replace("\\", "/"))
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "//" in target:
        return otherwise
    return target
