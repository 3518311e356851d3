"""A mail server: what its answers mean, and where nobody can know."""

from __future__ import annotations

import smtplib
import socket
from collections import Counter
from email import message_from_bytes, policy
from hashlib import sha256

import pytest

from messaging.channels import Channel
from parentportal.dispatch.smtp import SmtpWay
from parentportal.dispatch.ways import NeverAccepted, NotNow, PerhapsAccepted, WayShut
from parentportal.ways_out import SmtpSecurity, SmtpServer
from tests.loopback.smtp import Faults, LoopbackSmtp, certificate
from tests.parentportal.dispatch.parcels import a_parcel


@pytest.fixture
def way_to():
    opened = []

    def make(mail, **settings):
        server = {"security": SmtpSecurity.NONE, "timeout": 5, **settings}
        way = SmtpWay(SmtpServer("127.0.0.1", mail.port, **server), domain="council.example")
        opened.append(way)
        return way

    yield make
    for way in opened:
        way.close()


@pytest.fixture
def mail():
    with LoopbackSmtp() as running:
        yield running


def failing(stage, answer):
    return LoopbackSmtp(faults=Faults(at={stage: answer}))


def test_an_email_is_taken_under_its_own_reference(way_to, mail):
    parcel = a_parcel(Channel.EMAIL)
    accepted = way_to(mail).send(parcel)
    (one,) = mail.accepted
    assert one.reference == one.envelope_id == str(parcel.reference)
    assert (one.sender, one.to) == ("travel@council.example", "robin@family.example")
    assert set(accepted.evidence) == {"sha256"}


def test_bounces_go_to_the_return_path_where_there_is_one(way_to, mail):
    way_to(mail, return_path="bounces@council.example").send(a_parcel(Channel.EMAIL))
    (one,) = mail.accepted
    assert one.sender == "bounces@council.example"
    assert "bounces" not in message_from_bytes(one.content, policy=policy.default)["From"]


def test_an_email_arrives_byte_for_byte(way_to, mail):
    accepted = way_to(mail).send(a_parcel(Channel.EMAIL))
    assert sha256(mail.accepted[0].content).hexdigest() == accepted.evidence["sha256"]


def test_a_line_that_starts_with_a_dot_arrives_with_it(mail):
    text = b"Message-ID: <1@council.example>\r\n\r\n.\r\n..\r\n.The end\r\n"
    with smtplib.SMTP("127.0.0.1", mail.port) as connection:
        connection.ehlo()
        connection.mail("travel@council.example")
        connection.rcpt("robin@family.example")
        SmtpWay._text(connection, text)
    assert mail.accepted[0].content == text


def test_one_connection_serves_many_emails_and_is_made_anew_when_it_is_lost(way_to, mail):
    way = way_to(mail)
    for _ in range(3):
        way.send(a_parcel(Channel.EMAIL))
    assert mail.connections == 1
    way._open.close()
    way.send(a_parcel(Channel.EMAIL))
    assert mail.connections == 2
    assert len(mail.accepted) == 4


@pytest.mark.parametrize("sealed", [SmtpSecurity.STARTTLS, SmtpSecurity.TLS])
def test_the_connection_is_sealed_and_signed_in_to(way_to, tmp_path, sealed):
    context, authority = certificate(tmp_path)
    serving = {"starttls" if sealed is SmtpSecurity.STARTTLS else "tls": context}
    account = ("portal", "open-sesame")
    with LoopbackSmtp(**serving, account=account) as mail:
        how = {"security": sealed, "authority": authority, "name": "portal"}
        way_to(mail, **how, password="open-sesame").send(a_parcel(Channel.EMAIL))
        assert len(mail.accepted) == 1
        with pytest.raises(WayShut, match="smtp-sign-in-refused"):
            way_to(mail, **how, password="another").send(a_parcel(Channel.EMAIL))
        with pytest.raises(WayShut, match="smtp-certificate-refused"):
            way_to(mail, security=sealed).send(a_parcel(Channel.EMAIL))


def test_a_certificate_for_another_name_is_refused(way_to, tmp_path):
    context, authority = certificate(tmp_path, "mail.elsewhere.example")
    with LoopbackSmtp(starttls=context) as mail:
        way = way_to(mail, security=SmtpSecurity.STARTTLS, authority=authority)
        with pytest.raises(WayShut, match="smtp-certificate-refused"):
            way.send(a_parcel(Channel.EMAIL))


def test_nothing_is_sent_in_the_clear_where_a_sealed_connection_was_asked_for(way_to, mail):
    with pytest.raises(WayShut, match="smtp-without-encryption"):
        way_to(mail, security=SmtpSecurity.STARTTLS).send(a_parcel(Channel.EMAIL))
    assert mail.accepted == []


def test_a_server_that_knows_no_signing_in_shuts_the_way(way_to, mail):
    with pytest.raises(WayShut, match="smtp-sign-in-refused"):
        way_to(mail, name="portal", password="open-sesame").send(a_parcel(Channel.EMAIL))


