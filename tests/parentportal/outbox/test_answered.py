"""An offer that was answered is not followed up, however late the answer came."""

from __future__ import annotations

from datetime import timedelta

from messaging.lifecycle import State
from parentportal.models import ReplyKind
from parentportal.operations.carer_replies import reply_to
from parentportal.operations.outbox import approve, submit
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.outbox.batches import DATED, messages_of


def test_a_follow_up_does_not_go_to_who_has_answered_since_it_was_drafted(
    session, draft, drafter, second, now
):
    a_family(session, "F1", now)
    offer = draft()
    for row in messages_of(session, offer):
        row.state, row.dispatched_at, row.evidence = State.DISPATCHED, now, {"file": "x"}
    session.flush()
    later = now + timedelta(weeks=6)
    batch = draft(campaign="ptb-follow-up", dated=DATED + timedelta(weeks=6), now=later)
    submit(session, batch.id, now=later, by=drafter)
    first = messages_of(session, offer)[0]
    reply_to(session, first.id, ReplyKind.DECLINE, now=later, by=None)
    approve(session, batch.id, now=later, by=second)
    session.expire_all()
    rows = messages_of(session, batch)
    assert {row.state for row in rows} == {State.WITHDRAWN}
    assert {row.evidence["refused"] for row in rows} == {"has-replied"}
