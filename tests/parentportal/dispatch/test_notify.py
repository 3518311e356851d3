"""GOV.UK Notify, on loopback: what it takes, what it refuses, and what is never sent twice."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from messaging.blocks import Fact, Grid, Heading, Listing, Paragraph, Signature
from messaging.channels import Channel
from parentportal.dispatch.notify import NotifyWay, markdown_of
from parentportal.dispatch.ways import NeverAccepted, NotNow, PerhapsAccepted, WayShut
from parentportal.ways_out import NotifyService
from tests.loopback.notify import (
    EMAIL_TEMPLATE,
    KEY,
    SECRET,
    SERVICE,
    TEXT_TEMPLATE,
    Faults,
    LoopbackNotify,
)
from tests.parentportal.dispatch.parcels import a_message, a_parcel

NOW = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)


@pytest.fixture
def notify():
    with LoopbackNotify() as running:
        yield running


@pytest.fixture
def service(notify):
    return NotifyService(
        key=KEY,
        url=notify.url,
        email_template=EMAIL_TEMPLATE,
        text_template=TEXT_TEMPLATE,
        timeout=5,
    )


def way_to(service):
    return NotifyWay(service, channels=Channel, clock=lambda: NOW)


@pytest.fixture
def way(service):
    return way_to(service)


@pytest.mark.parametrize("channel", Channel)
def test_a_message_is_taken_under_its_own_reference(way, notify, channel):
    parcel = a_parcel(channel)
    accepted = way.send(parcel)
    one = notify.find(parcel.reference)
    assert (accepted.provider_id, accepted.evidence["notify_id"]) == (one.id, one.id)
    assert one.type == channel


def test_a_letter_goes_as_the_pdf_that_was_printed(way, notify):
    parcel = a_parcel()
    found = way.send(parcel).evidence
    content = notify.find(parcel.reference).content
    assert content["pdf"].startswith(b"%PDF-")
    assert (found["pages"], content["postage"]) == (1, "second")


def test_an_email_and_a_text_go_whole(way, notify):
    mail, text = a_parcel(Channel.EMAIL), a_parcel(Channel.SMS)
    way.send(mail)
    way.send(text)
    one = notify.find(mail.reference)
    assert one.to == "robin@family.example"
    assert one.content == {"subject": "Travel to school", "message": markdown_of(mail.message)}
    one = notify.find(text.reference)
    assert one.to == "07700900123"
    assert one.content == {"message": text.message.plain_text()}


def test_an_email_has_the_headings_and_bullets_of_notify(way):
    assert markdown_of(a_message(Channel.EMAIL)) == (
        "Dear Robin Rumblestone\n\n"
        "We are writing about travel to school.\n\n"
        "# You choose\n\n"
        "* Keep the travel you have\n* Talk to us first\n\n"
        "Questions? Call 01632 960123.\n"
    )


def test_an_email_in_two_languages_has_both():
    welsh = a_message(Channel.EMAIL, language="cy", subject="Teithio i’r ysgol")
    text = markdown_of(replace(welsh, beside=a_message(Channel.EMAIL)))
    assert text.startswith("Dear Robin Rumblestone\n\n")
    assert "\n\n# Travel to school\n\nDear Robin Rumblestone\n\n" in text
    assert text.count("# You choose") == 2


@pytest.mark.parametrize(
    ("words", "escaped"),
    [
        ("[Win](https://evil.example)", r"\[Win\](https://evil.example)"),
        ("![x](https://evil.example)", r"!\[x\](https://evil.example)"),
        ("# Sam", r"\# Sam"),
        ("* Sam", r"\* Sam"),
        ("  - Sam", r"\- Sam"),
        ("---", r"\---"),
        ("Sam\n---", "Sam\n\\---"),
        ("Sam\r# Robin", "Sam\n\\# Robin"),
        ("Sam\n===", "Sam\n\u2060==="),
        ("^ Sam", "\u2060^ Sam"),
        ("\u2022 Sam", "\u2060\u2022 Sam"),
        ("9.30am at school", r"9\.30am at school"),
        ("```", r"\```"),
        ("___", r"\___"),
        ("a|b", r"a\|b"),
        (r"\[x]", r"\\\[x\]"),
        ("Anne-Marie #2 * (Sam)", "Anne-Marie #2 * (Sam)"),
        ("https://travel.example/m/_a-b_c", "https://travel.example/m/_a-b_c"),
    ],
)
def test_what_words_have_of_markdown_prints_as_it_stands_in_every_kind_of_block(words, escaped):
    blocks = (
        Heading("h", locked=True, text=words),
        Paragraph("p", locked=True, text=words, strong=((0, 1),)),
        Listing("l", locked=True, items=(words,)),
        Fact("f", locked=True, title=words, text=words),
        Grid("g", locked=True, head=("A", "B"), rows=((words, words),)),
        Signature("s", locked=True, lines=(words,)),
    )
    mail = replace(a_message(Channel.EMAIL), salutation=words, blocks=blocks)
    grid = f"{escaped}: {escaped}"
    expected = [escaped, f"# {escaped}", escaped, f"* {escaped}", f"{escaped} {escaped}", grid]
    assert markdown_of(mail) == "\n\n".join([*expected, escaped]) + "\n"


@pytest.mark.parametrize("channel", Channel)
def test_notify_is_asked_by_reference(way, notify, channel):
    parcel = a_parcel(channel)
    assert way.ask(parcel) is None
    accepted = way.send(parcel)
    assert way.ask(parcel).provider_id == accepted.provider_id
    assert way.ask(a_parcel(channel)) is None


def test_a_connection_lost_before_and_after_is_the_same_to_us_and_asking_tells_them_apart(service):
    taken = Counter()
    faults = Faults(drop_before=0.3, drop_after=0.3, seed=7)
    with LoopbackNotify(faults=faults) as notify:
        way = way_to(replace(service, url=notify.url))
        parcels = [a_parcel(Channel.SMS) for _ in range(60)]
        for parcel in parcels:
            while True:
                try:
                    way.send(parcel)
                except PerhapsAccepted:
                    if way.ask(parcel) is None:
                        taken["before"] += 1
                        continue
                    taken["after"] += 1
                break
        assert notify.times() == Counter({str(parcel.reference): 1 for parcel in parcels})
        assert taken == notify.dropped
        assert min(taken["before"], taken["after"]) > 5


def test_a_server_that_is_not_there_took_nothing(service):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        way = way_to(replace(service, url=f"http://127.0.0.1:{closed.getsockname()[1]}"))
        with pytest.raises(NotNow, match="notify-away"):
            way.send(a_parcel(Channel.SMS))
        with pytest.raises(NotNow, match="notify-away"):
            way.ask(a_parcel(Channel.SMS))


def test_a_server_that_keeps_silent_may_have_taken_it(service):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        way = way_to(replace(service, url=url, timeout=0.2))
        with pytest.raises(PerhapsAccepted, match="connection-lost"):
            way.send(a_parcel(Channel.SMS))


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failure_inside_notify_may_have_taken_it(way, notify, status):
    notify.faults.orders.append((status, "Exception", "Internal server error"))
    with pytest.raises(PerhapsAccepted, match="notify-failed"):
        way.send(a_parcel(Channel.SMS))


def test_the_limit_of_the_minute_asks_for_a_short_wait(service):
    with LoopbackNotify(rate=2) as notify:
        way = way_to(replace(service, url=notify.url))
        way.send(a_parcel(Channel.SMS))
        way.send(a_parcel(Channel.SMS))
        with pytest.raises(NotNow, match="notify-rate-limit") as refused:
            way.send(a_parcel(Channel.SMS))
        assert refused.value.after == timedelta(minutes=1)


def test_the_limit_of_the_day_asks_to_wait_for_midnight(service):
    with LoopbackNotify(daily=1) as notify:
        way = way_to(replace(service, url=notify.url))
        way.send(a_parcel(Channel.SMS))
        with pytest.raises(NotNow, match="notify-daily-limit") as refused:
            way.send(a_parcel(Channel.SMS))
        assert refused.value.after == timedelta(hours=2, minutes=30)
        way.send(a_parcel(Channel.EMAIL))  # each kind has a limit of its own


@pytest.mark.parametrize(
    ("channel", "to"), [(Channel.EMAIL, "robin at home"), (Channel.SMS, "+4412")]
)
def test_an_address_that_is_none_is_not_used_again(way, channel, to):
    with pytest.raises(NeverAccepted, match="recipient-refused") as refused:
        way.send(a_parcel(channel, to=to))
    assert refused.value.suppress


def test_a_message_that_is_too_long_says_nothing_against_its_address(way):
    long = (replace(a_message().blocks[0], text="x" * 1000),)
    with pytest.raises(NeverAccepted, match="message-refused") as refused:
        way.send(a_parcel(Channel.SMS, blocks=long))
    assert not refused.value.suppress


@pytest.mark.parametrize(
    "change",
    [
        {"key": KEY.replace(SECRET, str(uuid4()))},
        {"key": KEY.replace(SERVICE, str(uuid4()))},
    ],
)
def test_a_wrong_key_shuts_the_way(service, change):
    way = way_to(replace(service, **change))
    for call in (way.send, way.ask):
        with pytest.raises(WayShut, match="notify-key-refused"):
            call(a_parcel(Channel.SMS))


def test_a_clock_that_is_wrong_shuts_the_way(service):
    late = datetime.now(UTC) + timedelta(minutes=1)
    with LoopbackNotify(clock=lambda: late) as notify:
        way = way_to(replace(service, url=notify.url))
        with pytest.raises(WayShut, match="notify-key-refused"):
            way.send(a_parcel(Channel.SMS))


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ({"text_template": str(uuid4())}, None),
        ({"text_template": EMAIL_TEMPLATE}, None),
        ({"text_template": "a template"}, None),
        (
            {},
            (400, "BadRequestError", "Can’t send to this recipient when service is in trial mode"),
        ),
        ({}, (400, "BadRequestError", "Service is not allowed to send text messages")),
    ],
)
def test_a_service_that_is_set_up_wrongly_shuts_the_way(service, notify, change, order):
    if order:
        notify.faults.orders.append(order)
    with pytest.raises(WayShut, match="notify-service-not-set-up"):
        way_to(replace(service, **change)).send(a_parcel(Channel.SMS))


def test_something_else_at_the_address_of_notify_shuts_the_way(service, notify):
    way = way_to(replace(service, url=f"{notify.url}/elsewhere"))
    notify.faults.orders.append((404, "NoResultFound", "No result found"))
    with pytest.raises(WayShut, match="notify-not-as-expected"):
        way.send(a_parcel(Channel.SMS))


def test_a_smoke_test_number_is_answered_and_never_kept(way, notify):
    parcel = a_parcel(Channel.SMS, to="+447700900000")
    assert way.send(parcel).provider_id
    assert way.ask(parcel) is None
    assert notify.accepted == []


def test_patience_outlasts_what_a_send_may_wait_for(service):
    assert way_to(service).patience >= 2 * timedelta(seconds=service.timeout)
    assert way_to(service).settling == timedelta(seconds=60)


def test_a_letter_that_notify_refuses_later_is_heard_of_by_asking(way, notify):
    taken = [a_parcel() for _ in range(3)]
    for parcel in taken:
        way.send(parcel)
    assert list(way.reports()) == []  # they are still looked through for viruses
    notify.find(taken[1].reference).status = "validation-failed"
    notify.find(taken[2].reference).status = "returned-letter"  # told by callback alone
    (report,) = way.reports()
    assert (report.reference, report.outcome, report.code) == (
        taken[1].reference,
        "temporary-failure",
        "validation-failed",
    )


def test_every_page_of_failures_is_asked_for(way, notify):
    notify.page = 2
    parcels = [a_parcel(Channel.SMS, to="+447700900002") for _ in range(5)]
    for parcel in parcels:
        way.send(parcel)
    notify.finish()
    assert {report.reference for report in way.reports()} == {one.reference for one in parcels}


def test_failures_that_nobody_tells_of_are_asked_for_again(service, notify):
    way = way_to(replace(service, key=KEY.replace(SECRET, str(uuid4()))))
    with pytest.raises(WayShut, match="notify-key-refused"):
        list(way.reports())
