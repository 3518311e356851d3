"""Two officers, and batches of a campaign that is tried."""

from __future__ import annotations

import pytest

from messaging.council import demonstration_council
from parentportal.models import Role
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.operations.outbox import approve, draft_batch, submit

PASSWORD = "a long enough password"


@pytest.fixture
def now(clock):
    return clock()


@pytest.fixture
def drafter(session, now):
    save_council(session, demonstration_council(), now=now)
    return add_officer(session, "d@council.example", "Dot Drafter", Role.OFFICER, PASSWORD, now)


@pytest.fixture
def second(session, now):
    return add_officer(session, "s@council.example", "Sid Second", Role.APPROVER, PASSWORD, now)


@pytest.fixture
def draft(session, drafter, now):
    def make(at=now):
        return draft_batch(session, "ptb-offer", dated=at.date(), now=at, by=drafter)

    return make


@pytest.fixture
def approved(session, draft, drafter, second, now):
    def make(at=now):
        batch = draft(at)
        submit(session, batch.id, now=at, by=drafter)
        return approve(session, batch.id, now=at, by=second)

    return make
