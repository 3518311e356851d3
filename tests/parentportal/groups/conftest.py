"""Four discussion groups, a cohort to draw from, and whoever plans them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from parentportal.models import Invitee, Role
from parentportal.operations.accounts import add_officer
from parentportal.operations.groups import hold_draw
from tests.parentportal.conftest import PASSWORD
from tests.parentportal.group_rows import Cohort, four_groups

SEED = "5eed" * 8


@pytest.fixture
def officer(session, clock):
    return add_officer(
        session,
        "programme@exampleshire.example",
        "Sam Programme",
        Role.PROGRAMME,
        PASSWORD,
        clock(),
    )


@pytest.fixture
def cohort(session):
    return Cohort(session)


@pytest.fixture
def groups(session, clock, officer):
    return four_groups(session, clock, officer)


@pytest.fixture
def draw(session, clock, officer, groups):
    """Hold the draw of a segment's group."""

    def held(segment=None, invite=5, seed=SEED):
        return hold_draw(
            session, groups[segment].id, invite=invite, seed=seed, now=clock(), by=officer
        )

    return held


@pytest.fixture
def invitee(session, cohort, draw):
    cohort.families(6)
    draw(invite=5)
    return session.scalars(select(Invitee).limit(1)).one()