def test_a_server_that_is_not_there_took_nothing():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        way = SmtpWay(
            SmtpServer("127.0.0.1", closed.getsockname()[1], SmtpSecurity.NONE, timeout=1),
            domain="council.example",
        )
        with pytest.raises(NotNow, match="smtp-away"):
            way.send(a_parcel(Channel.EMAIL))


@pytest.mark.parametrize(
    ("stage", "answer", "code"),
    [
        ("MAIL", "451 4.3.0 try again", "smtp-sender-later"),
        ("RCPT", "450 4.2.0 greylisted", "smtp-recipient-later"),
        ("RCPT", "452 4.2.2 mailbox full", "smtp-recipient-later"),
        ("DATA", "451 4.3.0 try again", "smtp-content-later"),
        ("DATA", "421 4.3.2 shutting down", "smtp-content-later"),
        ("MAIL", "drop", "connection-lost"),
        ("RCPT", "drop", "connection-lost"),
    ],
)
def test_what_is_refused_for_now_or_lost_before_the_text_may_be_sent_again(
    way_to, stage, answer, code
):
    with failing(stage, answer) as mail:
        way = way_to(mail)
        with pytest.raises(NotNow, match=code):
            way.send(a_parcel(Channel.EMAIL))
        mail.faults.at = None
        way.send(a_parcel(Channel.EMAIL))
        assert len(mail.accepted) == 1


@pytest.mark.parametrize(
    ("stage", "answer", "code", "suppress"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", "smtp-recipient-refused", True),
        ("RCPT", "550 no such mailbox", "smtp-recipient-refused", True),
        ("RCPT", "550 5.2.1 mailbox disabled", "smtp-recipient-refused", True),
        ("RCPT", "550 5.7.1 looks like junk", "smtp-recipient-refused", False),
        ("RCPT", "554 no", "smtp-recipient-refused", False),
        ("MAIL", "552 5.3.4 too large", "smtp-sender-refused", False),
        ("DATA", "554 5.7.1 looks like junk", "smtp-content-refused", False),
    ],
)
def test_what_is_refused_for_good_is_not_sent_again(way_to, stage, answer, code, suppress):
    with failing(stage, answer) as mail:
        way = way_to(mail)
        with pytest.raises(NeverAccepted, match=code) as refused:
            way.send(a_parcel(Channel.EMAIL))
        assert refused.value.suppress is suppress
        mail.faults.at = None
        way.send(a_parcel(Channel.EMAIL))  # the next one is not the worse for it


def test_a_server_that_will_not_have_our_sender_shuts_the_way(way_to):
    with (
        failing("MAIL", "550 5.7.1 not your address") as mail,
        pytest.raises(WayShut, match="smtp-sender-refused"),
    ):
        way_to(mail).send(a_parcel(Channel.EMAIL))


def test_a_connection_lost_after_the_text_is_uncertain_whether_it_was_taken_or_not(way_to):
    faults = Faults(drop_before=0.2, drop_after=0.2, seed=3)
    said = Counter()
    with LoopbackSmtp(faults=faults) as mail:
        way = way_to(mail)
        for _ in range(60):
            parcel = a_parcel(Channel.EMAIL)
            try:
                way.send(parcel)
            except PerhapsAccepted:
                said["uncertain"] += 1
            else:
                said["accepted"] += 1
                assert mail.times()[str(parcel.reference)] == 1
        assert said["uncertain"] == mail.dropped.total()
        assert min(mail.dropped.values()) > 3
        assert len(mail.accepted) == said["accepted"] + mail.dropped["after"]


def test_a_server_that_keeps_silent_after_the_text_is_uncertain(way_to):
    with (
        failing("DATA", "silence") as mail,
        pytest.raises(PerhapsAccepted, match="connection-lost"),
    ):
        way_to(mail, timeout=0.2).send(a_parcel(Channel.EMAIL))


@pytest.mark.parametrize("to", ["zoë@family.example", "robin@fam\u2028ily.example", ""])
def test_an_address_no_server_can_read_is_refused_before_it_is_asked(way_to, mail, to):
    with pytest.raises(NeverAccepted) as refused:
        way_to(mail).send(a_parcel(Channel.EMAIL, to=to))
    assert refused.value.suppress
    assert mail.accepted == []


def test_a_domain_beyond_ascii_is_written_as_servers_read_it(way_to, mail):
    way_to(mail).send(a_parcel(Channel.EMAIL, to="robin@zoë.example"))
    assert mail.accepted[0].to == "robin@xn--zo-ija.example"


def test_a_mail_server_cannot_be_asked(way_to, mail):
    way = way_to(mail)
    assert not way.can_ask
    with pytest.raises(NotImplementedError):
        way.ask(a_parcel(Channel.EMAIL))
