"""A small cohort at the desk."""

from __future__ import annotations

from datetime import date

import pytest

from parentportal.models import Role
from parentportal.operations.outbox import approve, draft_batch, submit
from tests.parentportal.cohort_rows import a_cohort


@pytest.fixture
def cohort(database, council, clock):
    """Eight families, each with an open offer, two in each segment and two in none."""
    with database.transaction() as session:
        return a_cohort(session, clock(), 8)


@pytest.fixture
def batch(database, cohort, officers, clock):
    """Their letters and emails, drafted by the officer."""
    with database.transaction() as session:
        return draft_batch(
            session,
            "ptb-offer",
            dated=date(2026, 11, 2),
            now=clock(),
            by=officers[Role.OFFICER],
        )


@pytest.fixture
def submitted(database, batch, officers, clock):
    with database.transaction() as session:
        return submit(session, batch.id, now=clock(), by=officers[Role.OFFICER])


@pytest.fixture
def approved(database, submitted, officers, clock):
    with database.transaction() as session:
        return approve(session, submitted.id, now=clock(), by=officers[Role.APPROVER])
