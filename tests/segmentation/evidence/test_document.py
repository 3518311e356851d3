import copy

import pytest

from segmentation.__main__ import main
from segmentation.evidence.card import write
from segmentation.evidence.charts import draw
from segmentation.evidence.command import CARD, NUMBERS
from segmentation.evidence.document import SECTIONS, compute, differences
from segmentation.evidence.study import Study


@pytest.mark.full
def test_the_same_respondents_give_the_same_numbers(surveyed, tool, instrument, computed):
    again = compute(Study.of(surveyed, tool, instrument, simulated=400))
    assert again == computed


def test_numbers_of_any_respondents_make_a_card_with_figures(computed):
    assert set(SECTIONS) < set(computed)
    assert "Held-out parents are too few to tell." in " ".join(write(computed).split())
    figures = draw(computed)
    assert figures == draw(computed)
    assert all(figure.startswith(b"<?xml") for figure in figures.values())
    assert not any(b"<dc:date>" in figure for figure in figures.values())


def test_numbers_that_agree_to_three_decimals_are_no_difference():
    assert not list(differences({"a": [0.8384, 3]}, {"a": [0.8387, 3]}))
    (found,) = differences({"a": [0.8384, 3]}, {"a": [0.8395, 3]})
    assert found == "/a/0: committed 0.8384, computed 0.8395"


@pytest.mark.parametrize(
    ("committed", "computed", "said"),
    [
        ({"a": 1}, {}, "/a: only in the committed"),
        ({}, {"a": 1}, "/a: only in the computed"),
        ({"a": "none"}, {"a": "large"}, "/a: committed 'none', computed 'large'"),
        ({"a": [1]}, {"a": [1, 2]}, "/a: committed [1], computed [1, 2]"),
        ({"a": None}, {"a": 0.2}, "/a: committed None, computed 0.2"),
    ],
)
def test_whatever_else_differs_is_named(committed, computed, said):
    assert list(differences(committed, computed)) == [said]


def test_a_number_anywhere_in_the_document_that_changes_is_found(computed):
    changed = copy.deepcopy(computed)
    changed["forms"]["adaptive"]["latent"]["accuracy"]["value"] += 0.001
    (found,) = differences(computed, changed)
    assert found.startswith("/forms/adaptive/latent/accuracy/value: committed ")


@pytest.mark.respondents
def test_the_committed_numbers_are_those_of_the_real_respondents(respondents_file, capsys):
    status = main(["evaluate", "--data", str(respondents_file), "--check"])
    assert (status, capsys.readouterr().err) == (0, "")


@pytest.mark.full
def test_evaluate_writes_what_it_then_finds_unchanged(surveyed_file, tmp_path, capsys):
    out = tmp_path / "card"
    command = ["evaluate", "--data", str(surveyed_file), "--out", str(out)]
    assert main(command) == 0
    assert capsys.readouterr().out.split()[:2] == [str(out / NUMBERS), str(out / CARD)]
    assert main([*command, "--check"]) == 0
    numbers = (out / NUMBERS).read_text(encoding="utf-8")
    (out / NUMBERS).write_text(numbers.replace('"read": 600', '"read": 601'), encoding="utf-8")
    assert main([*command, "--check"]) == 1
    assert "/people/read: committed 601, computed 600" in capsys.readouterr().err
