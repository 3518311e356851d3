"""Know a database by its keys, and set one apart for practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parentportal.db import insert_or
from parentportal.models import Installation
from parentportal.models.installation import ONLY
from parentportal.queries.practice import may_practise
from parentportal.refusals import Refusal
from parentportal.sealing import KeyringStrange

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from parentportal.sealing import Keyring


class NotForPractice(Refusal):
    """The database is a council's own: a demonstration or a replay has no place there."""

    code = "not-for-practice"


class PracticeOnly(Refusal):
    """The database is for practice: real families have no place there."""

    code = "practice-only"


def is_recognised(session: Session, keyring: Keyring) -> bool:
    """Whether every key held is known here already.

    Raises:
        KeyringStrange: when a key that this database was sealed with is missing or another.
    """
    kept = session.get(Installation, ONLY)
    return kept is not None and _compared(kept, keyring) == kept.key_prints


def recognise(session: Session, keyring: Keyring) -> None:
    """Keep the fingerprints of the keys held: at the first use, and when a key is new.

    Raises:
        KeyringStrange: when a key that this database was sealed with is missing or another.
    """
    first = {"number": ONLY, "key_prints": keyring.prints(), "practice": False}
    session.execute(insert_or(session, Installation).values(first).on_conflict_do_nothing())
    kept = session.get_one(Installation, ONLY, with_for_update=True, populate_existing=True)
    kept.key_prints = _compared(kept, keyring)


def begin_practice(session: Session) -> None:
    """Set a database apart for practice, for good.

    Raises:
        NotForPractice: when there are officers, settings or families who are not for practice.
    """
    if not may_practise(session):
        raise NotForPractice
    first = {"number": ONLY, "key_prints": {}, "practice": True}
    session.execute(
        insert_or(session, Installation)
        .values(first)
        .on_conflict_do_update(index_elements=["number"], set_={"practice": True})
    )


def _compared(kept: Installation, keyring: Keyring) -> dict[str, str]:
    prints = keyring.prints()
    if not kept.key_prints.items() <= prints.items():
        raise KeyringStrange
    return prints
