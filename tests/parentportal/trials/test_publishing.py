"""What the pages of a trial may show."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from messaging.trials.allocation import Stratum
from messaging.trials.intervals import Tally
from messaging.trials.results import Cell, Verdict, read_result
from messaging.variants import Arm, VariantName
from parentportal.models import Campaign
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.queries.trials import cohort_for, drawn_families, publish_trial, trial_lines
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_cohort, a_family, assigned
from tests.parentportal.trials.asking import drawn


def published(*cells, apart=40):
    return publish_trial(read_result(cells, apart=apart, counting_over=True))


def both_arms(stratum, *, tailored=(40, 100), neutral=(10, 40), erased=0):
    return (
        Cell(stratum, Arm.TAILORED, tailored[1], tailored[0], erased),
        Cell(stratum, Arm.NEUTRAL, neutral[1], neutral[0]),
    )


def hidden(found):
    return [stratum for stratum, contrast in found.strata if contrast is None]


def test_a_result_of_many_families_is_shown_whole():
    found = published(*both_arms(Stratum.SETTLER), *both_arms(Stratum.PIONEER))

    assert not found.hides
    assert found.overall.tailored == Tally(80, 200)
    assert (found.families, found.apart) == (280, 40)


@pytest.mark.parametrize(
    "few",
    [
        {"neutral": (4, 40)},
        {"neutral": (0, 40)},
        {"neutral": (36, 40)},
        {"tailored": (3, 100)},
        {"tailored": (98, 100)},
    ],
)
def test_a_stratum_in_which_few_did_it_or_few_did_not_is_hidden_with_another_as_cover(few):
    found = published(
        *both_arms(Stratum.SETTLER),
        *both_arms(Stratum.PROSPECTOR, **few),
        *both_arms(Stratum.PIONEER),
        *both_arms(Stratum.MIXED),
    )

    assert Stratum.PROSPECTOR in hidden(found)
    assert 2 <= len(hidden(found)) < 4
    assert found.overall is not None


def test_a_trial_in_which_few_did_it_at_all_shows_no_shares():
    found = published(*both_arms(Stratum.SETTLER, neutral=(4, 40)))

    assert found.overall is None
    assert found.within_strata is None
    assert found.families == 140


@pytest.mark.parametrize(
    ("few", "hidden_verdict"),
    [
        ({"tailored": (90, 100), "neutral": (1, 40)}, Verdict.MORE_WHEN_TAILORED),
        ({"tailored": (2, 100), "neutral": (30, 40)}, Verdict.MORE_WHEN_NEUTRAL),
        ({"tailored": (4, 100), "neutral": (2, 40)}, Verdict.NO_DIFFERENCE_SHOWN),
    ],
)
def test_where_the_counts_are_hidden_no_verdict_tells_of_them(few, hidden_verdict):
    result = read_result(both_arms(Stratum.SETTLER, **few), apart=40, counting_over=True)

    assert result.verdict is hidden_verdict
    assert publish_trial(result).verdict is Verdict.TOO_FEW_TO_SHOW


def test_while_counting_goes_on_that_is_what_is_said():
    few = read_result(both_arms(Stratum.SETTLER, neutral=(1, 40)), apart=40, counting_over=False)

    assert publish_trial(few).verdict is Verdict.STILL_COUNTING


def test_a_verdict_whose_counts_are_shown_is_told():
    result = read_result(both_arms(Stratum.SETTLER), apart=40, counting_over=True)

    assert publish_trial(result).verdict is result.verdict


def test_few_apart_and_few_erased_are_not_told():
    found = published(*both_arms(Stratum.SETTLER, erased=2), apart=3)

    assert (found.apart, found.erased) == (None, None)


def test_the_cohort_to_plan_by_is_whom_the_campaign_would_draw_for(session, draft, now):
    a_cohort(session, now, 20)
    a_family(session, "X1", now, children=False)
    objects = a_family(session, "X2", now, objected_at=now)
    picks = a_family(session, "X3", now, chosen_voice=VariantName.PIONEER, chosen_voice_at=now)
    for carer in (objects, picks):
        assigned(session, carer, Segment.SETTLER, now)

    foreseen = cohort_for(session, "ptb-offer")
    draft()

    counted = Counter(row.stratum for row in drawn(session))
    assert foreseen.strata == {stratum: counted[stratum] for stratum in Stratum}
    assert foreseen.apart == counted[None] == 7
    assert foreseen.families == 15


def test_those_who_drew_are_counted_by_arm(session, draft, now):
    a_cohort(session, now, 80)
    draft()

    found = drawn_families(session, session.scalars(select(Campaign.id)).one())

    assert found.arms == {Arm.TAILORED: 48, Arm.NEUTRAL: 12}
    assert found.apart == 20


def test_only_campaigns_with_more_than_one_version_can_be_tried(session, now):
    campaign_in_hand(session, "ptb-offer", now)

    lines = {line.key: line for line in trial_lines(session)}

    assert {"ptb-offer", "focus-group-invitation"} <= lines.keys()
    assert not {"naming-a-school", "ptb-follow-up"} & lines.keys()
    assert lines["ptb-offer"].campaign is not None
    assert lines["focus-group-invitation"].campaign is None
