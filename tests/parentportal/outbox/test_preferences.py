"""What a carer wishes holds at once, for what is drafted and for what is not sent yet."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.channels import Channel
from messaging.facts import facts_of
from messaging.lifecycle import State
from messaging.message import Edition, Message
from messaging.variants import VariantName
from parentportal.models import (
    AuditEvent,
    Campaign,
    MessageLink,
    OutgoingMessage,
    PrintFormat,
)
from parentportal.operations import preferences
from parentportal.operations.addressees import Addressee
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.outbox import approve, submit
from parentportal.operations.preferences import ChannelNotOpen, LanguageNotWritten
from parentportal.refusals import NotThere
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_family, assigned
from tests.parentportal.outbox.batches import messages_of

MOBILE = "+447700900123"


@pytest.fixture
def how(drafter, now):
    return {"now": now, "by": drafter}


@pytest.fixture
def approved(session, draft, drafter, second, now):
    def make(**values):
        batch = draft(**values)
        submit(session, batch.id, now=now, by=drafter)
        return approve(session, batch.id, now=now, by=second)

    return make


def waiting(session, carer):
    """What of a carer's messages may still go."""
    rows = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.carer_id == carer.id, OutgoingMessage.state != State.WITHDRAWN)
        .order_by(OutgoingMessage.channel)
    )
    return rows.all()


def versions(rows):
    return {(row.variant, row.choice_reason) for row in rows}


def facts(row):
    stored = Message.from_json(row.content)
    return repr(facts_of(stored)).replace(stored.link, "link")


def test_a_chosen_version_comes_before_the_lot_and_the_answers(session, draft, now, how):
    session.add(Campaign(key="ptb-offer", neutral_share=100, seed="s", created_at=now))
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now)
    preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
    assert versions(messages_of(session, draft())) == {(VariantName.PIONEER, "chosen")}
    assert carer.chosen_voice_at == now


def test_a_chosen_version_is_put_in_what_is_drafted_with_the_same_facts(session, draft, now, how):
    carer = a_family(session, "F1", now)
    rows = messages_of(session, draft())
    before = {row.id: facts(row) for row in rows}
    preferences.choose_voice(session, carer.id, VariantName.PROSPECTOR, **how)
    assert versions(rows) == {(VariantName.PROSPECTOR, "chosen")}
    assert {row.id: facts(row) for row in rows} == before


def test_an_objection_forgets_the_choice_and_a_later_choice_holds(session, draft, now, how):
    carer = a_family(session, "F1", now)
    preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
    rows = messages_of(session, draft())
    object_to_tailoring(session, carer.id, **how)
    assert (carer.chosen_voice, carer.chosen_voice_at) == (None, None)
    assert versions(rows) == {(VariantName.NEUTRAL, "objection")}
    preferences.choose_voice(session, carer.id, VariantName.SETTLER, **how)
    assert carer.objected_at is not None
    assert versions(rows) == {(VariantName.SETTLER, "chosen")}


def test_what_was_approved_is_never_overwritten(session, approved, now, how):
    carer = a_family(session, "F1", now, email=None)
    (row,) = messages_of(session, approved())
    before = row.content
    preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
    session.refresh(row)
    assert (row.content, row.state, row.evidence) == (
        before,
        State.WITHDRAWN,
        {"refused": "written-anew"},
    )
    (anew,) = waiting(session, carer)
    assert (anew.state, anew.variant) == (State.DRAFT, VariantName.PIONEER)


def test_what_is_written_anew_has_a_page_of_its_own(session, approved, now, how):
    carer = a_family(session, "F1", now, email=None)
    (row,) = messages_of(session, approved(portal_link="https://travel.example"))
    preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
    (anew,) = waiting(session, carer)
    links = {Addressee.read(one.recipient).link for one in (row, anew)}
    assert len(links) == 2
    assert all(link.startswith("https://travel.example/m/") for link in links)
    assert session.get(MessageLink, anew.id) is not None
    assert Message.from_json(anew.content).link == Addressee.read(anew.recipient).link


