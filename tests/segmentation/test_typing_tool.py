import json
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.estimator import SegmentRegionClassifier
from segmentation.instrument import Answers, load_instrument
from segmentation.scoring import (
    composites,
    likeness,
    standardise,
    standing_weights,
    value_scores,
)
from segmentation.segments import Segment
from segmentation.training import Sample, fit
from segmentation.typing_tool import (
    DEFAULT,
    Reason,
    ToolRefused,
    Truth,
    load_typing_tool,
    parse_typing_tool,
    write_typing_tool,
)

INSTRUMENT = load_instrument()
TOOL = load_typing_tool()
CODES = [item.code for item in INSTRUMENT.items]
RATINGS = st.dictionaries(st.sampled_from(CODES), st.integers(1, 6))

SETTLED = {
    **dict.fromkeys(("feeling-safe", "keeping-rules", "family-ways", "above-reproach"), 1),
    **dict.fromkeys(("thrills", "own-ideas", "being-well-off", "doing-well"), 6),
}


def shipped():
    return (files("segmentation") / "typing_tools" / f"{DEFAULT}.json").read_text(encoding="utf-8")


@settings(deadline=None)
@given(RATINGS)
def test_for_any_subset_of_answers_the_probabilities_are_there_and_sum_to_one(ratings):
    assignment = TOOL.assign(Answers(ratings))
    assert set(assignment.posterior) == set(Segment)
    assert min(assignment.posterior.values()) >= 0
    assert sum(assignment.posterior.values()) == pytest.approx(1, abs=1e-12)
    assert assignment.items_used == len(ratings)


@settings(deadline=None)
@given(RATINGS, st.randoms(use_true_random=False))
def test_the_order_of_the_answers_changes_nothing(ratings, chance):
    shuffled = list(ratings.items())
    chance.shuffle(shuffled)
    assert TOOL.assign(Answers(dict(shuffled))) == TOOL.assign(Answers(ratings))


@settings(deadline=None)
@given(RATINGS)
def test_a_segment_is_said_just_where_there_is_no_reason_against_it(ratings):
    assignment = TOOL.assign(Answers(ratings))
    assert (assignment.segment is None) == (assignment.reason is not None)
    if assignment.segment:
        best = max(assignment.posterior, key=assignment.posterior.__getitem__)
        assert assignment.segment is best
        assert assignment.posterior[best] >= TOOL.refusals.threshold


def test_without_an_answer_the_probabilities_are_the_published_shares():
    assignment = TOOL.assign(Answers({}))
    assert list(assignment.posterior.values()) == pytest.approx([0.34, 0.36, 0.30], abs=0.04)
    assert (assignment.segment, assignment.reason) == (None, Reason.TOO_FEW)
    assert dict(assignment.scores) == {}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(CODES), st.integers(1, 6), max_size=4))
def test_fewer_answers_than_five_are_too_few(ratings):
    assert TOOL.assign(Answers(ratings)).reason is Reason.TOO_FEW


@pytest.mark.parametrize("count", [8, 10, 12])
@pytest.mark.parametrize("rating", [1, 3, 6])
def test_eight_identical_answers_or_more_are_a_straight_line(count, rating):
    assert TOOL.assign(Answers(dict.fromkeys(CODES[:count], rating))).reason is Reason.STRAIGHT_LINE


def test_seven_identical_answers_are_not_yet_a_straight_line():
    assignment = TOOL.assign(Answers(dict.fromkeys(CODES[:7], 3)))
    assert assignment.reason is not Reason.STRAIGHT_LINE


def test_one_different_answer_breaks_a_straight_line():
    answers = Answers({**dict.fromkeys(CODES, 3), "feeling-safe": 2})
    assert TOOL.assign(answers).reason is not Reason.STRAIGHT_LINE


