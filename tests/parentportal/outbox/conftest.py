"""Drafts of small cohorts."""

from __future__ import annotations

import pytest

from parentportal.models import Campaign
from parentportal.operations.outbox import draft_batch
from tests.parentportal.outbox.batches import DATED


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
