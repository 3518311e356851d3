"""Batches on their way, and what a worker has in hand of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from parentportal.dispatch import run
from parentportal.models import OutgoingMessage, Role
from parentportal.operations import scheduling, sending
from parentportal.operations.outbox import approve, draft_batch, submit
from tests.parentportal.cohort_rows import a_cohort, a_family

TERMS = sending.Terms("folder", timedelta(minutes=1))


@pytest.fixture
def approved(database, council, officers, now):
    """So many families' letters and emails, approved; and one's more, in columns of its own."""

    def make(families=1, **columns):
        with database.transaction() as session:
            a_cohort(session, now, families)
            if columns:
                a_family(session, "Z", now, **columns)
            batch = draft_batch(
                session,
                "ptb-offer",
                dated=date(2026, 11, 2),
                now=now,
                by=officers[Role.OFFICER],
            )
            submit(session, batch.id, now=now, by=officers[Role.OFFICER])
            approve(session, batch.id, now=now, by=officers[Role.APPROVER])
        return batch

    return make


@pytest.fixture
def released(database, approved, now):
    """The same, let go: from a moment on, and before a day."""

    def make(families=1, **when):
        batch = approved(families)
        with database.transaction() as session:
            scheduling.release(
                session, batch.id, **{"send_from": now, "now": now, "by": None, **when}
            )
        return batch

    return make


@pytest.fixture
def send(database, settings, clock):
    """Let a batch go and send what is due of it."""

    def make(batch, **how):
        return run(database, settings, batch.id, clock=clock, **how)

    return make


@pytest.fixture
def claimed(database, now):
    """Some messages in a worker's hand, begun unless told otherwise."""

    def make(most=50, *, at=None, begun=True, channels=frozenset(Channel), terms=TERMS):
        moment = at or now
        with database.transaction() as session:
            rows = sending.claim(session, terms, most, channels=channels, now=moment)
        for row in rows if begun else ():
            with database.transaction() as session:
                until = moment + terms.lease
                assert sending.begin(session, row.id, row.lease, until=until, now=moment)
        return rows

    return make


@pytest.fixture
def messages(database):
    """Every message, as the database has it now."""

    def found():
        with database.reading() as session:
            return session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)).all()

    return found
