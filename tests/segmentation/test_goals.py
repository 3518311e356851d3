import pytest

from segmentation.evaluation import Measure
from segmentation.goals import Row, Table, Verdict

ITEMS = Row("items", Measure(6.0, 5.9, 6.1), 6.5, 6.0, least=False, places=2)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (0.85, Verdict.REACHED),
        (0.84, Verdict.MET),
        (0.82, Verdict.WITHIN),
        (0.80, Verdict.MISSED),
    ],
)
def test_a_result_is_held_against_its_target_and_its_interval(value, verdict):
    measure = Measure(value, value - 0.02, value + 0.02)
    assert Row("accuracy", measure, 0.83, 0.85).verdict is verdict


def test_where_less_is_better_the_low_end_of_the_interval_counts():
    assert ITEMS.verdict is Verdict.REACHED
    assert Row("ECE", Measure(0.04, 0.02, 0.06), 0.03, least=False).verdict is Verdict.WITHIN
    assert Row("ECE", Measure(0.04, 0.035, 0.06), 0.03, least=False).verdict is Verdict.MISSED


def test_what_is_shown_for_comparison_has_no_verdict():
    assert Row("hindsight", Measure(6.6, 6.1, 7.2)).verdict is None


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [(0.81, Verdict.REACHED), (0.795, Verdict.WITHIN), (0.7, Verdict.MISSED)],
)
def test_few_items_are_worth_no_more_than_the_accuracy_they_reach(accuracy, verdict):
    measure = Measure(accuracy, accuracy - 0.01, accuracy + 0.01)
    row = Row("items", ITEMS.result, 6.5, 6.0, least=False, beside=Row("with", measure, 0.80))
    assert row.verdict is verdict


def test_a_miss_is_not_mended_by_what_stands_beside_it():
    row = Row("items", Measure(9, 8, 10), 6.5, least=False, beside=ITEMS)
    assert row.verdict is Verdict.MISSED


def test_the_table_prints_targets_results_and_what_stands_beside_them():
    row = Row("accuracy", Measure(0.842, 0.826, 0.857), 0.85, 0.87, note="how", beside=ITEMS)
    table = Table("tool-1", 10, 20, (row, Row("hindsight", Measure(1, 0, 2))))
    lines = table.text().splitlines()
    assert lines[0] == "tool-1: 10 training, 20 held-out respondents"
    shown = "accuracy ≥0.85 ≥0.87 0.842 (0.826 to 0.857) missed, within interval"
    assert " ".join(lines[3].split()) == shown
    assert lines[4] == "    how"
    assert lines[5].split()[:4] == ["items", "≤6.50", "≤6.00", "6.00"]
    assert lines[6].split()[0] == "hindsight"
    assert table.document()["rows"][0]["beside"]["verdict"] == "met, and the reach"


def test_what_was_tried_is_said_where_something_falls_short():
    short = Row("accuracy", Measure(0.8, 0.79, 0.81), 0.85)
    assert "Tried this." in Table("tool-1", 1, 1, (short, ITEMS), "Tried this.").text()
    assert "Tried this." not in Table("tool-1", 1, 1, (ITEMS,), "Tried this.").text()
