"""Signed-in officers and a council for the portal's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from messaging.council import demonstration_council
from parentportal.models import Role
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from parentportal.models import Officer

PASSWORD = "a long enough password"


@pytest.fixture
def now(clock):
    return clock()


@pytest.fixture
def drafter(session, now):
    """Who drafts in a session that is undone at the end, for the demonstration council."""
    save_council(session, demonstration_council(), now=now)
    return add_officer(session, "d@council.example", "Dot Drafter", Role.OFFICER, PASSWORD, now)


@pytest.fixture
def second(session, now):
    """Who approves what the drafter drafted."""
    return add_officer(session, "s@council.example", "Sid Second", Role.APPROVER, PASSWORD, now)


@pytest.fixture
def council(database, clock):
    """The demonstration council, in force."""
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=clock())
    return demonstration_council()


@pytest.fixture
def officers(database, clock) -> dict[Role, Officer]:
    """One officer of each role, who can sign in with ``<role>@exampleshire.example``."""
    with database.transaction() as session:
        return {
            role: add_officer(
                session, f"{role}@exampleshire.example", f"Sam {role}", role, PASSWORD, clock()
            )
            for role in Role
        }


@pytest.fixture
def as_role(app, officers, council) -> Callable[[Role], FlaskClient]:
    """A browser in which an officer of this role is signed in."""

    def signed_in(role: Role) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["officer"] = str(officers[role].id)
            session["number"] = officers[role].session_number
            session["since"] = session["seen"] = int(app.extensions["portal"].clock().timestamp())
        return client

    return signed_in
