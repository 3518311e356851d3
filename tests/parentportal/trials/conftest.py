"""Batches of a campaign that is tried."""

from __future__ import annotations

import pytest

from parentportal.operations.outbox import approve, draft_batch, submit


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
