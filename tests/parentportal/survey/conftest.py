"""A wave, invited families with codes, and the walk of one parent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from parentportal.models import Answer, Carer, Family, Form, Invitation, Response
from parentportal.operations import survey
from parentportal.sealing import keyring_in_use
from segmentation.instrument import Answers
from tests.parentportal.survey.walking import Parent

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.access_codes import AccessCode

POSTCODE = "EX1 1AB"


@dataclass(frozen=True)
class Invited:
    """One family of the tests: its invitation and its code."""

    invitation_id: UUID
    code: AccessCode


def add_carer(session: Session, reference: str, now: Any, postcode: str | None = POSTCODE) -> Carer:
    family = Family(reference=reference, flags=[], created_at=now, changed_at=now)
    session.add(family)
    keyring = keyring_in_use()
    carer = Carer(
        family_id=family.id,
        name_key=keyring.digest("name", reference),
        name=f"Alex Sample {reference}",
        postcode_key=keyring.digest("postcode", postcode) if postcode else None,
        language="en_GB",
        created_at=now,
    )
    session.add(carer)
    return carer


@pytest.fixture
def invited(database, clock, council) -> Callable[..., Invited]:
    """Invite a family to the open wave."""
    with database.transaction() as session:
        wave = survey.open_wave(
            session,
            "Autumn",
            opens_at=clock() - timedelta(days=1),
            closes_at=clock() + timedelta(days=30),
            now=clock(),
        )
    numbers = iter(range(100))

    def invite(postcode: str | None = POSTCODE, form: Form = Form.ADAPTIVE) -> Invited:
        with database.transaction() as session:
            carer = add_carer(session, f"F{next(numbers)}", clock(), postcode)
            session.flush()
            issued = survey.invite(session, wave, [carer], now=clock(), form=form)[0]
        return Invited(issued.invitation_id, issued.code)

    return invite


@pytest.fixture
def family(invited) -> Invited:
    return invited()


@pytest.fixture
def parent(client, clock) -> Parent:
    """The parent of that family, who takes their time."""
    return Parent(client, clock)


@pytest.fixture
def elsewhere(app) -> Parent:
    """The same parent on another device."""
    return Parent(app.test_client())


@pytest.fixture
def kept(database) -> Callable[[Invited], dict[str, int | None]]:
    """The answers the database keeps for a family, in the order of asking."""

    def look(family: Invited) -> dict[str, int | None]:
        with database.reading() as session:
            rows = (
                session.query(Answer)
                .join(Response)
                .filter(Response.invitation_id == family.invitation_id)
                .order_by(Answer.position)
            )
            return {row.item: row.rating for row in rows}

    return look


@pytest.fixture
def invitation_of(database) -> Callable[[Invited], Invitation]:
    """The invitation of a family as the database has it, its response loaded."""

    def look(family: Invited) -> Invitation:
        with database.reading() as session:
            invitation = session.get_one(Invitation, family.invitation_id)
            _ = invitation.response and invitation.response.assignment
            return invitation

    return look


@pytest.fixture
def wave(session, clock):
    return survey.open_wave(
        session,
        "Spring",
        opens_at=clock(),
        closes_at=clock() + timedelta(days=7),
        now=clock(),
    )


@pytest.fixture
def issued(session, wave, clock):
    return survey.invite(session, wave, [add_carer(session, "F1", clock())], now=clock())[0]


@pytest.fixture
def started(session, issued, clock):
    survey.start(session, issued.invitation_id, "en_GB", now=clock())
    return issued.invitation_id


@pytest.fixture
def give(session, clock):
    """Answer question after question, each in so many seconds."""

    def give(key, answers, seconds=8.0, **how):
        for item, rating in answers.ratings.items():
            clock.advance(seconds=seconds)
            survey.record_answers(session, key, Answers({item: rating}), now=clock(), **how)

    return give
