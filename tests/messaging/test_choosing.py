"""Whether a family may be written to once more, and by which channel."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.choosing import (
    MOST_CONTACTS,
    USUAL_CHANNELS,
    Contact,
    TooOften,
    days_of_school_year,
    lot_of,
    school_year,
    too_often,
    ways_to_write,
)

OFFER = load_campaign("ptb-offer")
TALK = load_campaign("focus-group-invitation")
ALI, BO = UUID(int=1), UUID(int=2)


def talks(number, carer=ALI):
    return [Contact(TALK.key, f"lot {n}", carer) for n in range(number)]


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026)],
)
def test_a_school_year_begins_on_the_first_of_september(day, year):
    assert school_year(day) == year


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_day_lies_in_its_school_year(day):
    first, after = days_of_school_year(school_year(day))
    assert first <= day < after
    assert school_year(first - timedelta(days=1)) == school_year(after) - 2


def test_an_offer_is_named_by_its_school_year_and_a_talk_is_not():
    assert lot_of(OFFER, "", date(2027, 8, 31)) == "2026-27"
    assert lot_of(OFFER, "", date(2099, 9, 1)) == "2099-00"
    assert lot_of(OFFER, "spring", date(2027, 1, 1)) == "spring"
    assert lot_of(TALK, "", date(2027, 1, 1)) == ""


def test_the_same_offer_is_made_to_a_carer_once_a_year():
    made = [Contact(OFFER.key, "2026-27", ALI)]
    assert too_often(OFFER, "again", ALI, made) is TooOften.OFFER
    assert too_often(OFFER, "again", BO, made) is None


def test_a_follow_up_is_no_second_offer():
    follow_up = replace(OFFER, key="focus-group-invitation", follows=OFFER.key)
    made = [Contact(OFFER.key, "2026-27", ALI)]
    assert too_often(follow_up, "", ALI, made) is None


def test_two_carers_of_one_mailing_are_one_contact_of_the_family():
    contacts = [*talks(3), *talks(3, BO)]
    assert too_often(TALK, "new", ALI, contacts) is None


def test_after_four_contacts_there_is_silence_for_both_carers():
    contacts = talks(MOST_CONTACTS)
    assert too_often(TALK, "new", ALI, contacts) is TooOften.CONTACTS
    assert too_often(TALK, "new", BO, contacts) is TooOften.CONTACTS


def test_a_mailing_that_has_begun_may_reach_the_other_carer_too():
    assert too_often(TALK, "lot 0", BO, talks(MOST_CONTACTS)) is None


def test_what_answers_the_family_is_sent_whatever_went_before():
    asked_for = replace(TALK, solicited=True)
    assert too_often(asked_for, "new", ALI, talks(9)) is None


@given(st.lists(st.tuples(st.sampled_from([OFFER, TALK]), st.sampled_from("abcdefgh"))))
def test_no_sequence_of_mailings_goes_beyond_the_limits(mailings):
    sent: list[Contact] = []
    for campaign, lot in mailings:
        if too_often(campaign, lot, ALI, sent) is None:
            sent.append(Contact(campaign.key, lot, ALI))
    kinds = Counter(one.campaign for one in set(sent))
    assert kinds[OFFER.key] <= 1
    assert kinds.total() <= MOST_CONTACTS


@given(
    st.sets(st.sampled_from(list(Channel))),
    st.lists(st.sampled_from(list(Channel)), unique=True),
    st.sampled_from([None, *Channel]),
)
def test_nobody_is_written_to_by_a_channel_that_is_closed_to_them(open_to, asked, preferred):
    ways = ways_to_write(open_to, asked, preferred)
    assert set(ways) <= open_to
    if preferred in open_to:
        assert ways == (preferred,)
    elif open_to & set(asked):
        assert set(ways) == open_to & set(asked)
    elif Channel.LETTER in open_to:
        assert ways == (Channel.LETTER,)
    if Channel.SMS not in asked and preferred is not Channel.SMS:
        assert Channel.SMS not in ways


def test_a_letter_and_an_email_are_the_usual_way():
    assert ways_to_write(set(Channel), USUAL_CHANNELS, None) == (Channel.LETTER, Channel.EMAIL)
