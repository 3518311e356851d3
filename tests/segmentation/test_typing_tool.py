import json
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.instrument import Answers, load_instrument
from segmentation.segments import Segment
from segmentation.typing_tool import (
    DEFAULT,
    Reason,
    ToolRefused,
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


def test_without_an_answer_the_probabilities_are_the_prior():
    assignment = TOOL.assign(Answers({}))
    prior = json.loads(shipped())["prior"]
    assert dict(assignment.posterior) == prior
    assert (assignment.segment, assignment.reason) == (None, Reason.TOO_FEW)
    assert dict(assignment.scores) == {}


def test_the_prior_is_also_what_averaging_over_every_item_comes_to():
    nothing = TOOL._given(np.zeros(len(CODES), dtype=bool).tobytes())
    exponentials = np.exp(nothing.intercept + nothing.spread)
    shares = nothing.weights @ (exponentials / exponentials.sum(axis=1, keepdims=True))
    assert shares == pytest.approx(TOOL.prior, abs=1e-6)


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
    answers = Answers(dict.fromkeys(CODES[:8], 3))
    rules = replace(TOOL.refusals, minimum_items=9, threshold=1.0)
    first, second, third = rules.precedence
    assert replace(TOOL, refusals=rules).assign(answers).reason is first is Reason.TOO_FEW
    turned = replace(rules, precedence=(third, second, first))
    assert replace(TOOL, refusals=turned).assign(answers).reason is Reason.LOW_CONFIDENCE


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


def test_people_typed_together_get_what_they_get_alone():
    chance = np.random.default_rng(2)
    ratings = chance.integers(1, 7, (300, len(CODES))).astype(float)
    ratings[chance.random(ratings.shape) < 0.3] = np.nan
    together = TOOL.posteriors(ratings)
    for row, posterior in zip(ratings, together, strict=True):
        assert TOOL.posteriors(row[np.newaxis])[0] == pytest.approx(posterior, abs=1e-14)


def test_the_numbers_of_a_tool_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        TOOL.prior[0] = 1.0


def test_nobody_at_all_is_an_empty_answer():
    assert TOOL.posteriors(np.empty((0, len(CODES)))).shape == (0, 3)


def test_writing_and_reading_a_tool_gives_the_same_file_and_the_same_numbers():
    assert write_typing_tool(parse_typing_tool(shipped())) == shipped()
    again = parse_typing_tool(write_typing_tool(TOOL))
    assert (again.intercept == TOOL.intercept).all()
    assert (again.covariance == TOOL.covariance).all()
    assert again.refusals == TOOL.refusals


def test_the_tool_asks_what_the_questionnaire_asks():
    assert list(TOOL.items) == CODES
    assert list(TOOL.facets) == [item.facet for item in INSTRUMENT.items]


def test_the_file_carries_its_own_licence_and_names_its_source():
    provenance = json.loads(shipped())["provenance"]
    assert "CC BY-NC-SA 4.0" in provenance["licence"]
    assert "European Social Survey ERIC" in provenance["attribution"]
    assert max(map(len, shipped().splitlines())) < 250


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document.pop("prior"),
        lambda document: document["prior"].update(settler=0.9),
        lambda document: document["refusals"].update(precedence=["too-few"]),
        lambda document: document["refusals"].update(precedence=["because"]),
        lambda document: document["likeness"]["covariance"].pop(),
        lambda document: document["likeness"]["covariance"][0].__setitem__(0, -1),
        lambda document: document["logits_of_likeness"]["pioneer"].update(intercept="NaN"),
        lambda document: document["logits_of_likeness"]["pioneer"].pop("thrills"),
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
