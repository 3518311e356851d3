"""Shares are checked against svy, a published survey package, on plainly synthetic replies."""

import numpy as np
import polars as pl
import pytest
import svy
from hypothesis import given
from hypothesis import strategies as st

from segmentation.sampling import Frame, Reason, SurveyRefused, allocate, draw
from segmentation.scoring import SEGMENTS
from segmentation.shares import Replies, collapse, memberships, segment_shares
from segmentation.weighting import design_effect, rake, response_propensity

GROUPS = ("settler", "prospector", "pioneer", "unassigned")


class Council:
    """A council of plainly synthetic people, whose segment and reply lean on area and age."""

    def __init__(self, people=3_000, seed=20):
        chance = np.random.default_rng(seed)
        area, age = chance.integers(0, 4, people), chance.integers(0, 3, people)
        self.frame = Frame(
            ids=tuple(f"synthetic-{n:05}" for n in range(people)),
            columns={
                "area": tuple(f"area-{n}" for n in area.tolist()),
                "age_band": tuple(f"band-{n}" for n in age.tolist()),
            },
        )
        leaning = np.column_stack([0.2 + 0.15 * age, 0.5 - 0.1 * area, np.full(people, 0.3)])
        leaning = np.column_stack([np.clip(leaning, 0.1, None), np.full(people, 0.15)])
        leaning /= leaning.sum(axis=1, keepdims=True)
        self.posteriors = leaning
        self.segments = (leaning.cumsum(axis=1) < chance.uniform(size=(people, 1))).sum(axis=1)
        self.replies = 0.15 + 0.25 * age
        self.place = {identity: place for place, identity in enumerate(self.frame.ids)}

    def of(self, places):
        return memberships([*SEGMENTS, None][self.segments[place]] for place in places)

    def columns(self, places):
        return {
            variable: tuple(column[place] for place in places)
            for variable, column in self.frame.columns.items()
        }

    def survey(self, total, chance, *, by=("area",), respond=True):
        """Draw a stratified sample, let some reply, and rake them: (places, replies)."""
        strata = self.frame.strata(by)
        sizes = {stratum: strata.count(stratum) for stratum in sorted(set(strata))}
        drawn = draw(self.frame.ids, strata, allocate(sizes, total), chance)
        invited = np.array([self.place[identity] for identity in drawn.ids])
        replied = chance.uniform(size=len(invited)) < (self.replies[invited] if respond else 1)
        places = invited[replied]
        propensity = response_propensity(self.columns(invited.tolist()), replied)
        start = 1 / (drawn.probabilities * propensity)[replied]
        raked = rake(start, self.columns(places.tolist()), self.frame.margins(self.frame.columns))
        return places, Replies(
            weights=raked.weights,
            strata=[strata[place] for place in places.tolist()],
            sizes=sizes,
            start=start,
            raked_on=raked.columns,
        )


COUNCIL = Council()


@pytest.fixture(scope="module")
def surveyed():
    return COUNCIL.survey(1_200, np.random.default_rng(21))


def as_svy_has_them(membership, replies, *, rake_to=None, stratified=True):
    """Let svy rake the same start weights and linearise: group to share, error and interval."""
    group = np.array(list(membership))[np.column_stack(list(membership.values())).argmax(axis=1)]
    labels = [" ".join(stratum) for stratum in replies.strata]
    columns = {variable: list(column) for variable, column in replies.raked_on.items()}
    table = pl.DataFrame(
        {
            **columns,
            "group": group,
            "stratum": labels,
            "start": replies.start,
            "people": [float(replies.sizes[stratum]) for stratum in replies.strata],
        }
    )
    design = svy.Design(wgt="start", stratum="stratum" if stratified else None, pop_size="people")
    sample = svy.Sample(table, design)
    if rake_to is not None:
        sample = sample.weighting.rake(
            controls=rake_to, wgt_name="raked", tol=1e-10, max_iter=1_000
        )
    found = sample.estimation.prop("group", ci_method="beta").to_dicts()
    weights = sample.data["raked" if rake_to is not None else "start"].to_numpy()
    return weights, {row["y_level"]: row for row in found}


