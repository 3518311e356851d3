"""A trial's plan changes until the first messages are approved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from messaging.trials.plan import Outcome
from parentportal.models import Trial
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.trials import (
    TrialDayPast,
    TrialDrawn,
    TrialLocked,
    lock_plan,
    plan_of,
    plan_trial,
    usual_outcome,
)
from tests.parentportal.cohort_rows import a_cohort, a_family
from tests.parentportal.trials.asking import CHOICES, drawn, the_trial


def test_a_campaign_counts_what_it_asks_for_unless_somebody_says_otherwise():
    assert usual_outcome("ptb-offer") is Outcome.INTEREST_REGISTERED
    assert usual_outcome("focus-group-invitation") is Outcome.INVITATION_ACCEPTED


def test_a_plan_is_changed_until_the_first_messages_are_approved(session, approved, drafter, now):
    a_cohort(session, now, 4)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    changed = replace(CHOICES, outcome=Outcome.INTEREST_REGISTERED)
    plan_trial(session, "ptb-offer", changed, now=now, by=drafter)

    approved()

    campaign, trial = the_trial(session)
    assert (trial.outcome, trial.counted_until) == (changed.outcome, changed.counted_until)
    assert trial.locked_at == now
    assert plan_of(campaign, trial).is_as_locked(trial.fingerprint)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": Outcome.INTEREST_REGISTERED},
        {"counted_until": date(2027, 1, 31)},
        {"neutral_share": 50},
        {},
    ],
)
def test_nothing_of_a_locked_plan_changes(session, approved, drafter, now, change):
    a_cohort(session, now, 4)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()

    with pytest.raises(TrialLocked):
        plan_trial(session, "ptb-offer", replace(CHOICES, **change), now=now, by=drafter)

    assert the_trial(session).Trial.outcome is Outcome.CALL_ASKED


def test_a_plan_changed_behind_the_services_back_is_found_out(session, approved, now):
    a_cohort(session, now, 4)
    approved()
    session.execute(update(Trial).values(outcome=Outcome.SURVEY_ANSWERED))
    session.expire_all()

    campaign, trial = the_trial(session)
    assert not plan_of(campaign, trial).is_as_locked(trial.fingerprint)


def test_the_share_stays_once_families_have_drawn(session, draft, drafter, now):
    a_cohort(session, now, 4)
    draft()

    with pytest.raises(TrialDrawn):
        plan_trial(session, "ptb-offer", replace(CHOICES, neutral_share=50), now=now, by=drafter)

    assert plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter).locked_at is None


def test_the_share_that_was_planned_is_drawn(session, draft, drafter, now):
    plan_trial(session, "ptb-offer", replace(CHOICES, neutral_share=50), now=now, by=drafter)
    a_cohort(session, now, 80)

    draft()

    counted = Counter((row.stratum, row.arm) for row in drawn(session) if row.stratum)
    assert set(counted.values()) == {10}


def test_a_last_day_that_is_not_ahead_is_refused(session, drafter, now):
    for last in (now.date(), now.date() - timedelta(days=1)):
        with pytest.raises(TrialDayPast):
            plan_trial(
                session, "ptb-offer", replace(CHOICES, counted_until=last), now=now, by=drafter
            )


def test_without_a_plan_the_first_approval_counts_for_eight_weeks(session, approved, now):
    a_cohort(session, now, 4)

    approved()

    _, trial = the_trial(session)
    assert trial.outcome is Outcome.INTEREST_REGISTERED
    assert trial.counted_until == now.date() + timedelta(weeks=8)


def test_a_later_approval_leaves_the_plan_as_it_was_locked(session, approved, now):
    a_cohort(session, now, 4)
    approved()
    before = the_trial(session).Trial.fingerprint
    a_family(session, "F9", now)

    approved(now + timedelta(days=3))

    _, trial = the_trial(session)
    assert (trial.fingerprint, trial.locked_at) == (before, now)


def test_nothing_is_approved_once_the_last_day_is_over_before_anything_went(
    session, approved, drafter, now
):
    a_cohort(session, now, 4)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)

    with pytest.raises(TrialDayPast):
        approved(datetime(2026, 12, 25, 9, tzinfo=UTC))


def test_a_follow_up_has_the_plan_of_what_it_follows(session, now):
    follow_up = campaign_in_hand(session, "ptb-follow-up", now)

    lock_plan(session, follow_up.id, now=now)

    assert the_trial(session).Campaign.key == "ptb-offer"


def test_a_campaign_with_one_version_has_no_plan_to_lock(session, now):
    lock_plan(session, campaign_in_hand(session, "naming-a-school", now).id, now=now)

    assert session.scalar(select(Trial)) is None
