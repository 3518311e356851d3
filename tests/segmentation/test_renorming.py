"""New parameters from a council's own full forms, on plainly simulated people."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from segmentation.factors import FactorModel, simulate_people
from segmentation.intervals import TooFew
from segmentation.renorming import COUNTS_AS, FEWEST_FORMS, propose, shrunk
from segmentation.scoring import SEGMENTS
from segmentation.typing_tool import parse_typing_tool, write_typing_tool

DATED = date(2027, 3, 1)


def full_forms(tool, people, *, shift=0.0, seed=1):
    """Full forms (people, items) of people whose likeness is shifted, in rating points."""
    model = FactorModel(tool.mean + shift, tool.loadings, tool.noise)
    made = simulate_people(model, tool.facets, tool.latent_norms, people, seed)
    return 7 - made.likeness


SHIFT = np.linspace(-0.5, 0.5, 21)


@pytest.fixture(scope="module")
def elsewhere(tool):
    return full_forms(tool, FEWEST_FORMS + 20, shift=SHIFT)


@pytest.fixture(scope="module")
def proposal(tool, elsewhere):
    return propose(tool, elsewhere, dated=DATED)


@pytest.fixture(scope="module")
def renormed(tool, elsewhere):
    return propose(tool, elsewhere, dated=DATED, own_norms=True)


def test_fewer_full_forms_than_needed_are_refused_with_the_number_missing(tool):
    with pytest.raises(TooFew) as refused:
        propose(tool, full_forms(tool, FEWEST_FORMS - 12), dated=DATED)
    assert refused.value.missing == 12


def test_forms_that_are_not_usable_do_not_count(tool):
    ratings = full_forms(tool, FEWEST_FORMS)
    ratings[:3] = 2
    ratings[3, 4:] = np.nan
    with pytest.raises(TooFew) as refused:
        propose(tool, ratings, dated=DATED)
    assert refused.value.missing == 4


def test_where_people_differ_the_mean_moves_most_of_the_way_to_theirs(tool, elsewhere, proposal):
    own = (7 - elsewhere).mean(axis=0)
    moved = np.linalg.norm(proposal.tool.mean - tool.mean) / np.linalg.norm(own - tool.mean)
    assert 0.8 < moved < 1
    assert proposal.people == len(elsewhere)
    assert list(proposal.own_mean.values()) == pytest.approx(own.tolist(), abs=1e-3)


def test_where_people_are_alike_the_shipped_numbers_count_for_much(tool):
    found = propose(tool, full_forms(tool, FEWEST_FORMS, seed=3), dated=DATED)
    assert found.covariance_counts_as >= FEWEST_FORMS
    assert found.mean_counts_as >= 100


def test_weights_are_numbers_of_people(tool, elsewhere):
    own_mean, own_covariance = shrunk(tool, elsewhere, 0, 0)
    assert own_mean == pytest.approx((7 - elsewhere).mean(axis=0))
    assert own_covariance == pytest.approx(np.cov((7 - elsewhere).T, ddof=0))
    half_mean, _ = shrunk(tool, elsewhere, len(elsewhere), 0)
    assert half_mean == pytest.approx((own_mean + tool.mean) / 2)
    kept_mean, kept_covariance = shrunk(tool, elsewhere, 1e12, 1e12)
    assert kept_mean == pytest.approx(tool.mean)
    assert kept_covariance == pytest.approx(tool.covariance)


def test_the_new_tool_is_one_that_can_be_kept_and_read_again(tool, proposal):
    text = write_typing_tool(proposal.tool)
    again = parse_typing_tool(text)
    assert write_typing_tool(again) == text
    assert again.refusals == tool.refusals
    assert again.asking == tool.asking
    assert again.norms == tool.norms
    assert again.instrument_version == tool.instrument_version


def test_it_says_where_its_numbers_come_from(tool, proposal):
    origin = proposal.tool.provenance["renormed"]
    assert origin["from"] == tool.version
    assert origin["dated"] == "2027-03-01"
    assert origin["full_forms"] == proposal.people
    assert origin["mean_counts_as"] == proposal.mean_counts_as
    assert proposal.mean_counts_as in COUNTS_AS
    assert proposal.tool.provenance["licence"] == tool.provenance["licence"]


def test_a_name_belongs_to_the_numbers_and_is_short_enough_to_keep(tool, elsewhere, proposal):
    again = propose(tool, elsewhere, dated=DATED)
    assert again.tool.version == proposal.tool.version
    assert again.comparison() == proposal.comparison()
    other = propose(tool, elsewhere[:-5], dated=DATED)
    assert other.tool.version != proposal.tool.version
    assert len(proposal.tool.version) <= 40


def test_both_tools_are_told_of_side_by_side(proposal):
    for performance in (proposal.before, proposal.after):
        assert 0.6 < performance.figures["accuracy"].value < 0.95
        assert 5 <= performance.items <= 12
        assert performance.figures["ece"].low <= performance.figures["ece"].value
    assert sum(proposal.changes.values()) == proposal.people
    assert len(proposal.changes) == (len(SEGMENTS) + 1) ** 2
    assert proposal.gain.low < proposal.gain.value < proposal.gain.high


def test_where_people_differ_much_the_new_numbers_fit_them_better(tool):
    far = full_forms(tool, FEWEST_FORMS, shift=3 * SHIFT[np.random.default_rng(2).permutation(21)])
    assert propose(tool, far, dated=DATED).gain.low > 0


def test_own_norms_do_not_move_the_yardstick_of_what_fits_better(tool):
    far = full_forms(tool, FEWEST_FORMS, shift=3 * SHIFT[np.random.default_rng(2).permutation(21)])
    assert propose(tool, far, dated=DATED, own_norms=True).gain.low > 0


def test_without_own_norms_a_segment_keeps_its_meaning(proposal):
    assert all(before == after for before, after in proposal.shares.values())


def test_own_norms_set_people_against_other_parents_here(renormed):
    assert max(abs(after - 1 / 3) for _, after in renormed.shares.values()) < 0.08
    assert renormed.tool.norms.means != renormed.tool.latent_norms.means
    assert renormed.tool.provenance["renormed"]["own_norms"] is True


def test_the_comparison_is_fit_for_a_file(proposal):
    document = json.loads(json.dumps(proposal.comparison()))
    assert document["people"] == proposal.people
    assert document["gain"]["value"] == proposal.gain.value
    assert sum(count for _, _, count in document["changes"]) == proposal.people


def test_the_order_of_a_tools_items_changes_no_share(tool, elsewhere, proposal):
    turned = np.arange(21)[::-1]
    reordered = replace(
        tool,
        items=tuple(tool.items[place] for place in turned),
        facets=tuple(tool.facets[place] for place in turned),
        mean=tool.mean[turned],
        covariance=tool.covariance[np.ix_(turned, turned)],
        loadings=tool.loadings[turned],
        noise=tool.noise[turned],
    )
    found = propose(reordered, elsewhere[:, turned], dated=DATED)
    assert found.shares == proposal.shares
    assert found.after.figures["accuracy"].value == pytest.approx(
        proposal.after.figures["accuracy"].value, abs=0.01
    )