def test_weights_and_weighted_shares_agree_with_a_published_package(surveyed):
    places, replies = surveyed
    membership = COUNCIL.of(places.tolist())
    margins = COUNCIL.frame.margins(COUNCIL.frame.columns)
    weights, theirs = as_svy_has_them(membership, replies, rake_to=margins)
    assert np.allclose(replies.weights, weights, rtol=1e-6)
    ours = segment_shares(membership, replies).weighted
    assert set(ours) == set(theirs) == set(GROUPS)
    for group, estimate in ours.items():
        assert estimate.share == pytest.approx(theirs[group]["est"], abs=1e-7)
        # svy regresses without the start weights where we take them in, so errors are only near;
        # the next test has start weights alike, where the two are the same
        assert estimate.error == pytest.approx(theirs[group]["se"], rel=0.03)


def test_where_start_weights_are_equal_raked_errors_agree_to_the_last_digit(surveyed):
    places, given = surveyed
    margins = COUNCIL.frame.margins(COUNCIL.frame.columns)
    start = np.full(len(places), 5.0)
    raked = rake(start, COUNCIL.columns(places.tolist()), margins)
    replies = Replies(raked.weights, given.strata, given.sizes, start, raked.columns)
    membership = COUNCIL.of(places.tolist())
    _, theirs = as_svy_has_them(membership, replies, rake_to=margins)
    for group, estimate in segment_shares(membership, replies).weighted.items():
        assert estimate.error == pytest.approx(theirs[group]["se"], abs=1e-9)
        assert (estimate.low, estimate.high) == pytest.approx(
            (theirs[group]["lci"], theirs[group]["uci"]), abs=1e-9
        )


def test_stratified_shares_before_raking_agree_too(surveyed):
    places, raked = surveyed
    replies = Replies(raked.start, raked.strata, raked.sizes, raked.start, {})
    membership = COUNCIL.of(places.tolist())
    _, theirs = as_svy_has_them(membership, replies)
    for group, estimate in segment_shares(membership, replies).weighted.items():
        assert estimate.share == pytest.approx(theirs[group]["est"], abs=1e-9)
        assert estimate.error == pytest.approx(theirs[group]["se"], abs=1e-9)
        assert estimate.low == pytest.approx(theirs[group]["lci"], abs=1e-9)
        assert estimate.high == pytest.approx(theirs[group]["uci"], abs=1e-9)


def test_unweighted_shares_are_those_of_a_simple_random_sample(surveyed):
    places, replies = surveyed
    membership = COUNCIL.of(places.tolist())
    people = len(COUNCIL.frame.ids)
    plain = Replies(
        np.ones(len(places)), ((),) * len(places), {(): people}, np.ones(len(places)), {}
    )
    _, theirs = as_svy_has_them(membership, plain, stratified=False)
    found = segment_shares(membership, replies)
    for group, estimate in found.unweighted.items():
        assert estimate.share == pytest.approx(theirs[group]["est"], abs=1e-9)
        assert estimate.error == pytest.approx(theirs[group]["se"], abs=1e-9)
    assert found.design_effect == design_effect(replies.weights) > 1.02
    assert found.effective_size == pytest.approx(len(places) / found.design_effect)


def test_intervals_hold_the_truth_in_95_of_100_surveys():
    truth = np.bincount(COUNCIL.segments, minlength=4) / len(COUNCIL.segments)
    chance = np.random.default_rng(22)
    held, biased, settlers = [], [], []
    for _ in range(300):
        places, replies = COUNCIL.survey(900, chance)
        found = segment_shares(COUNCIL.of(places.tolist()), replies)
        settlers.append((found.weighted["settler"].share, found.weighted["settler"].error))
        for share, group in zip(truth, GROUPS, strict=True):
            held.append(found.weighted[group].low <= share <= found.weighted[group].high)
            biased.append(found.unweighted[group].low <= share <= found.unweighted[group].high)
    assert 0.92 <= np.mean(held) <= 0.98
    assert np.mean(biased) < 0.9  # or the weights were never needed, and this shows nothing
    shares, errors = np.array(settlers).T
    assert errors.mean() == pytest.approx(shares.std(), rel=0.1)
    assert shares.mean() == pytest.approx(truth[0], abs=0.005)


def test_a_rare_group_is_held_too_where_a_plain_interval_would_fall_short():
    people, rare = 2_000, 20
    of_everyone = np.zeros(people)
    of_everyone[:rare] = 1
    chance = np.random.default_rng(23)
    held = plain = 0
    for _ in range(400):
        drawn = of_everyone[chance.choice(people, 100, replace=False)]
        replies = Replies(np.full(100, 20.0), ((),) * 100, {(): people}, np.ones(100), {})
        found = segment_shares({"rare": drawn}, replies).weighted["rare"]
        held += found.low <= rare / people <= found.high
        plain += abs(found.share - rare / people) <= 1.96 * found.error
    assert held / 400 >= 0.95
    assert plain / 400 < 0.75


