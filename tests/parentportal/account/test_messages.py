"""The page behind the link of a message, as a parent finds it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from messaging.channels import Channel
from messaging.facts import facts_of
from messaging.lifecycle import State
from messaging.message import Message
from messaging.variants import ChoiceReason
from parentportal.models import (
    AuditEvent,
    Campaign,
    Carer,
    CarerReply,
    MessageLink,
    OutgoingMessage,
    ReplyKind,
    Suppression,
    TrialFamily,
)
from segmentation.segments import Segment
from tests.parentportal.account.pages import page_of, text_of
from tests.parentportal.counting import statements


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_page_says_all_that_the_letter_says(client, sent):
    row = sent()
    answer = client.get(page_of(row))
    shown = text_of(answer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    stored = Message.from_json(row.content)
    assert stored.subject in shown
    for block in facts_of(stored):
        for value in getattr(block, "items", ()) or [getattr(block, "text", "")]:
            assert words(value) in shown


def test_a_text_leads_to_the_letter_of_its_version(client, sent):
    row = sent(Channel.SMS, asked=(Channel.SMS,), segment=Segment.PIONEER, phone="+447700900123")
    assert len(Message.from_json(row.content).plain_text()) < 320
    shown = text_of(client.get(page_of(row)))
    assert "£2,090" in shown or "a year" in shown
    assert "You have Version D" in shown


def test_the_link_says_nothing_and_the_database_cannot_tell_it(database, sent):
    row = sent()
    token = page_of(row).removeprefix("/m/")
    with database.reading() as session:
        kept = session.scalars(select(MessageLink)).one()
    assert re.fullmatch(r"[a-z3479]{16}", token)
    assert token.encode() not in kept.token_key
    assert len(kept.token_key) == 32


def test_each_message_has_a_page_of_its_own(sent, database):
    sent(asked=(Channel.LETTER, Channel.EMAIL))
    with database.reading() as session:
        rows = session.scalars(select(OutgoingMessage)).all()
    assert len({page_of(row) for row in rows}) == len(rows) == 2


@pytest.mark.parametrize("typed", [str.upper, lambda token: token.replace("l", "1")])
def test_a_link_may_be_typed_from_paper(client, sent, typed):
    token = page_of(sent()).removeprefix("/m/")
    assert client.get(f"/m/{typed(token)}").status_code == 200


def test_no_page_has_a_nul_in_its_address(client, council):
    for method in ("GET", "POST"):
        answer = client.open("/m/%00", method=method, data={"wish": "call"})
        assert answer.status_code == 404
        assert "Page not found" in text_of(answer)


@pytest.mark.parametrize("token", ["x", "a" * 16, "A" * 4000])
def test_a_link_that_is_not_ours_gets_a_kind_page(client, council, token):
    for method in ("GET", "POST"):
        answer = client.open(f"/m/{token}", method=method, data={"wish": "call"})
        assert answer.status_code == 404
        assert council.contact.phone in text_of(answer)


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.APPROVED, State.WITHDRAWN])
def test_a_message_that_has_not_gone_has_no_page(client, sent, database, state):
    row = sent()
    with database.transaction() as session:
        kept = session.get_one(OutgoingMessage, row.id)
        kept.state, kept.dispatched_at = state, None
    assert client.get(page_of(row)).status_code == 404


def test_opening_changes_nothing_however_often(client, sent, database):
    row = sent()

    def counted():
        with database.reading() as session:
            tables = (CarerReply, Suppression, AuditEvent)
            return [session.scalar(select(func.count()).select_from(one)) for one in tables]

    before = counted()
    for method in ("GET", "HEAD", "GET"):
        assert client.open(f"{page_of(row)}?wish=stop", method=method).status_code == 200
    assert counted() == before


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_a_parent_replies_with_one_press_and_pressing_twice_replies_once(
    client, sent, database, kind
):
    row = sent()
    for _ in range(2):
        answer = client.post(page_of(row), data={"wish": str(kind)})
        assert (answer.status_code, answer.location) == (302, page_of(row))
    with database.reading() as session:
        kept = session.scalars(select(CarerReply)).one()
    assert (kept.kind, kept.message_id, kept.recorded_by_id) == (kind, row.id, None)
    assert "Thank you" in text_of(client.get(page_of(row)))


def test_a_wish_that_nobody_offers_is_refused(client, sent):
    for data in ({}, {"wish": "everything"}):
        assert client.post(page_of(sent()), data=data).status_code == 400


def test_stopping_stops_this_channel_for_this_purpose_and_can_be_taken_back(client, sent, database):
    row = sent()
    client.post(page_of(row), data={"wish": "stop"})
    with database.reading() as session:
        kept = session.scalars(select(Suppression)).one()
    assert (kept.channel, kept.purpose, kept.carer_id) == (Channel.LETTER, "offer", row.carer_id)
    assert "You asked us to stop messages like this." in text_of(client.get(page_of(row)))
    client.post(page_of(row), data={"wish": "start"})
    assert "Stop letters like this" in text_of(client.get(page_of(row)))


def test_every_message_like_this_can_be_stopped(client, sent, database):
    row = sent(Channel.EMAIL, asked=(Channel.EMAIL,))
    client.post(page_of(row), data={"wish": "stop-all"})
    with database.reading() as session:
        kept = session.scalars(select(Suppression)).one()
    assert (kept.channel, kept.purpose) == (None, "offer")


def test_the_plain_version_can_be_asked_for(client, sent, database):
    row = sent(segment=Segment.SETTLER)
    client.post(page_of(row), data={"wish": "plain"})
    with database.reading() as session:
        assert session.get_one(Carer, row.carer_id).objected_at is not None
    assert "You asked for the plain version." in text_of(client.get(page_of(row)))


@pytest.mark.parametrize("segment", [None, *Segment])
def test_why_this_version_is_told_without_the_name_of_a_group(client, sent, segment):
    answer = client.get(page_of(sent(segment=segment)))
    shown = text_of(answer)
    reason = "by the answers you gave us" if segment else "This is the plain version."
    assert reason in shown
    assert ("The lot said" in shown) is (segment is not None)
    for name in ("settler", "prospector", "pioneer", "segment", "neutral"):
        assert name not in answer.text.casefold()


def test_a_family_that_stood_apart_is_told_of_no_lot_whatever_it_answers_later(
    client, sent, database
):
    row = sent(segment=Segment.PIONEER)
    with database.transaction() as session:
        lot = session.scalars(select(TrialFamily)).one()
        lot.stratum = lot.place = None
    shown = text_of(client.get(page_of(row)))
    assert "by the answers you gave us" in shown
    assert "The lot said" not in shown


@pytest.mark.parametrize("reason", ChoiceReason)
def test_a_lot_is_told_of_only_where_it_had_a_part_in_the_version(client, sent, database, reason):
    row = sent(segment=Segment.PIONEER)
    with database.transaction() as session:
        session.get_one(OutgoingMessage, row.id).choice_reason = reason
    told = "The lot said" in text_of(client.get(page_of(row)))
    assert told is (reason in {"tailored", "neutral-arm"})


@pytest.mark.parametrize("followed", [True, False])
def test_a_follow_up_tells_of_the_lot_of_what_it_follows(client, sent, database, clock, followed):
    row = sent(segment=Segment.PIONEER)
    with database.transaction() as session:
        key = "ptb-follow-up" if followed else "itt-follow-up"
        later = Campaign(key=key, neutral_share=0, seed="s", created_at=clock())
        session.add(later)
        session.flush()
        session.get_one(OutgoingMessage, row.id).campaign_id = later.id
    assert ("The lot said" in text_of(client.get(page_of(row)))) is followed


@pytest.mark.parametrize(
    ("language", "tag"), [("en_GB", "en-GB"), ("cy", "cy"), ("pl", "pl"), ("ur", "ur")]
)
def test_the_page_opens_in_the_language_of_the_message(client, sent, language, tag):
    row = sent(language=language)
    page = client.get(page_of(row)).text
    direction = "rtl" if language == "ur" else "ltr"
    assert f'<html lang="{tag}" dir="{direction}"' in page
    assert f'<article class="message" lang="{tag}" dir="{direction}"' in page


def test_another_language_of_the_page_shows_the_same_facts_in_it(client, sent):
    row = sent()
    page = client.get(f"{page_of(row)}?language=pl").text
    assert '<article class="message" lang="pl"' in page
    assert "£" in page


def test_the_page_and_a_reply_ask_few_questions(client, sent, council):
    row = sent()
    client.get("/contact")  # asks for the council, which is then known for a while
    for method, most in (("GET", 4), ("POST", 6)):
        with statements() as seen:
            client.open(page_of(row), method=method, data={"wish": "interest"})
        asked = [one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]
        assert 0 < len(asked) <= most, asked
