"""Families draw their arm once, by strata."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from messaging.trials.allocation import Stratum, arm_at
from messaging.variants import Arm
from parentportal.models import Campaign, Carer, OutgoingMessage, TrialFamily
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.outbox import withdraw
from parentportal.operations.trials import arms_for
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_carer, a_cohort, a_family, assigned
from tests.parentportal.counting import statements
from tests.parentportal.trials.asking import arms, drawn


def test_a_fifth_of_each_stratum_is_neutral_and_the_others_stand_apart(session, draft, now):
    a_cohort(session, now, 80)

    draft()

    counted = Counter((row.stratum, row.arm) for row in drawn(session))
    assert counted == {
        **{(stratum, Arm.NEUTRAL): 4 for stratum in Stratum if stratum is not Stratum.MIXED},
        **{(stratum, Arm.TAILORED): 16 for stratum in Stratum if stratum is not Stratum.MIXED},
        (None, Arm.TAILORED): 20,
    }


def test_what_was_drawn_is_what_the_messages_have(session, draft, now):
    a_cohort(session, now, 40)

    draft()

    sent = session.execute(
        select(Carer.family_id, OutgoingMessage.arm).join(OutgoingMessage.carer).distinct()
    )
    assert {family: arm for family, arm in sent} == arms(session)  # noqa: C416 -- rows


def test_families_that_come_later_change_no_arm_and_keep_the_balance(session, draft, now):
    a_cohort(session, now, 12)
    draft()
    before = arms(session)
    for number in range(100, 127):
        assigned(session, a_family(session, f"F{number}", now), Segment.SETTLER, now)

    draft()

    assert arms(session).items() >= before.items()
    settlers = [row.arm for row in drawn(session) if row.stratum is Stratum.SETTLER]
    assert Counter(settlers) == {Arm.NEUTRAL: 6, Arm.TAILORED: 24}


def test_every_arm_can_be_checked_with_the_seed_that_is_kept(session, draft, now):
    a_cohort(session, now, 40)
    draft()
    campaign = session.scalars(select(Campaign)).one()

    for row in drawn(session):
        if row.stratum:
            assert row.arm is arm_at(row.place, row.stratum, seed=campaign.seed, neutral_share=20)


def test_a_family_whose_carers_differ_is_mixed(session, draft, now):
    one = a_family(session, "F1", now)
    other = a_carer(session, one.family, now, "Bo Sample")
    assigned(session, one, Segment.SETTLER, now)
    assigned(session, other, Segment.PIONEER, now)

    draft()

    assert [row.stratum for row in drawn(session)] == [Stratum.MIXED]


def test_a_carer_to_whom_nothing_can_be_tailored_does_not_make_a_family_mixed(session, draft, now):
    one = a_family(session, "F1", now)
    other = a_carer(session, one.family, now, "Bo Sample", objected_at=now)
    assigned(session, one, Segment.SETTLER, now)
    assigned(session, other, Segment.PIONEER, now)

    draft()

    assert [row.stratum for row in drawn(session)] == [Stratum.SETTLER]


def test_a_family_that_objects_stands_apart_for_a_reason_of_its_own(session, draft, now):
    carer = a_family(session, "F1", now, objected_at=now)
    assigned(session, carer, Segment.SETTLER, now)

    draft()

    assert [(row.stratum, row.place) for row in drawn(session)] == [(None, None)]
    assert set(session.scalars(select(OutgoingMessage.choice_reason))) == {"objection"}


def test_a_draft_that_is_taken_back_and_written_anew_draws_nobody_again(
    session, draft, drafter, now
):
    a_cohort(session, now, 24)
    first = draft()
    before = arms(session)
    withdraw(session, first.id, now=now, by=drafter)

    again = draft(now + timedelta(days=1))

    assert arms(session) == before
    assert again.id != first.id


def test_a_segment_that_changes_moves_no_family(session, draft, now):
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now)
    draft()
    assigned(session, carer, Segment.PIONEER, now + timedelta(days=1))
    a_carer(session, carer.family, now, "Bo Sample")

    draft(now + timedelta(days=2))

    assert [row.stratum for row in drawn(session)] == [Stratum.SETTLER]


def test_the_database_gives_no_place_twice(session, now):
    campaign = campaign_in_hand(session, "ptb-offer", now)
    families = [a_family(session, f"F{number}", now).family_id for number in range(2)]
    for family in families:
        session.add(
            TrialFamily(
                campaign_id=campaign.id,
                family_id=family,
                stratum=Stratum.SETTLER,
                place=0,
                arm=Arm.NEUTRAL,
                drawn_at=now,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_draw_makes_as_many_queries_for_many_families_as_for_few(session, now):
    campaign = campaign_in_hand(session, "ptb-offer", now)
    seen = []
    for families in (2, 40):
        segments = {
            a_family(session, f"F{uuid4()}"[:20], now).family_id: {Segment.PIONEER}
            for _ in range(families)
        }
        with statements() as made:
            arms_for(session, campaign, segments, now=now)
        seen.append(sum(one.startswith("SELECT") for one in made))
    assert seen[0] == seen[1] == 2


def test_a_follow_up_goes_out_in_the_arm_of_what_it_follows(session, now):
    offer = campaign_in_hand(session, "ptb-offer", now)
    segments = {
        a_family(session, f"F{number}", now).family_id: {Segment.SETTLER} for number in range(10)
    }
    first = arms_for(session, offer, segments, now=now)
    segments[a_family(session, "F10", now).family_id] = {Segment.SETTLER}

    follow_up = campaign_in_hand(session, "ptb-follow-up", now)
    second = arms_for(session, follow_up, segments, now=now + timedelta(days=30))

    assert second.items() >= first.items()
    assert {row.campaign_id for row in drawn(session)} == {offer.id}
    assert len(drawn(session)) == 11


def test_a_campaign_with_one_version_draws_nobody(session, now):
    campaign = campaign_in_hand(session, "naming-a-school", now)
    family = a_family(session, "F1", now).family_id

    assert arms_for(session, campaign, {family: set()}, now=now) == {family: Arm.TAILORED}
    assert drawn(session) == []


def test_two_drafts_at_once_draw_no_place_twice(database, now):
    with database.transaction() as session:
        halves = [
            {a_family(session, f"{half}{number}", now).family_id for number in range(15)}
            for half in "AB"
        ]
    begin = Barrier(2)

    def draws(families):
        begin.wait(timeout=10)
        with database.transaction() as session:
            campaign = campaign_in_hand(session, "ptb-offer", now)
            arms_for(session, campaign, {one: {Segment.SETTLER} for one in families}, now=now)

    with ThreadPoolExecutor() as threads:
        list(threads.map(draws, halves))

    with database.reading() as session:
        rows = drawn(session)
    assert [row.place for row in rows] == list(range(30))
    assert Counter(row.arm for row in rows) == {Arm.NEUTRAL: 6, Arm.TAILORED: 24}