def test_a_clear_answer_is_assigned_and_a_higher_threshold_declines_it():
    answers = Answers(SETTLED)
    assignment = TOOL.assign(answers)
    assert (assignment.segment, assignment.reason) == (Segment.SETTLER, None)
    confidence = assignment.posterior[Segment.SETTLER]
    strict = replace(TOOL, refusals=replace(TOOL.refusals, threshold=confidence + 1e-9))
    assert strict.assign(answers).reason is Reason.LOW_CONFIDENCE
    just = replace(TOOL, refusals=replace(TOOL.refusals, threshold=confidence))
    assert just.assign(answers).segment is Segment.SETTLER


def test_the_order_of_the_reasons_is_the_files():
    """All four hold: each goes first in its turn, and the last of the rest goes unsaid."""
    answers = Answers(dict.fromkeys(CODES[:8], 3))
    rules = replace(TOOL.refusals, minimum_items=9, threshold=1.0)
    assert rules.precedence == (
        Reason.TOO_FEW,
        Reason.STRAIGHT_LINE,
        Reason.TOO_FAST,
        Reason.LOW_CONFIDENCE,
    )
    for order in permutations(Reason):
        turned = replace(TOOL, refusals=replace(rules, precedence=order))
        assert turned.assign(answers, median_seconds=0.5).reason is order[0]


@pytest.mark.parametrize(
    ("seconds", "reason"), [(0.2, Reason.TOO_FAST), (0.99, Reason.TOO_FAST), (1.0, None), (9, None)]
)
def test_an_item_answered_in_less_than_a_second_was_not_read(seconds, reason):
    assert TOOL.assign(Answers(SETTLED), median_seconds=seconds).reason is reason


def test_where_time_says_nothing_it_is_not_asked_for():
    assert TOOL.assign(Answers(SETTLED)).segment is Segment.SETTLER


def test_too_few_and_all_alike_are_said_before_too_fast():
    alike = Answers(dict.fromkeys(CODES[:8], 2))
    assert TOOL.assign(Answers({}), median_seconds=0.1).reason is Reason.TOO_FEW
    assert TOOL.assign(alike, median_seconds=0.1).reason is Reason.STRAIGHT_LINE


def test_the_time_of_each_person_counts_for_that_person():
    ratings = np.tile(TOOL.ratings(Answers(SETTLED)), (3, 1))
    told = TOOL.reasons(ratings, TOOL.posteriors(ratings), np.array([0.5, 3.0, np.nan]))
    assert told == [Reason.TOO_FAST, None, None]


@pytest.mark.parametrize(
    ("code", "segment"),
    [("keeping-rules", Segment.SETTLER), ("being-well-off", Segment.PROSPECTOR)],
)
def test_the_more_alike_a_portrait_of_a_pole_the_likelier_its_segment(code, segment):
    mixed = dict.fromkeys(CODES, 3) | {"thrills": 4}
    chances = [
        TOOL.assign(Answers(mixed | {code: rating})).posterior[segment] for rating in range(1, 7)
    ]
    assert chances == sorted(chances, reverse=True)


def test_an_assignment_says_which_tool_and_which_questionnaire_it_rests_on():
    assignment = TOOL.assign(Answers(SETTLED))
    assert assignment.tool_version == DEFAULT == TOOL.version
    assert assignment.instrument_version == INSTRUMENT.version
    # Likeness: four at 6 and four at 1, so the mean is 3.5; security and tradition stand at 6.
    assert assignment.scores["security"] == pytest.approx(2.5)
    assert assignment.scores["power"] == pytest.approx(-2.5)
    assert "universalism" not in assignment.scores


def test_an_answer_to_an_unknown_item_is_an_error():
    with pytest.raises(KeyError):
        TOOL.assign(Answers({"impsafe": 2}))


@settings(deadline=None)
@given(st.lists(st.integers(1, 5), min_size=len(CODES), max_size=len(CODES)))
def test_a_constant_added_to_every_rating_of_the_full_form_changes_nothing(ratings):
    said = np.array([ratings], dtype=float)
    assert TOOL.posteriors(said + 1) == pytest.approx(TOOL.posteriors(said), abs=1e-6)


