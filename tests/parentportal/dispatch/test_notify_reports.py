"""What Notify tells by callback: receipts and returned letters, behind a token."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.channels import Channel
from parentportal.delivery import Report, ReportOutcome
from parentportal.dispatch.notify import NotifyWay
from parentportal.dispatch.notify_reports import (
    CallbackUnreadable,
    read_callback,
    report_of,
    token_is_right,
)
from parentportal.ways_out import NotifyService
from tests.loopback.http import Answer, LoopbackHttp
from tests.loopback.notify import EMAIL_TEMPLATE, KEY, TEXT_TEMPLATE, LoopbackNotify
from tests.parentportal.dispatch.parcels import a_parcel

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TOKEN = "a-token-for-callbacks"


class Ear:
    """Hears callbacks, and answers as the portal would."""

    def __init__(self):
        self.heard = []
        self.http = LoopbackHttp(self._hear)

    def _hear(self, _method, _target, headers, body):
        if not token_is_right(headers.get("authorization"), TOKEN):
            return Answer(403, {})
        self.heard.append(read_callback(json.loads(body), NOW))
        return Answer(204, b"")


@pytest.fixture
def ear():
    ear = Ear()
    ear.http.start()
    yield ear
    ear.http.stop()


@pytest.fixture
def notify(ear):
    with LoopbackNotify() as running:
        running.callback = (f"http://127.0.0.1:{ear.http.port}/receipts/notify", TOKEN)
        yield running


@pytest.fixture
def way(notify):
    service = NotifyService(
        key=KEY, url=notify.url, email_template=EMAIL_TEMPLATE, text_template=TEXT_TEMPLATE
    )
    return NotifyWay(service, channels=Channel, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("channel", "to", "outcome"),
    [
        (Channel.SMS, "+447700900123", ReportOutcome.DELIVERED),
        (Channel.SMS, "+447700900003", ReportOutcome.TEMPORARY_FAILURE),
        (Channel.SMS, "+447700900002", ReportOutcome.PERMANENT_FAILURE),
        (Channel.EMAIL, "temp-fail@simulator.notify", ReportOutcome.TEMPORARY_FAILURE),
        (Channel.EMAIL, "perm-fail@simulator.notify", ReportOutcome.PERMANENT_FAILURE),
    ],
)
def test_a_receipt_tells_what_became_of_a_message(way, notify, ear, channel, to, outcome):
    parcel = a_parcel(channel, to=to)
    accepted = way.send(parcel)
    assert notify.finish() == 1
    at = notify.find(parcel.reference).completed_at
    said = Report(parcel.reference, accepted.provider_id, outcome, at, str(outcome))
    assert ear.heard == [said]
    failed = outcome is not ReportOutcome.DELIVERED
    assert list(way.reports()) == [said] * failed


def test_a_returned_letter_has_a_callback_of_its_own(way, notify, ear):
    parcel = a_parcel()
    accepted = way.send(parcel)
    notify.return_letter(parcel.reference)
    assert ear.heard == [
        Report(
            parcel.reference,
            accepted.provider_id,
            ReportOutcome.RETURNED,
            NOW,
            "returned-letter",
        )
    ]


def test_a_callback_with_another_token_is_not_heard(way, notify, ear):
    way.send(a_parcel(Channel.SMS))
    notify.callback = (notify.callback[0], "another-token")
    notify.finish()
    assert ear.heard == []
    assert notify.answers == {403: 1}


@pytest.mark.parametrize("header", [None, "", "Bearer ", TOKEN, "Bearer é", f"bearer {TOKEN}"])
def test_only_the_very_token_opens(header):
    assert not token_is_right(header, TOKEN)
    assert not token_is_right(header, "")
    assert token_is_right(f"Bearer {TOKEN}", TOKEN)


@pytest.mark.parametrize("status", ["created", "sending", "pending", "accepted", "received", None])
def test_a_message_on_its_way_has_no_report(status):
    document = {"id": str(uuid4()), "reference": str(uuid4()), "status": status}
    assert read_callback(document, NOW) is None


@pytest.mark.parametrize("reference", [None, "12345678", 7])
def test_a_notification_that_is_not_ours_has_no_report(reference):
    document = {"id": str(uuid4()), "reference": reference, "status": "delivered"}
    assert read_callback(document, NOW) is None


@pytest.mark.parametrize("status", ["technical-failure", "validation-failed", "virus-scan-failed"])
def test_a_failure_on_notifys_side_says_nothing_against_the_address(status):
    document = {"id": "1", "reference": str(uuid4()), "status": status}
    assert report_of(document, NOW).outcome is ReportOutcome.TEMPORARY_FAILURE


def test_a_letter_that_cannot_be_printed_says_nothing_against_the_address():
    document = {
        "id": "1",
        "reference": str(uuid4()),
        "status": "permanent-failure",
        "type": "letter",
    }
    assert report_of(document, NOW).outcome is ReportOutcome.TEMPORARY_FAILURE


def test_a_moment_at_the_end_of_the_calendar_is_none():
    document = {
        "id": "1",
        "reference": str(uuid4()),
        "status": "delivered",
        "completed_at": "0001-01-01T00:00:00+01:00",
    }
    assert read_callback(document, NOW).at == NOW


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["id", "notification_id", "reference", "status", "completed_at", "type", "to"]
)


@given(JSON | st.dictionaries(FIELDS, JSON | st.just("delivered") | st.uuids().map(str)))
def test_whatever_is_posted_is_read_or_refused(document):
    try:
        report = read_callback(document, NOW)
    except CallbackUnreadable:
        return
    assert report is None or report.at.tzinfo is UTC
