"""Two officers, and drafts of small cohorts."""

from __future__ import annotations

import pytest

from messaging.council import demonstration_council
from parentportal.models import (
    Campaign,
    Role,
)
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.operations.outbox import (
    draft_batch,
)
from tests.parentportal.outbox.batches import DATED

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
    def make(**values):
        how = {"dated": DATED, "now": now, "by": drafter, **values}
        return draft_batch(session, how.pop("campaign", "ptb-offer"), **how)

    return make


@pytest.fixture
def everyone_tailored(session, now):
    """No family falls in the neutral arm."""
    session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=now))
    session.flush()