def test_a_constant_added_where_items_were_left_out_is_an_answer_too():
    said = np.full((2, len(CODES)), np.nan)
    said[0, :6], said[1, :6] = 2, 3
    first, second = TOOL.posteriors(said)
    assert np.abs(first - second).max() > 0.01


@pytest.mark.parametrize("truth", Truth)
@settings(deadline=None, max_examples=25)
@given(ratings=RATINGS, order=st.permutations(range(len(CODES))))
def test_the_order_of_a_tools_items_changes_nothing(truth, ratings, order):
    order = list(order)
    turned = replace(
        TOOL,
        items=tuple(TOOL.items[place] for place in order),
        facets=tuple(TOOL.facets[place] for place in order),
        mean=TOOL.mean[order],
        covariance=TOOL.covariance[np.ix_(order, order)],
        loadings=TOOL.loadings[order],
        noise=TOOL.noise[order],
    )
    answers = Answers(ratings)
    found = turned.posteriors(turned.ratings(answers)[np.newaxis], truth)
    expected = TOOL.posteriors(TOOL.ratings(answers)[np.newaxis], truth)
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_whole_form_is_where_its_scores_put_it():
    chance = np.random.default_rng(6)
    ratings = chance.integers(1, 7, (500, len(CODES))).astype(float)
    standing = standardise(composites(value_scores(ratings, TOOL.facets)), TOOL.norms)
    told = TOOL.posteriors(ratings)
    two = np.sort(standing, axis=1)
    clear = two[:, 2] - two[:, 1] > 1e-4
    assert (told.argmax(axis=1) == standing.argmax(axis=1))[clear].all()
    assert told.max(axis=1)[clear].min() > 1 - 1e-6


def test_the_latent_truth_is_never_certain():
    whole = np.where(np.isin(TOOL.items, list(SETTLED)), 1.0, 5.0)[np.newaxis]
    assert TOOL.posteriors(whole).max() > 1 - 1e-6
    assert TOOL.posteriors(whole, Truth.LATENT).max() < 0.999


def test_people_typed_together_get_what_they_get_alone():
    chance = np.random.default_rng(2)
    ratings = chance.integers(1, 7, (300, len(CODES))).astype(float)
    ratings[chance.random(ratings.shape) < 0.3] = np.nan
    together = TOOL.posteriors(ratings)
    for row, posterior in zip(ratings, together, strict=True):
        assert TOOL.posteriors(row[np.newaxis])[0] == pytest.approx(posterior, abs=1e-14)


def test_the_numbers_of_a_tool_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        TOOL.form.mean[0] = 1.0


def test_nobody_at_all_is_an_empty_answer():
    assert TOOL.posteriors(np.empty((0, len(CODES)))).shape == (0, 3)


def test_writing_and_reading_a_tool_gives_the_same_file_and_the_same_numbers():
    assert write_typing_tool(parse_typing_tool(shipped())) == shipped()
    again = parse_typing_tool(write_typing_tool(TOOL))
    for name in ("mean", "covariance", "loadings", "noise"):
        assert (getattr(again, name) == getattr(TOOL, name)).all()
    for name in ("items", "facets", "norms", "latent_norms", "refusals", "asking"):
        assert getattr(again, name) == getattr(TOOL, name)


def test_the_tool_asks_what_the_questionnaire_asks():
    asked = {item.code: item.facet for item in INSTRUMENT.items}
    assert dict(zip(TOOL.items, TOOL.facets, strict=True)) == asked
    assert TOOL.asking.first == INSTRUMENT.first
    assert all(TOOL.item(TOOL.facet(code)) == code for code in CODES)


