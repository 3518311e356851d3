"""By which way a message goes, and by which it never does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from messaging.campaigns import Purpose
from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.message import Edition, Message
from parentportal.intake.vocabulary import Flag
from parentportal.models import Family, OutgoingMessage, PrintFormat, Suppression, SuppressionReason
from parentportal.operations.addressees import mobile
from parentportal.operations.outbox import NothingToDraft
from parentportal.operations.preferences import opt_out
from parentportal.operations.taking_out import take_out_stale
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.outbox.batches import left_out, messages_of

MOBILE = "+447700900123"
ALL = tuple(Channel)


def channels(rows):
    return [row.channel for row in rows]


def suppressed(session, carer, now, reason=SuppressionReason.RETURNED, **columns):
    session.add(Suppression(carer_id=carer.id, reason=reason, since=now, **columns))
    session.flush()


@pytest.mark.parametrize(
    ("phone", "takes"),
    [
        (MOBILE, MOBILE),
        ("+447911123456", "+447911123456"),
        ("+442079460000", None),
        ("+441632960123", None),
        ("no number", None),
        (None, None),
    ],
)
def test_a_text_goes_to_a_mobile_telephone_alone(phone, takes):
    assert mobile(phone) == takes


def test_no_text_goes_unless_the_campaign_or_the_carer_asks_for_it(session, draft, now):
    a_family(session, "F1", now, phone=MOBILE)
    a_family(session, "F2", now, phone=MOBILE, preferred_channel=Channel.SMS)
    a_family(session, "F3", now, phone=None, preferred_channel=Channel.SMS)
    rows = messages_of(session, draft())
    found = {row.carer.family.reference: set() for row in rows}
    for row in rows:
        found[row.carer.family.reference].add(row.channel)
    assert found == {
        "F1": {Channel.LETTER, Channel.EMAIL},
        "F2": {Channel.SMS},
        "F3": {Channel.LETTER, Channel.EMAIL},
    }


def test_a_campaign_by_text_reaches_those_without_a_mobile_by_letter(session, draft, now):
    a_family(session, "F1", now, phone=MOBILE)
    a_family(session, "F2", now)
    rows = messages_of(session, draft(asked=(Channel.SMS,)))
    assert sorted(channels(rows)) == [Channel.LETTER, Channel.SMS]


def test_a_text_keeps_the_letter_it_leads_to_and_the_number_it_goes_to(session, draft, now):
    a_family(session, "F1", now, phone=MOBILE)
    (row,) = messages_of(session, draft(asked=(Channel.SMS,)))
    assert row.recipient["phone"] == MOBILE
    assert Message.read(row.recipient["long_form"]).link == Message.from_json(row.content).link


@pytest.mark.parametrize("preferred", ALL)
def test_a_carer_is_written_to_as_they_prefer(session, draft, now, preferred):
    a_family(session, "F1", now, phone=MOBILE, preferred_channel=preferred)
    assert channels(messages_of(session, draft(asked=ALL))) == [preferred]


def test_what_came_back_closes_its_channel_and_says_so(session, draft, now):
    carer = a_family(session, "F1", now)
    suppressed(session, carer, now, channel=Channel.LETTER)
    batch = draft()
    assert channels(messages_of(session, batch)) == [Channel.EMAIL]
    assert left_out(batch) == {"returned-mail": 1}


def test_a_preferred_way_that_is_closed_gives_way_to_the_campaigns(session, draft, now):
    carer = a_family(session, "F1", now, preferred_channel=Channel.EMAIL)
    suppressed(session, carer, now, SuppressionReason.UNDELIVERABLE, channel=Channel.EMAIL)
    batch = draft()
    assert channels(messages_of(session, batch)) == [Channel.LETTER]
    assert left_out(batch) == {"undeliverable": 1}


@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_a_suppression_of_every_channel_leaves_out_with_its_reason(session, draft, now, reason):
    carer = a_family(session, "F1", now)
    suppressed(session, carer, now, reason)
    with pytest.raises(NothingToDraft) as refused:
        draft()
    assert [one.code for one in refused.value.left_out] == [reason]


def test_a_suppression_that_was_lifted_counts_no_more(session, draft, now):
    carer = a_family(session, "F1", now)
    suppressed(session, carer, now, lifted_at=now)
    assert len(messages_of(session, draft())) == 2


def test_an_opt_out_of_one_purpose_leaves_the_others_open(session, draft, now):
    carer = a_family(session, "F1", now)
    opt_out(session, carer.id, Purpose.CONSULTATION, now=now, by=None)
    assert len(messages_of(session, draft())) == 2


def test_a_failed_email_is_followed_by_a_letter_and_by_no_second_email(session, draft, now):
    carer = a_family(session, "F1", now, address_lines=None)
    (email,) = messages_of(session, draft())
    email.state = State.FAILED
    carer.address_lines = ["1 Invented Road", "Exampleton", "EX1 1ZZ"]
    session.flush()
    assert channels(messages_of(session, draft())) == [Channel.LETTER]


@pytest.mark.parametrize("flag", [Flag.APPEAL_OPEN, Flag.SCHOOL_MOVE, Flag.HOSPITAL_STAY])
def test_what_a_family_asked_for_goes_while_a_case_is_open(session, draft, now, flag):
    carer = a_family(session, "F1", now, flags=[str(flag)])
    solicited = draft(campaign="survey-thanks", carers=[carer.id])
    assert len(messages_of(session, solicited)) == 2
    with pytest.raises(NothingToDraft):
        draft()
    where = OutgoingMessage.batch_id == solicited.id
    assert take_out_stale(session, where, now=now) == {}
    session.execute(update(Family).values(flags=[str(Flag.DO_NOT_CONTACT)]))
    session.expire_all()
    assert set(take_out_stale(session, where, now=now).values()) == {"do-not-contact"}


def test_large_print_and_the_wished_language_are_in_the_draft(session, draft, now):
    a_family(
        session, "F1", now, print_format=PrintFormat.LARGE_PRINT, wished_language="pl", email=None
    )
    (row,) = messages_of(session, draft())
    message = Message.from_json(row.content)
    assert (message.edition, message.language, row.language) == (Edition.LARGE_PRINT, "pl", "pl")


def test_a_suppression_that_came_after_drafting_is_seen_before_sending(session, draft, now):
    carer = a_family(session, "F1", now)
    batch = draft()
    opt_out(session, carer.id, Purpose.OFFER, Channel.EMAIL, now=now, by=None)
    states = {row.channel: row.state for row in messages_of(session, batch)}
    assert states == {Channel.LETTER: State.DRAFT, Channel.EMAIL: State.WITHDRAWN}
    suppressed(session, carer, now + timedelta(days=1), channel=Channel.LETTER)
    out = take_out_stale(session, OutgoingMessage.batch_id == batch.id, now=now)
    assert "returned-mail" in out.values()