def test_a_census_leaves_nothing_to_chance():
    people = len(COUNCIL.frame.ids)
    places, replies = COUNCIL.survey(people, np.random.default_rng(24), respond=False)
    assert len(places) == people
    membership = COUNCIL.of(places.tolist()) | {"nobody": np.zeros(people)}
    for estimate in segment_shares(membership, replies).weighted.values():
        assert (estimate.error, estimate.low, estimate.high) == (0, estimate.share, estimate.share)


def test_none_among_the_replies_is_not_none_among_all():
    replies = Replies(np.full(50, 20.0), ((),) * 50, {(): 1_000}, np.ones(50), {})
    found = segment_shares(memberships([SEGMENTS[0]] * 50), replies).weighted
    # Clopper and Pearson for 0 of 50: 1 - 0.025 ** (1 / 50)
    assert (found["pioneer"].share, found["pioneer"].low) == (0, 0)
    assert found["pioneer"].high == pytest.approx(0.0711, abs=1e-4)
    assert (found["settler"].share, found["settler"].high) == (1, 1)
    assert found["settler"].low == pytest.approx(1 - 0.0711, abs=1e-4)


def test_posteriors_count_everybody_by_part():
    places, replies = COUNCIL.survey(900, np.random.default_rng(25))
    parts = COUNCIL.posteriors[places]
    found = segment_shares(dict(zip(GROUPS, parts.T, strict=True)), replies).weighted
    for group, column in zip(GROUPS, parts.T, strict=True):
        assert found[group].share == pytest.approx(np.average(column, weights=replies.weights))
    hard = segment_shares(COUNCIL.of(places.tolist()), replies).weighted
    assert all(0 < found[group].error < hard[group].error for group in GROUPS)


@given(st.integers(0, 2**32), st.integers(3, 60), st.floats(0, 1))
def test_shares_and_intervals_stay_between_0_and_1_in_order_and_add_up(seed, people, leaning):
    chance = np.random.default_rng(seed)
    segments = [
        SEGMENTS[n % 3] if u < leaning else None for n, u in enumerate(chance.random(people))
    ]
    weights = chance.uniform(1, 9, people)
    replies = Replies(weights, ((),) * people, {(): people * 5}, weights, {})
    found = segment_shares(memberships(segments), replies)
    assert tuple(found.weighted) == tuple(found.unweighted) == GROUPS
    assert sum(estimate.share for estimate in found.weighted.values()) == pytest.approx(1)
    for estimate in (*found.weighted.values(), *found.unweighted.values()):
        assert 0 <= estimate.low <= estimate.share <= estimate.high <= 1


def test_a_stratum_in_which_nobody_replied_is_refused_or_stood_for():
    strata = [("N",), ("N",), ("S",), ("S",), ("S",)]
    sizes = {("N",): 40, ("S",): 60, ("West", "special"): 10}
    weights = np.ones(5)
    membership = memberships([None, SEGMENTS[0], None, SEGMENTS[1], SEGMENTS[2]])
    with pytest.raises(SurveyRefused, match="West special") as refused:
        segment_shares(membership, Replies(weights, strata, sizes, weights, {}))
    assert refused.value.reason is Reason.STRATUM_SILENT
    assert collapse(strata, sizes) == {("N",): 50, ("S",): 60}


def test_one_reply_in_a_stratum_is_no_reason_for_a_narrow_interval():
    one = [("N",)] * 10 + [("S",)]
    membership = memberships([SEGMENTS[n % 2] for n in range(11)])
    weights = np.ones(11)
    lonely = Replies(weights, one, {("N",): 500, ("S",): 50}, weights, {})
    without = Replies(weights, [("N",)] * 11, {("N",): 550}, weights, {})
    assert (
        segment_shares(membership, lonely).weighted["settler"].error
        > 0.98 * segment_shares(membership, without).weighted["settler"].error
    )


def test_too_few_replies_are_refused():
    replies = Replies(np.ones(2), [("N",), ("S",)], {("N",): 9, ("S",): 9}, np.ones(2), {})
    with pytest.raises(SurveyRefused) as refused:
        segment_shares(memberships([None, None]), replies)
    assert refused.value.reason is Reason.TOO_FEW_RESPONSES
