"""What a provider says later: once, in any order, and kindly answered whoever it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.lifecycle import State
from parentportal.app import create_app
from parentportal.delivery import Report, ReportOutcome
from parentportal.models import AuditEvent, FailureCount, Suppression, SuppressionReason
from parentportal.operations import sending
from parentportal.operations.receipts import Recorded, record
from parentportal.operations.sending import Marked
from parentportal.ways_out import NotifyService, Provider, WaysOut
from tests.loopback.notify import EMAIL_TEMPLATE, KEY, TEXT_TEMPLATE

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
TOKEN = "a token of thirty characters or more"


def report(row, outcome, minutes=0, code=""):
    return Report(
        row.id, "provider-1", ReportOutcome(outcome), AT + timedelta(minutes=minutes), code
    )


@pytest.fixture
def sent(database, released, claimed, messages, now):
    """Two messages that the provider has."""
    released()
    for row in claimed():
        with database.transaction() as session:
            assert (
                sending.record_accepted(session, row.id, row.lease, {"file": "x"}, now=now)
                is Marked.GONE
            )
    return messages()


@pytest.fixture
def told(database, now):
    """Record reports, each in a transaction of its own."""

    def make(*reports):
        answers = []
        for one in reports:
            with database.transaction() as session:
                answers.append(record(session, one, now=now))
        return answers

    return make


def live(database):
    with database.reading() as session:
        rows = session.scalars(select(Suppression).where(Suppression.lifted_at.is_(None))).all()
    return [(row.carer_id, row.channel, row.reason, row.message_id) for row in rows]


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        ("delivered", (State.DELIVERED, None)),
        ("temporary-failure", (State.FAILED, None)),
        ("permanent-failure", (State.FAILED, SuppressionReason.UNDELIVERABLE)),
        ("returned", (State.RETURNED, SuppressionReason.RETURNED)),
    ],
)
def test_a_report_says_where_the_message_is_and_whether_to_write_again(
    database, sent, told, messages, outcome, end
):
    (state, reason), (row, other) = end, sent
    assert told(report(row, outcome, code="why")) == [Recorded.KEPT]
    found = {one.id: one for one in messages()}
    assert (found[row.id].state, found[other.id].state) == (state, State.DISPATCHED)
    assert found[row.id].provider_id == "provider-1"
    assert live(database) == ([(row.carer_id, row.channel, reason, row.id)] if reason else [])


def test_the_same_report_twice_changes_nothing(database, sent, told):
    said = report(sent[0], "permanent-failure", code="5.1.1")
    assert told(said, said, said) == [Recorded.KEPT, Recorded.OLDER, Recorded.OLDER]
    assert len(live(database)) == 1
    with database.reading() as session:
        kept = session.scalars(select(AuditEvent).where(AuditEvent.action == "suppress")).all()
    assert len(kept) == 1


@pytest.mark.parametrize(
    "reports",
    [
        [("delivered", 1), ("permanent-failure", 2), ("delivered", 3)],
        [("temporary-failure", 1), ("delivered", 2), ("returned", 3)],
        [("permanent-failure", 5), ("delivered", 5), ("returned", 5)],
    ],
)
def test_the_end_is_the_same_in_whatever_order_reports_come(
    database, sent, told, messages, reports
):
    ends = set()
    for order in permutations(reports):
        with database.transaction() as session:
            row = session.merge(sent[0])
            row.state, row.reported_at, row.reason = State.DISPATCHED, None, None
            session.query(Suppression).delete()
        told(*(report(sent[0], outcome, minutes, outcome) for outcome, minutes in order))
        after = next(one for one in messages() if one.id == sent[0].id)
        ends.add((after.state, after.reason, tuple(one[2] for one in live(database))))
    assert len(ends) == 1


def test_a_newer_report_that_it_arrived_lets_us_write_again(database, sent, told):
    told(report(sent[0], "permanent-failure", 1), report(sent[0], "delivered", 2))
    assert live(database) == []


def test_a_report_settles_what_a_dead_worker_left_and_what_was_uncertain(
    database, released, claimed, told, messages, now
):
    released()
    first, second = claimed()
    with database.transaction() as session:
        sending.record_doubt(session, first.id, first.lease, "connection-lost", now=now)
    told(report(first, "delivered"), report(second, "delivered"))
    assert {row.state for row in messages()} == {State.DELIVERED}
    with database.transaction() as session:  # the worker was alive after all
        assert (
            sending.record_accepted(session, second.id, second.lease, {"file": "x"}, now=now)
            is Marked.LOST
        )


def test_a_report_keeps_a_message_from_being_sent_again(
    database, released, claimed, told, messages, now
):
    released()
    for row in claimed():
        with database.transaction() as session:
            sending.record_not_now(session, row.id, row.lease, "away", after=None, now=now)
        told(report(row, "delivered"))
    assert {row.state for row in messages()} == {State.DELIVERED}
    assert claimed(at=now + timedelta(days=1)) == ()


def test_a_report_on_no_message_of_ours_is_counted(database, approved, told, messages):
    approved()
    unknown = Report(uuid4(), "p", ReportOutcome.DELIVERED, AT, "")
    assert told(unknown, unknown) == [Recorded.UNKNOWN] * 2
    with database.reading() as session:
        counted = session.scalars(
            select(FailureCount.count).where(FailureCount.scope == "receipt")
        ).all()
    assert counted == [2]


@pytest.fixture
def notify_client(settings, clock, compiled_templates):
    """The portal of a council with a service on Notify, with form tokens asked for."""
    service = NotifyService(
        key=KEY, email_template=EMAIL_TEMPLATE, text_template=TEXT_TEMPLATE, token=TOKEN
    )
    ways = WaysOut(emails=Provider.NOTIFY, notify=service)
    app = create_app(replace(settings, ways_out=ways), clock=clock)
    app.jinja_env.bytecode_cache = compiled_templates
    yield app.test_client()
    app.extensions["portal"].database.dispose()


def callback(row, **changes):
    return {
        "id": str(uuid4()),
        "reference": str(row.id),
        "status": "permanent-failure",
        "completed_at": "2026-11-02T12:00:00.000000Z",
        **changes,
    }


def test_notify_tells_by_callback_with_its_token(notify_client, sent, messages):
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    row = sent[0]
    answer = notify_client.post("/receipts/notify", json=callback(row), headers=bearer)
    assert answer.status_code == 204
    assert [one.state for one in messages() if one.id == row.id] == [State.FAILED]
    unknown = callback(row, reference=str(uuid4()))
    assert notify_client.post("/receipts/notify", json=unknown, headers=bearer).status_code == 204


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"json": {}}, 401),
        ({"json": {}, "headers": {"Authorization": "Bearer wrong"}}, 401),
        ({"json": [1], "headers": {"Authorization": f"Bearer {TOKEN}"}}, 400),
        ({"data": b"no json", "headers": {"Authorization": f"Bearer {TOKEN}"}}, 400),
        ({"data": b"[" * 20_000, "headers": {"Authorization": f"Bearer {TOKEN}"}}, 413),
    ],
)
def test_nobody_else_tells_anything(notify_client, how, status):
    assert notify_client.post("/receipts/notify", **how).status_code == status


def test_where_no_service_is_set_up_nothing_answers(client):
    assert client.post("/receipts/notify", json={}).status_code == 404
