"""Whose own page this browser may open, kept in its signed session for half an hour of use.

The session holds a random number and a time; never a code, a name or an answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from flask import session

from parentportal.web import now

if TYPE_CHECKING:
    from collections.abc import Mapping

VISITOR: Final = "own-page"
IDLE: Final = timedelta(minutes=30)
"""A shared computer forgets who was there; nothing that was sent in is lost."""


class NotKnown(Exception):
    """Nobody has shown who they are in this browser, or too long ago."""


def let_in(carer_id: UUID) -> None:
    """Let this browser open a carer's own page.

    The form token begins anew, so that nobody who prepared this browser's session knows it.
    """
    session.pop("csrf_token", None)
    session[VISITOR] = {"carer": str(carer_id), "seen": now().isoformat()}


def visitor() -> UUID:
    """The carer whose own page this is; each look keeps the page open for another half hour.

    Raises:
        NotKnown: there is none, or nobody has looked for too long.
    """
    known: Mapping[str, str] | None = session.get(VISITOR)
    if known is None:
        raise NotKnown
    moment = now()
    try:
        carer_id, seen = UUID(known["carer"]), datetime.fromisoformat(known["seen"])
    except (KeyError, ValueError, TypeError) as odd:
        leave()  # signed by an earlier edition of this service
        raise NotKnown from odd
    if not timedelta() <= moment - seen < IDLE:
        leave()
        raise NotKnown
    session[VISITOR] = {"carer": str(carer_id), "seen": moment.isoformat()}
    return carer_id


def leave() -> None:
    """Forget whose page was open."""
    session.pop(VISITOR, None)
