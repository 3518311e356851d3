"""What comes back by email is read, and only what is ours and over becomes a report."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.channels import Channel
from parentportal.delivery import Report, ReportOutcome
from parentportal.dispatch.bounces import Bounces, read_bounce
from parentportal.dispatch.folder import mail_of
from tests.loopback.smtp import Delivered, bounce
from tests.parentportal.dispatch.parcels import a_parcel

NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
REFERENCE = UUID("5c1d2d1e-6f0e-4d0e-9a55-0123456789ab")


@pytest.fixture
def delivered():
    parcel = a_parcel(Channel.EMAIL, reference=REFERENCE)
    return Delivered(
        reference=str(REFERENCE),
        sender="travel@council.example",
        to=parcel.to,
        envelope_id=str(REFERENCE),
        content=mail_of(parcel, "council.example"),
    )


@pytest.mark.parametrize("named", [True, False])
def test_a_bounce_is_known_by_its_envelope_or_by_the_headers_it_gives_back(
    delivered, tmp_path, named
):
    bounce(delivered, tmp_path, named=named)
    (found,) = Bounces(tmp_path).waiting(NOW)
    at = datetime(2026, 11, 2, 10, 15, tzinfo=UTC)
    assert found.report == Report(REFERENCE, "", ReportOutcome.PERMANENT_FAILURE, at, "5.1.1")


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("failed", "5.1.1", ReportOutcome.PERMANENT_FAILURE),
        ("failed", "5.1.10", ReportOutcome.PERMANENT_FAILURE),
        ("failed", "5.2.1", ReportOutcome.PERMANENT_FAILURE),
        ("Failed", "5.2.2", ReportOutcome.TEMPORARY_FAILURE),
        ("failed", "5.7.1", ReportOutcome.TEMPORARY_FAILURE),
        ("failed", "4.4.7", ReportOutcome.TEMPORARY_FAILURE),
        ("delivered", "2.0.0", ReportOutcome.DELIVERED),
    ],
)
def test_the_status_tells_a_dead_address_from_one_that_may_be_good(
    delivered, tmp_path, action, status, outcome
):
    path = bounce(delivered, tmp_path, action=action, status=status)
    report = read_bounce(path.read_bytes(), NOW)
    assert (report.outcome, report.code) == (outcome, status)


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded"])
def test_what_is_not_over_has_no_report(delivered, tmp_path, action):
    path = bounce(delivered, tmp_path, action=action, status="4.4.1")
    assert read_bounce(path.read_bytes(), NOW) is None


def test_other_mail_has_no_report_and_is_moved_on_for_a_person_to_read(delivered, tmp_path):
    mail = EmailMessage()
    mail["Subject"] = "Out of office"
    mail.set_content(f"I am away. {REFERENCE}")
    bounce(delivered, tmp_path)
    (tmp_path / "new" / "0-other").write_bytes(mail.as_bytes())
    bounces = Bounces(tmp_path)
    found = list(bounces.waiting(NOW))
    assert [one.report is None for one in found] == [True, False]
    for one in found:
        bounces.done(one)
    assert list(bounces.waiting(NOW)) == []
    assert len(list((tmp_path / "cur").iterdir())) == 2


def test_an_empty_or_missing_folder_holds_no_bounces(tmp_path):
    assert list(Bounces(tmp_path / "bounces").waiting(NOW)) == []


def test_a_bounce_without_a_date_is_dated_when_it_is_read(delivered, tmp_path):
    content = bounce(delivered, tmp_path).read_bytes()
    assert read_bounce(content.replace(b"\r\nDate:", b"\r\nX-Date:", 1), NOW).at == NOW


@pytest.mark.parametrize("date", ["Tue, 3 Nov 2026 10:00:00 +0000", "31 Dec 9999 23:59:00 -0100"])
def test_a_bounce_from_the_future_is_dated_when_it_is_read(delivered, tmp_path, date):
    content = bounce(delivered, tmp_path).read_bytes()
    dated = re.sub(rb"\r\nDate: [^\r]*", b"\r\nDate: " + date.encode(), content, count=1)
    assert read_bounce(dated, NOW).at == NOW


def test_mail_that_no_parser_can_read_stops_no_other(delivered, tmp_path):
    bounce(delivered, tmp_path)
    odd = (
        b"Content-Type: multipart/report; boundary=edge\r\n\r\n--edge\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--edge\r\n"
        b"Content-Type: text/rfc822-headers; charset=no-such\r\n\r\nMessage-ID: <1@a>\r\n"
    )
    (tmp_path / "new" / "0-odd").write_bytes(odd)
    with pytest.raises(LookupError):
        read_bounce(odd, NOW)
    assert [one.report is None for one in Bounces(tmp_path).waiting(NOW)] == [True, False]


@given(st.binary(max_size=400), st.integers(0, 2_000), st.integers(0, 2_000))
def test_whatever_comes_in_is_read_without_a_fault(noise, start, length):
    parcel = a_parcel(Channel.EMAIL, reference=REFERENCE)
    content = mail_of(parcel, "council.example")
    status = (
        b"Content-Type: multipart/report; boundary=edge\r\n\r\n--edge\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n"
        b"Original-Envelope-Id: " + str(REFERENCE).encode() + b"\r\n\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--edge\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    whole = status + content
    read_bounce(whole[:start] + noise + whole[start + length :], NOW)
