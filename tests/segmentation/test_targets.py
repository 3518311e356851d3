import json
from dataclasses import replace

import pytest

from segmentation.respondents import TooFewRespondents
from segmentation.targets import TOO_GOOD, Size, table

SMALL = Size(invented=600, timed=3, classified=200)
MEASURES = (
    "12 fixed items",
    "12 items of the paper form",
    "10 fixed items: log loss",
    "10 fixed items: ECE",
    "adaptive: mean items",
    "adaptive, at most 12",
    "adaptive, against the latent truth",
    "10 fixed items, abstaining",
    "adaptive without wealth",
    "trained on round 7",
    "largest gap",
    "next_item",
    "classify",
)
TIMED = ("next_item", "classify")


def rows_of(found):
    return {row.measure: row for row in found.rows}


def numbers(found):
    """Everything but how long things took, which nobody can repeat."""
    return [row for row in found.document()["rows"] if not row["measure"].startswith(TIMED)]


@pytest.fixture(scope="module")
def two_rounds(invented):
    return [
        replace(person, essround=7 if number % 2 else 9) for number, person in enumerate(invented)
    ]


@pytest.fixture(scope="module")
def invented_table(two_rounds, tool, instrument):
    return table(two_rounds, tool, instrument, size=SMALL)


def test_every_number_to_reach_has_its_row(invented_table):
    for start in MEASURES:
        rows = [row for row in invented_table.rows if row.measure.startswith(start)]
        assert rows, start
        assert rows[0].verdict is not None, start
    json.dumps(invented_table.document())


def test_half_of_it_can_be_done_twice_with_the_same_result(
    two_rounds, tool, instrument, invented_table
):
    again = table(two_rounds, tool, instrument, size=SMALL)
    assert numbers(again) == numbers(invented_table)


def test_it_says_how_far_it_has_come(two_rounds, tool, instrument, monkeypatch):
    with pytest.raises(TooFewRespondents):
        table([], tool, instrument)
    steps = []

    def stop_early(done, of):
        steps.append((done, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table(two_rounds, tool, instrument, stop_early, SMALL)
    assert steps[0][0] == 0 < steps[0][1]


def test_one_side_without_people_is_refused(invented, tool, instrument):
    with pytest.raises(TooFewRespondents):
        table([person for person in invented if not person.held_out], tool, instrument)


@pytest.mark.respondents
def test_the_numbers_on_real_people_are_what_they_should_be_and_no_better(
    respondents, tool, instrument
):
    found = table(respondents, tool, instrument, size=SMALL)
    assert (found.trained, found.held_out) == (2185, 2139)
    rows = rows_of(found)
    fixed = rows["12 fixed items chosen for the full form: accuracy"]
    assert 0.80 < fixed.result.value < TOO_GOOD
    assert "LEAKAGE" not in fixed.note
    assert rows["10 fixed items: ECE"].result.value <= 0.03
    assert rows["adaptive, at most 12: accuracy"].result.high >= 0.85
    assert rows["adaptive, at most 12: accuracy"].beside.result.value <= 8.6
    few = rows["adaptive: mean items for an accuracy of .80"]
    assert few.result.value <= 6.5
    assert few.beside.result.high >= 0.80
    assert rows["trained on round 7: points lost from round 7 to 9"].result.low <= 2
    assert rows["adaptive, against the latent truth: accuracy"].result.high >= 0.70