def test_the_file_carries_its_own_licence_and_names_its_source():
    provenance = json.loads(shipped())["provenance"]
    assert "CC BY-NC-SA 4.0" in provenance["licence"]
    assert "European Social Survey ERIC" in provenance["attribution"]
    assert max(map(len, shipped().splitlines())) < 250


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.pop("norms"),
        lambda document: document["norms"]["means"].pop("pioneer"),
        lambda document: document["norms"]["deviations"].update(pioneer=0),
        lambda document: document["latent"]["norms"]["means"].update(settler=float("nan")),
        lambda document: document["latent"]["noise"].update({"thrills": 0}),
        lambda document: document["latent"]["loadings"].pop("thrills"),
        lambda document: document["latent"]["loadings"]["thrills"].pop(),
        lambda document: document["items"].pop("thrills"),
        lambda document: document["items"].update({"thrills": "impfun"}),
        lambda document: document["refusals"].update(precedence=["too-few"]),
        lambda document: document["refusals"].update(precedence=["because"]),
        lambda document: document["asking"].update(first="impsafe"),
        lambda document: document["asking"].update(minimum=13),
        lambda document: document["asking"].update(maximum=22),
        lambda document: document["likeness"]["mean"].update({"thrills": float("inf")}),
        lambda document: document["likeness"]["covariance"].pop(),
        lambda document: document["likeness"]["covariance"][0].__setitem__(0, -1),
        lambda document: document["likeness"]["covariance"][0].__setitem__(1, 0.9),
    ],
)
def test_a_tool_whose_numbers_cannot_belong_together_is_refused(spoil):
    document = json.loads(shipped())
    spoil(document)
    with pytest.raises(ToolRefused):
        parse_typing_tool(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_what_is_no_tool_is_refused(text):
    with pytest.raises(ToolRefused):
        parse_typing_tool(text)


def test_typing_an_answer_needs_no_scikit_learn():
    program = (
        "import sys; from segmentation.typing_tool import load_typing_tool;"
        "from segmentation.instrument import Answers;"
        "load_typing_tool().assign(Answers({'thrills': 1}));"
        "import segmentation.classification;"
        "print({'sklearn', 'scipy'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"


def exported_and_estimated(sample, instrument):
    """A tool that went through its file, and the classifier whose numbers it carries."""
    tool = parse_typing_tool(write_typing_tool(fit(sample, instrument)))
    ratings = sample.ratings_of(tool.facets)
    estimator = SegmentRegionClassifier(scores=standing_weights(tool.facets, tool.norms))
    return tool, estimator.fit(likeness(ratings), sample.segments, sample_weight=sample.weights)


def largest_difference(tool, estimator, ratings):
    chance = np.random.default_rng(8)
    told = 0.0
    for share in (0.0, 0.2, 0.5, 0.8, 1.0):
        gappy = np.where(chance.random(ratings.shape) < share, np.nan, ratings)
        gap = tool.posteriors(gappy) - estimator.predict_proba(likeness(gappy))
        told = max(told, np.abs(gap).max())
    return told


def check_exported(tool, estimator, ratings):
    """The arithmetic is the same; seven decimals in the file cost a millionth at most."""
    assert largest_difference(tool, estimator, ratings) < 1e-6
    estimator.mean_, estimator.covariance_ = (
        numbers.round(7) for numbers in (estimator.mean_, estimator.covariance_)
    )
    assert largest_difference(tool, estimator, ratings) < 1e-9


def test_the_exported_numbers_say_what_scikit_learn_says(invented, instrument):
    sample = Sample.of(invented, held_out=False)
    tool, estimator = exported_and_estimated(sample, instrument)
    assert estimator.classes_.tolist() == [0, 1, 2]
    others = Sample.of(invented, held_out=True)
    check_exported(tool, estimator, others.ratings_of(tool.facets))


@pytest.mark.respondents
def test_the_shipped_numbers_say_what_scikit_learn_says_of_real_people(respondents, instrument):
    sample = Sample.of(respondents, held_out=False)
    _, estimator = exported_and_estimated(sample, instrument)
    check_exported(TOOL, estimator, sample.ratings_of(TOOL.facets))
