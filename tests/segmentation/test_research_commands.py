import csv
import json

import pytest

from segmentation.__main__ import main
from segmentation.scoring import FACETS, SEGMENTS
from segmentation.training import Sample
from segmentation.typing_tool import parse_typing_tool


def told(capsys):
    return json.loads(capsys.readouterr().out)


def refusal(capsys):
    return capsys.readouterr().err


def test_train_writes_a_tool_that_simulate_can_play(invented_file, tmp_path, capsys):
    out = tmp_path / "tool.json"
    train = ["train", "--data", str(invented_file), "--out", str(out)]
    assert main(train) == 0
    assert "cross-validated accuracy of the assigned" in capsys.readouterr().out
    assert main([*train, "--json"]) == 0
    tool = parse_typing_tool(out.read_text(encoding="utf-8"))
    written = told(capsys)
    assert written["respondents"] == tool.provenance["training"]["respondents"] > 200
    assert written["threshold"] == tool.provenance["threshold"]
    play = ["simulate", "--data", str(invented_file), "--tool", str(out)]
    assert main([*play, "--json"]) == 0
    found = told(capsys)["aimed_at_form"]
    assert found["asking"]["stop"] == tool.asking.stop
    assert found["against"]["form"]["accuracy"]["value"] > 0.7
    assert main(play) == 0
    assert f"{found['against']['form']['accuracy']['value']:.3f}" in capsys.readouterr().out


def test_simulate_plays_by_the_rules_it_is_given(invented_file, capsys):
    command = ["simulate", "--data", str(invented_file), "--json", "--people", "50"]
    rules = ["--stop", "0.75", "--min-items", "4", "--max-items", "6", "--without", "imprich"]
    assert main([*command, *rules]) == 0
    found = told(capsys)["aimed_at_form"]
    assert found["people"] == 50
    asking = found["asking"]
    assert (asking["stop"], asking["minimum"], asking["maximum"]) == (0.75, 4, 6)
    assert 4 <= found["items"]["median"]["value"] <= found["items"]["p90"]["value"] <= 6


@pytest.mark.parametrize(
    ("side", "held_out"), [("held-out", True), ("training", False), ("all", None)]
)
def test_simulate_takes_one_side_of_the_split_or_both(
    invented, invented_file, capsys, side, held_out
):
    expected = len(Sample.of(invented, held_out=held_out).people)
    assert main(["simulate", "--data", str(invented_file), "--side", side, "--json"]) == 0
    assert told(capsys)["aimed_at_form"]["people"] == expected


def test_simulate_writes_what_was_asked_of_each_person(invented_file, tool, tmp_path, capsys):
    out = tmp_path / "people.csv"
    command = ["simulate", "--data", str(invented_file), "--people", "20", "--per-person", str(out)]
    assert main([*command, "--json"]) == 0
    found = told(capsys)["aimed_at_form"]
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 20
    for row in rows:
        asked = row["items"].split()
        assert asked[0] == tool.asking.first
        assert len(set(asked)) == len(asked) <= tool.asking.maximum
        chances = {segment: float(row[f"p_{segment}"]) for segment in SEGMENTS}
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
        assert bool(row["segment"]) != bool(row["reason"])
        if row["segment"]:
            assert chances[row["segment"]] == max(chances.values()) >= tool.refusals.threshold
    assigned = sum(bool(row["segment"]) for row in rows) / 20
    assert found["against"]["form"]["coverage"]["value"] == assigned
    lengths = [len(row["items"].split()) for row in rows]
    assert found["items"]["mean"]["value"] == sum(lengths) / 20


def test_simulate_judges_both_games_against_the_latent_truth(capsys):
    command = ["simulate", "--truth", "latent", "--people", "600"]
    assert main([*command, "--json"]) == 0
    found = told(capsys)
    assert set(found) == {"aimed_at_latent", "aimed_at_form"}
    assert set(found["aimed_at_latent"]["against"]) == {"latent"}
    against = found["aimed_at_form"]["against"]
    assert against["form"]["accuracy"]["value"] > against["latent"]["accuracy"]["value"] + 0.05
    assert main(command) == 0
    assert "their latent truth" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        (["--min-items", "9", "--max-items", "8"], "fewer items"),
        (["--without", "imptrad"], "asked first"),
        (["--truth", "latent", "--per-person", "out.csv"], "--truth form"),
    ],
)
def test_rules_that_cannot_be_played_by_are_refused(invented_file, capsys, rules, why):
    assert main(["simulate", "--data", str(invented_file), *rules]) == 2
    assert why in refusal(capsys)


def test_simulate_needs_respondents_or_invented_people(capsys):
    assert main(["simulate"]) == 2
    assert "--data" in refusal(capsys)


@pytest.mark.parametrize(
    "wrong", [["--stop", "1.5"], ["--max-items", "0"], ["--without", "thrills"]]
)
def test_numbers_and_facets_that_make_no_sense_are_refused(invented_file, capsys, wrong):
    with pytest.raises(SystemExit) as stopped:
        main(["simulate", "--data", str(invented_file), *wrong])
    assert stopped.value.code == 2
    assert wrong[0] in refusal(capsys)


def test_select_names_the_facets_of_a_form(invented_file, capsys):
    command = ["select", "--data", str(invented_file), "--items", "2", "--truth", "form"]
    assert main([*command, "--json"]) == 0
    chosen = told(capsys)["facets"]
    assert len(set(chosen)) == 2
    assert set(chosen) <= set(FACETS)
    assert main(command) == 0
    assert capsys.readouterr().out.split()[:2] == chosen


def test_item_report_has_a_line_for_each_item_the_most_telling_first(invented_file, tool, capsys):
    command = ["item-report", "--data", str(invented_file)]
    assert main([*command, "--json"]) == 0
    found = told(capsys)
    assert {row["item"] for row in found} == set(tool.items)
    assert [row["bits"] for row in found] == sorted((row["bits"] for row in found), reverse=True)
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [row["item"] for row in found]


@pytest.mark.parametrize("command", ["train", "simulate", "targets", "select", "item-report"])
def test_a_file_that_is_missing_or_unsound_exits_with_2(command, tmp_path, capsys):
    assert main([command, "--data", str(tmp_path / "none.csv")]) == 2
    unsound = tmp_path / "unsound.csv"
    unsound.write_text("id\n1\n", encoding="utf-8")
    assert main([command, "--data", str(unsound)]) == 2
    assert "no column" in refusal(capsys)


@pytest.mark.parametrize("command", ["train", "simulate", "targets", "select", "item-report"])
def test_too_few_respondents_exit_with_2(command, invented_file, tmp_path, capsys):
    few = tmp_path / "few.csv"
    head = invented_file.read_text(encoding="utf-8").splitlines()[:1]
    few.write_text("\n".join(head), encoding="utf-8")
    out = ["--out", str(tmp_path / "tool.json")] if command == "train" else []
    assert main([command, "--data", str(few), *out]) == 2
    assert refusal(capsys)
    assert not (tmp_path / "tool.json").exists()
