"""A message whose facts hold no longer does not go: other settings, or a day that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from messaging.channels import Channel
from messaging.council import demonstration_council
from messaging.facts import locked_text
from messaging.languages import LANGUAGES
from messaging.lifecycle import State
from messaging.locked import InvitationDetails, SurveyDetails, printed_date
from parentportal.left_out import LEFT_OUT
from parentportal.models import OutgoingMessage
from parentportal.operations.council import save_council
from parentportal.operations.outbox import approve, submit
from parentportal.operations.taking_out import REPLY_DATE_PAST, SETTINGS_CHANGED, take_out_stale
from parentportal.operations.writing import long_form
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements
from tests.parentportal.outbox.batches import DATED, messages_of, reads

MOBILE = "+447700900123"
COUNCIL = demonstration_council()
ANOTHER_TELEPHONE = replace(COUNCIL, contact=replace(COUNCIL.contact, phone="01632 960999"))
LATER_FOLLOW_UPS = replace(COUNCIL, follow_up_weeks=COUNCIL.follow_up_weeks + 1)
LATER_REPLIES = replace(COUNCIL, reply_weeks=COUNCIL.reply_weeks + 1)


def out_of(session, batch, now):
    found = take_out_stale(session, OutgoingMessage.batch_id == batch.id, now=now)
    return set(found.values())


@pytest.fixture
def families(session, now):
    """One of each language; letters in Welsh carry English as well."""
    for number, language in enumerate(LANGUAGES):
        a_family(session, f"F{number}", now, language=language, phone=MOBILE)


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("settings", [ANOTHER_TELEPHONE, LATER_REPLIES])
@pytest.mark.parametrize("channel", Channel)
def test_what_states_other_facts_than_the_settings_now_does_not_go(
    session, draft, now, channel, settings
):
    batch = draft(asked=(channel,))
    save_council(session, settings, now=now + timedelta(hours=1))
    assert out_of(session, batch, now + timedelta(hours=2)) == {SETTINGS_CHANGED}
    assert {row.state for row in messages_of(session, batch)} == {State.WITHDRAWN}
    again = draft(asked=(channel,), now=now + timedelta(hours=2))
    assert len(messages_of(session, again)) == len(LANGUAGES)


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("settings", [COUNCIL, LATER_FOLLOW_UPS])
@pytest.mark.parametrize("channel", Channel)
def test_settings_that_change_nothing_it_states_keep_nothing_back(
    session, draft, now, channel, settings
):
    batch = draft(asked=(channel,))
    save_council(session, ANOTHER_TELEPHONE, now=now + timedelta(hours=1))
    save_council(session, settings, now=now + timedelta(hours=2))
    assert out_of(session, batch, now + timedelta(hours=3)) == set()


@pytest.mark.usefixtures("families")
def test_a_batch_loses_them_as_it_is_approved(session, draft, drafter, second, now):
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    later = now + timedelta(hours=1)
    save_council(session, ANOTHER_TELEPHONE, now=later)
    assert approve(session, batch.id, now=later, by=second).state is State.WITHDRAWN
    refused = {row.evidence["refused"] for row in messages_of(session, batch)}
    assert [str(LEFT_OUT[code]) for code in refused] == [
        "The council’s settings changed after it was drafted: draft it again."
    ]


@pytest.mark.usefixtures("families")
def test_nothing_is_composed_anew_while_the_settings_stand(session, draft, now):
    batch = draft()
    here = OutgoingMessage.batch_id == batch.id
    with statements() as before:
        take_out_stale(session, here, now=now)
    save_council(session, COUNCIL, now=now + timedelta(hours=1))
    session.flush()
    with statements() as after:
        take_out_stale(session, here, now=now)
    assert (len(reads(before)), len(reads(after))) == (5, 6)


def reply_date(row):
    """The day that a message asks an answer by, as it is printed."""
    by = DATED + timedelta(weeks=COUNCIL.reply_weeks)
    assert printed_date(by, row.language) in locked_text(long_form(row))
    return by


@pytest.mark.usefixtures("families")
@pytest.mark.parametrize("channel", Channel)
def test_an_offer_goes_until_the_day_it_asks_an_answer_by_and_not_after(
    session, draft, now, channel
):
    batch = draft(asked=(channel,))
    (last,) = {reply_date(row) for row in messages_of(session, batch)}
    that_evening = datetime(last.year, last.month, last.day, 23, tzinfo=UTC)
    assert out_of(session, batch, that_evening) == set()
    assert out_of(session, batch, that_evening + timedelta(hours=2)) == {REPLY_DATE_PAST}
    assert str(LEFT_OUT[REPLY_DATE_PAST]) == (
        "The day to answer by had passed before it went: draft it again."
    )


@pytest.mark.parametrize(
    ("campaign", "details", "last"),
    [
        (
            "focus-group-invitation",
            InvitationDetails("Hall", datetime(2026, 11, 13, 18, 0), 90),  # noqa: DTZ001
            date(2026, 11, 6),
        ),
        ("survey-invitation", SurveyDetails("ABCD", date(2026, 11, 20)), date(2026, 11, 20)),
    ],
)
def test_each_campaign_by_the_day_that_it_prints(session, draft, now, campaign, details, last):
    carer = a_family(session, "F1", now)
    batch = draft(campaign=campaign, carers={carer.id: details})
    row = messages_of(session, batch)[0]
    assert printed_date(last, "en_GB") in locked_text(long_form(row))
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    assert out_of(session, batch, noon) == set()
    assert out_of(session, batch, noon + timedelta(days=1)) == {REPLY_DATE_PAST}


def test_what_asks_no_answer_by_a_day_goes_later_too(session, draft, now):
    carer = a_family(session, "F1", now)
    batch = draft(campaign="call-back", carers=[carer.id], lot="x")
    assert out_of(session, batch, now + timedelta(weeks=40)) == set()