def test_large_print_is_a_matter_of_letters(session, approved, now, how):
    carer = a_family(session, "F1", now)
    approved()
    preferences.choose_format(session, carer.id, PrintFormat.LARGE_PRINT, **how)
    email, letter = waiting(session, carer)
    assert Message.from_json(letter.content).edition is Edition.LARGE_PRINT
    assert (letter.state, email.state) == (State.DRAFT, State.APPROVED)


def test_another_language_holds_for_what_is_not_sent(session, draft, now, how):
    carer = a_family(session, "F1", now)
    rows = messages_of(session, draft())
    preferences.choose_language(session, carer.id, "pl", **how)
    assert {row.language for row in rows} == {"pl"}
    preferences.choose_language(session, carer.id, None, **how)
    assert {row.language for row in rows} == {"en_GB"}
    with pytest.raises(LanguageNotWritten):
        preferences.choose_language(session, carer.id, "tlh", **how)


def test_by_email_alone_takes_the_letter_out(session, approved, now, how):
    carer = a_family(session, "F1", now)
    approved()
    preferences.choose_channel(session, carer.id, Channel.EMAIL, **how)
    assert [(row.channel, row.state) for row in waiting(session, carer)] == [
        (Channel.EMAIL, State.APPROVED)
    ]


@pytest.mark.parametrize("was", ["draft", "approved"])
def test_a_way_that_nothing_was_written_for_gets_a_draft(session, request, now, how, was):
    carer = a_family(session, "F1", now, phone=MOBILE)
    request.getfixturevalue(was)()
    preferences.choose_channel(session, carer.id, Channel.SMS, **how)
    (text,) = waiting(session, carer)
    assert (text.channel, text.state) == (Channel.SMS, State.DRAFT)
    assert "long_form" in text.recipient


def test_a_way_that_leads_nowhere_is_not_kept(session, now, how):
    carer = a_family(session, "F1", now, phone="+441632960123")
    with pytest.raises(ChannelNotOpen):
        preferences.choose_channel(session, carer.id, Channel.SMS, **how)
    assert carer.preferred_channel is None


def test_what_has_gone_stays_as_it_went(session, draft, now, how):
    carer = a_family(session, "F1", now)
    rows = messages_of(session, draft())
    for row in rows:
        row.state, row.dispatched_at, row.evidence = State.DISPATCHED, now, {"file": "x"}
    session.flush()
    before = {row.id: row.content for row in rows}
    preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
    preferences.choose_language(session, carer.id, "ur", **how)
    preferences.choose_channel(session, carer.id, Channel.EMAIL, **how)
    preferences.opt_out(session, carer.id, **how)
    session.expire_all()
    assert {row.id: row.content for row in waiting(session, carer)} == before


def test_each_wish_leaves_its_line_and_the_same_again_leaves_none(session, now, how):
    carer = a_family(session, "F1", now)
    for _ in range(2):
        preferences.choose_voice(session, carer.id, VariantName.PIONEER, **how)
        preferences.choose_format(session, carer.id, PrintFormat.EASY_READ, **how)
        preferences.choose_channel(session, carer.id, Channel.EMAIL, **how)
        preferences.choose_language(session, carer.id, "cy", **how)
        preferences.opt_out(session, carer.id, Purpose.SURVEY, Channel.EMAIL, **how)
    preferences.opt_in(session, carer.id, Purpose.SURVEY, Channel.EMAIL, **how)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    kept = [event for event in events if event.subject_kind == "carer"]
    assert [event.action for event in kept] == [
        "choose-voice",
        "choose-format",
        "choose-channel",
        "choose-language",
        "opt-out",
        "lift-suppression",
    ]
    assert "pioneer" not in repr([event.detail for event in kept])
    with pytest.raises(NotThere):
        preferences.opt_out(session, uuid4(), **how)


def test_opting_in_lets_the_next_draft_write_again(session, draft, now, how):
    carer = a_family(session, "F1", now)
    first = draft()
    preferences.opt_out(session, carer.id, Purpose.OFFER, **how)
    assert {row.state for row in messages_of(session, first)} == {State.WITHDRAWN}
    preferences.opt_in(session, carer.id, Purpose.OFFER, **how)
    assert len(messages_of(session, draft())) == 2
