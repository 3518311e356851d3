"""A round of asking for a whole council: opened, everyone invited, codes for their letters."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.channels import Channel
from parentportal.models import AuditEvent, Family, Suppression, SuppressionReason
from parentportal.operations import preferences, survey
from parentportal.operations.invitations import WaveNameTaken
from parentportal.operations.waves import CODE_COLUMNS, give_out_codes, invite_everyone, whole_days
from parentportal.queries.waves import wave_lines, wave_named
from parentportal.refusals import NotThere
from tests.parentportal.cohort_rows import a_carer, a_family
from tests.parentportal.counting import statements

BASE = "https://travel.example"


@pytest.fixture
def wave(session, clock):
    return survey.open_wave(
        session, "Spring", opens_at=clock(), closes_at=clock() + timedelta(days=7), now=clock()
    )


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_wave_lasts_whole_days_by_the_clock_in_england():
    opens, closes = whole_days(date(2027, 3, 1), date(2027, 6, 30))
    assert opens == datetime(2027, 3, 1, tzinfo=UTC)
    assert closes.astimezone(UTC) == datetime(2027, 6, 30, 22, 59, 59, 999999, tzinfo=UTC)


def test_two_waves_never_share_a_name(session, wave, clock):
    with pytest.raises(WaveNameTaken):
        survey.open_wave(
            session, "Spring", opens_at=clock(), closes_at=clock() + timedelta(1), now=clock()
        )
    assert wave_named(session, "Spring") == wave.id
    with pytest.raises(NotThere):
        wave_named(session, "Summer")


def test_everyone_who_may_be_asked_is_invited_once(session, wave, clock):
    a_family(session, "F1", clock(), flags=["shared-parenting"])
    a_family(session, "F2", clock(), flags=["do-not-contact"])
    first = invite_everyone(session, wave.id, now=clock())
    later = a_family(session, "F3", clock())
    second = invite_everyone(session, wave.id, now=clock())
    assert len(first) == 1
    assert [one.carer_id for one in second] == [later.id]


STOPPED = [
    (None, None),
    (Purpose.SURVEY, None),
    (None, Channel.LETTER),
    (Purpose.SURVEY, Channel.LETTER),
]


@pytest.mark.parametrize(("purpose", "channel"), STOPPED)
def test_who_stopped_our_questions_or_letters_is_not_invited_until_they_take_it_back(
    session, wave, clock, purpose, channel
):
    carer = a_family(session, "F1", clock())
    preferences.opt_out(session, carer.id, purpose, channel, now=clock(), by=None)
    assert invite_everyone(session, wave.id, now=clock()) == []
    preferences.opt_in(session, carer.id, purpose, channel, now=clock(), by=None)
    assert [one.carer_id for one in invite_everyone(session, wave.id, now=clock())] == [carer.id]


@pytest.mark.parametrize(("purpose", "channel"), STOPPED)
def test_who_stopped_our_questions_since_they_were_invited_is_not_in_the_codes_file(
    session, wave, clock, purpose, channel
):
    carer = a_family(session, "F1", clock())
    a_family(session, "F2", clock(), name="Bo Sample")
    invite_everyone(session, wave.id, now=clock())
    preferences.opt_out(session, carer.id, purpose, channel, now=clock(), by=None)
    found = give_out_codes(session, wave.id, BASE, now=clock())
    assert [row["name"] for row in rows_of(found.content)] == ["Bo Sample"]


@pytest.mark.parametrize(("purpose", "channel"), [(Purpose.OFFER, None), (None, Channel.EMAIL)])
def test_who_stopped_other_messages_is_still_asked(session, wave, clock, purpose, channel):
    carer = a_family(session, "F1", clock())
    preferences.opt_out(session, carer.id, purpose, channel, now=clock(), by=None)
    assert len(invite_everyone(session, wave.id, now=clock())) == 1
    assert give_out_codes(session, wave.id, BASE, now=clock()).codes == 1


def test_what_an_officer_knows_of_one_carer_stops_their_code_and_not_the_others(
    session, wave, clock
):
    carer = a_family(session, "F1", clock())
    other = a_carer(session, session.get_one(Family, carer.family_id), clock(), "Bo Sample")
    reason = SuppressionReason.SAFEGUARDING
    session.add(Suppression(carer_id=carer.id, reason=reason, since=clock()))
    session.flush()
    invited = invite_everyone(session, wave.id, now=clock(), full_share=100)
    assert [one.carer_id for one in invited] == [other.id]


def test_nobody_is_invited_to_a_wave_that_is_over(session, wave, clock):
    clock.advance(days=7)
    with pytest.raises(survey.SurveyClosed):
        invite_everyone(session, wave.id, now=clock())


def test_the_codes_file_has_what_a_letter_needs_and_each_link_enters(session, wave, clock):
    a_family(session, "F1", clock(), name="=Ali Sample", language="ur")
    issued = invite_everyone(session, wave.id, now=clock())[0]
    found = give_out_codes(session, wave.id, BASE, now=clock())
    (row,) = rows_of(found.content)
    assert tuple(row) == CODE_COLUMNS
    assert not row["name"].startswith("=")
    assert row["address_line_3"] == "EX1 1ZZ"
    assert (row["language"], row["code"]) == ("ur", str(issued.code))
    link = row["link"].removeprefix(f"{BASE}/s/")
    entry = survey.enter(session, link, address="203.0.113.5", now=clock())
    assert entry.invitation.id == issued.invitation_id


def test_only_those_still_to_be_asked_are_in_the_codes_file(session, wave, clock):
    carers = [a_family(session, f"F{n}", clock(), name=f"Ali {n}") for n in range(4)]
    a_carer(session, session.get_one(Family, carers[3].family_id), clock(), address_lines=None)
    issued = invite_everyone(session, wave.id, now=clock())
    survey.start(session, issued[0].invitation_id, "en_GB", now=clock())
    survey.submit(session, issued[0].invitation_id, now=clock())
    survey.skip(session, issued[1].invitation_id, now=clock())
    session.get_one(Family, carers[2].family_id).flags = ["bereavement"]
    session.flush()
    found = give_out_codes(session, wave.id, BASE, now=clock())
    assert {row["name"] for row in rows_of(found.content)} == {"Ali 3", "Ali Sample"}
    assert (found.codes, found.without_address) == (2, 1)


def test_giving_codes_out_is_kept_in_the_trail_without_a_code(session, wave, clock):
    a_family(session, "F1", clock())
    invite_everyone(session, wave.id, now=clock())
    give_out_codes(session, wave.id, BASE, now=clock())
    session.flush()
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert (event.action, event.subject_id, event.detail) == (
        "give-out-codes",
        wave.id,
        {"codes": 1},
    )


def test_more_families_cost_no_more_queries(session, wave, clock):
    counts = []
    for more in (1, 9):
        for number in range(more):
            a_family(session, f"F{more}{number}", clock())
        invite_everyone(session, wave.id, now=clock())
        session.flush()
        session.expunge_all()
        with statements() as seen:
            give_out_codes(session, wave.id, BASE, now=clock())
            wave_lines(session)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4


def test_a_wave_is_listed_with_how_far_it_has_come(session, wave, clock):
    for number in range(3):
        a_family(session, f"F{number}", clock())
    issued = invite_everyone(session, wave.id, now=clock())
    survey.enter(session, str(issued[0].code), address="203.0.113.5", now=clock())
    survey.start(session, issued[0].invitation_id, "en_GB", now=clock())
    survey.submit(session, issued[0].invitation_id, now=clock())
    survey.skip(session, issued[1].invitation_id, now=clock())
    session.flush()
    (line,) = wave_lines(session)
    assert (line.invited, line.opened, line.answered, line.skipped) == (3, 1, 1, 1)
