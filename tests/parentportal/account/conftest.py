"""Messages that have gone to one family."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import Campaign, OutgoingMessage, Role
from parentportal.operations.outbox import draft_batch
from tests.parentportal.account.pages import ROOT
from tests.parentportal.cohort_rows import a_family, assigned


@pytest.fixture
def sent(database, clock, council, officers):
    """Write to one family and let its messages go; the row of one channel."""

    def send(channel=Channel.LETTER, *, segment=None, asked=(Channel.LETTER,), **columns):
        now = clock()
        with database.transaction() as session:
            if not session.scalar(select(Campaign.id)):
                session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=now))
            carer = a_family(session, str(uuid4()), now, **columns)
            if segment:
                assigned(session, carer, segment, now)
            batch = draft_batch(
                session,
                "ptb-offer",
                dated=now.date(),
                now=now,
                by=officers[Role.OFFICER],
                carers=[carer.id],
                asked=asked,
                portal_link=ROOT,
            )
            rows = session.scalars(
                select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
            ).all()
            for row in rows:
                row.state, row.evidence = State.DISPATCHED, {"file": "x"}
                row.dispatched_at = now
            return next(row for row in rows if row.channel is channel)

    return send
