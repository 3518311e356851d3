"""What providers do not bring to our door is fetched, and recorded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.delivery import Report, ReportOutcome
from parentportal.dispatch import run
from parentportal.dispatch.folder import FolderWay
from parentportal.dispatch.hearing import ASKED_EVERY, Hearing
from parentportal.dispatch.ways import NotNow
from parentportal.models import OutgoingMessage, Role, Suppression
from parentportal.operations.outbox import approve, draft_batch, submit
from tests.loopback.smtp import Delivered, bounce
from tests.parentportal.cohort_rows import a_cohort
from tests.parentportal.dispatch.parcels import APPROVED


class Telling(FolderWay):
    """A way that tells when it is asked, or does not answer."""

    told: tuple[Report, ...] | NotNow = ()
    asked = 0

    def reports(self):
        self.asked += 1
        if isinstance(self.told, NotNow):
            raise self.told
        return self.told


@pytest.fixture
def way(tmp_path):
    return Telling(tmp_path, domain="council.example")


@pytest.fixture
def hearing(database, way, tmp_path, clock):
    return Hearing(database, [way], tmp_path / "bounces", clock)


@pytest.fixture
def outgoing(database, council, officers, clock):
    def make(families):
        now = clock()
        with database.transaction() as session:
            a_cohort(session, now, families)
            batch = draft_batch(
                session, "ptb-offer", dated=APPROVED.date(), now=now, by=officers[Role.OFFICER]
            )
            submit(session, batch.id, now=now, by=officers[Role.OFFICER])
            approve(session, batch.id, now=now, by=officers[Role.APPROVER])
        return batch

    return make


@pytest.fixture
def mail(database, settings, council, officers, clock, outgoing):
    """An email that has gone."""
    batch = outgoing(1)
    run(database, settings, batch.id, clock=clock)
    with database.reading() as session:
        of = OutgoingMessage
        return session.scalars(select(of).where(of.channel == Channel.EMAIL)).one()


def state_of(database, row):
    with database.reading() as session:
        return session.get_one(OutgoingMessage, row.id).state


def test_a_bounce_fails_its_message_and_its_address_is_not_used_again(
    database, hearing, mail, tmp_path
):
    content = b"Message-ID: <%s@council.example>\r\n\r\n" % str(mail.id).encode()
    sent = Delivered(str(mail.id), "travel@council.example", "a@b.example", str(mail.id), content)
    bounce(sent, tmp_path / "bounces")
    assert hearing.listen() == 1
    assert state_of(database, mail) is State.FAILED
    with database.reading() as session:
        stopped = session.scalars(select(Suppression)).one()
    assert (stopped.carer_id, stopped.channel) == (mail.carer_id, Channel.EMAIL)
    assert hearing.listen() == 0  # it was moved on


def test_a_provider_is_asked_now_and_then(hearing, way, clock):
    hearing.listen()
    clock.advance(seconds=ASKED_EVERY.total_seconds() - 1)
    hearing.listen()
    assert way.asked == 1
    clock.advance(seconds=1)
    hearing.listen()
    assert way.asked == 2


def test_what_is_told_again_counts_once(database, hearing, way, mail, clock):
    at = datetime(2026, 11, 2, 12, tzinfo=UTC)
    way.told = (Report(mail.id, "7", ReportOutcome.TEMPORARY_FAILURE, at, "technical-failure"),)
    for _ in range(2):
        assert hearing.listen() == 1
        clock.advance(seconds=timedelta(hours=1).total_seconds())
        assert state_of(database, mail) is State.FAILED


def test_a_provider_that_does_not_answer_stops_nothing(hearing, way):
    way.told = NotNow("notify-away")
    assert hearing.listen() == 0
