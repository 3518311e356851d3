"""What came of a trial, by intention to treat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select, update

from messaging.trials.allocation import Stratum
from messaging.trials.intervals import Tally
from messaging.trials.plan import Outcome
from messaging.trials.results import Verdict
from messaging.variants import Arm
from parentportal.models import CarerReply, Family, ReplyKind, TrialFamily
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.replies import Reply, reply
from parentportal.operations.trials import (
    TrialChoices,
    arms_for,
    leave_as_counts,
    lock_plan,
    plan_trial,
)
from parentportal.queries.trials import trial_result
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_carer, a_cohort, a_family, assigned
from tests.parentportal.counting import statements
from tests.parentportal.group_rows import Cohort
from tests.parentportal.trials.asking import (
    CHOICES,
    arms,
    drawn,
    drawn_invitees,
    result,
    says,
    the_trial,
)


def test_a_family_counts_in_the_arm_it_drew_if_a_carer_did_it_in_time(
    session, approved, drafter, now
):
    carers = a_cohort(session, now, 80)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    settlers = [carer for number, carer in enumerate(carers) if number % 4 == 0]
    of = {arm: [c for c in settlers if arms(session)[c.family_id] is arm] for arm in Arm}
    last = datetime(2026, 12, 24, 23, 59, tzinfo=UTC)
    says(session, of[Arm.NEUTRAL][0], now + timedelta(days=1))
    for carer in of[Arm.TAILORED][:5]:
        says(session, carer, last)
    says(session, of[Arm.TAILORED][5], last + timedelta(minutes=2))
    says(session, of[Arm.TAILORED][6], now - timedelta(days=1))
    says(session, of[Arm.TAILORED][7], now, ReplyKind.INTEREST)

    found = result(session, last + timedelta(days=1))

    settler = dict(found.strata)[Stratum.SETTLER]
    assert (settler.tailored, settler.neutral) == (Tally(5, 16), Tally(1, 4))
    assert (found.overall.tailored, found.overall.neutral) == (Tally(5, 48), Tally(1, 12))
    assert found.apart == 20


def test_two_carers_of_a_family_count_once(session, approved, drafter, now):
    one = a_family(session, "F1", now)
    other = a_carer(session, one.family, now, "Bo Sample")
    assigned(session, one, Segment.SETTLER, now)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    says(session, one, now)
    says(session, other, now + timedelta(days=2))

    found = result(session, now)

    assert found.overall.tailored + found.overall.neutral == Tally(1, 1)


def test_a_family_apart_is_in_no_arm_whatever_it_does(session, approved, drafter, now):
    carer = a_family(session, "F1", now)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    says(session, carer, now)

    found = result(session, now)

    assert (found.apart, found.strata) == (1, ())


def test_a_family_that_drew_after_the_last_day_is_in_no_contrast(session, approved, drafter, now):
    a_cohort(session, now, 4)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    late = a_family(session, "F9", now)
    assigned(session, late, Segment.SETTLER, now)
    approved(datetime(2027, 1, 10, 9, tzinfo=UTC))

    found = result(session, datetime(2027, 1, 11, tzinfo=UTC))

    assert len(drawn(session)) == 5
    assert found.overall.tailored.of + found.overall.neutral.of == 3


def test_erased_families_stay_as_counts_with_what_they_had_done(session, approved, drafter, now):
    carers = a_cohort(session, now, 8)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    says(session, carers[0], now)
    before = result(session, now)

    assert leave_as_counts(session, carers[0].family_id) == 1
    assert leave_as_counts(session, carers[1].family_id) == 1
    session.execute(delete(CarerReply))

    after = result(session, now)
    assert after.erased == 2
    assert replace(after, erased=0) == before
    assert not session.scalar(
        select(func.count())
        .select_from(TrialFamily)
        .join(Family)
        .where(Family.id.in_([carers[0].family_id, carers[1].family_id]))
    )


def test_an_erased_familys_place_is_not_drawn_again(session, draft, now):
    a_cohort(session, now, 8)
    draft()
    for row in drawn(session):
        leave_as_counts(session, row.family_id)
    assigned(session, a_family(session, "F9", now), Segment.SETTLER, now)

    draft()

    settlers = [row.place for row in drawn(session) if row.stratum is Stratum.SETTLER]
    assert settlers == [0, 1, 2]


def test_there_is_no_verdict_before_the_last_day_is_over(session, approved, drafter, now):
    a_cohort(session, now, 8)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()

    midnight = datetime(2026, 12, 25, tzinfo=UTC)
    before, after = (result(session, at) for at in (midnight - timedelta(seconds=1), midnight))
    assert before.verdict is Verdict.STILL_COUNTING
    assert after.verdict is Verdict.NO_DIFFERENCE_SHOWN


def test_answers_to_the_survey_count_as_they_are_sent_in(session, approved, drafter, now):
    carers = a_cohort(session, now, 4)
    choices = replace(CHOICES, outcome=Outcome.SURVEY_ANSWERED)
    plan_trial(session, "ptb-offer", choices, now=now, by=drafter)
    approved(now + timedelta(hours=1))
    assigned(session, carers[0], None, now + timedelta(days=1))

    found = result(session, now)

    assert found.overall.tailored + found.overall.neutral == Tally(1, 3)


def test_a_result_takes_two_queries_however_many_families(session, approved, now):
    a_cohort(session, now, 24)
    approved()
    campaign, trial = the_trial(session)

    with statements() as made:
        trial_result(session, campaign, trial, now=now)

    assert len(made) == 2


def test_an_invitation_counts_from_the_first_yes_whatever_follows(session, drafter, now):
    campaign = campaign_in_hand(session, "focus-group-invitation", now)
    cohort = Cohort(session)
    comes, changes_mind, stays, late = cohort.families(4, segment=Segment.PIONEER)
    carers = (comes, changes_mind, stays, late)
    families = {carer.family_id: {Segment.PIONEER} for carer in carers}
    arms_for(session, campaign, families, now=now)
    plan = TrialChoices(Outcome.INVITATION_ACCEPTED, now.date() + timedelta(days=10), 20)
    plan_trial(session, campaign.key, plan, now=now, by=drafter)
    lock_plan(session, campaign.id, now=now)
    invited = {carer: invitee.id for carer, invitee in drawn_invitees(session, carers, now).items()}
    tomorrow = now + timedelta(days=1)

    reply(session, invited[comes], Reply.ACCEPT, now=tomorrow)
    reply(session, invited[changes_mind], Reply.ACCEPT, now=tomorrow)
    reply(session, invited[changes_mind], Reply.DECLINE, now=tomorrow)
    reply(session, invited[stays], Reply.DECLINE, now=tomorrow)
    reply(session, invited[late], Reply.ACCEPT, now=now + timedelta(days=11))

    found = result(session, now)
    assert found.overall.tailored + found.overall.neutral == Tally(2, 4)


def test_what_is_said_to_a_follow_up_counts_for_what_it_follows(session, approved, drafter, now):
    [carer, *_] = a_cohort(session, now, 4)
    plan_trial(session, "ptb-offer", CHOICES, now=now, by=drafter)
    approved()
    says(session, carer, now)
    follow_up = campaign_in_hand(session, "ptb-follow-up", now)
    session.execute(update(CarerReply).values(campaign_id=follow_up.id))

    found = result(session, now)

    assert found.overall.tailored + found.overall.neutral == Tally(1, 3)
