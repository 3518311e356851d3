import csv
import json
import subprocess
import sys

import pytest

from segmentation.__main__ import main
from segmentation.respondents import BACKGROUND
from segmentation.scoring import FACETS
from segmentation.typing_tool import parse_typing_tool


@pytest.fixture
def invented_file(invented, tmp_path):
    path = tmp_path / "invented.csv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "essround", "pspwght", *FACETS, *BACKGROUND])
        for person in invented:
            background = ["" if v != v else v for v in person.background.values()]  # noqa: PLR0124
            ratings = [person.ratings[facet] for facet in FACETS]
            writer.writerow([person.id, person.essround, person.weight, *ratings, *background])
    return path


def test_train_writes_a_tool_that_evaluate_can_test(invented_file, tmp_path, capsys):
    out = tmp_path / "tool.json"
    assert main(["train", "--data", str(invented_file), "--out", str(out)]) == 0
    tool = parse_typing_tool(out.read_text(encoding="utf-8"))
    assert tool.provenance["training"]["respondents"] > 200
    assert "cross-validated accuracy" in capsys.readouterr().out
    command = ["evaluate", "--data", str(invented_file), "--tool", str(out)]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["against_the_full_form"]["accuracy"]["value"] > 0.7
    assert main(command) == 0
    assert f"{found['against_the_full_form']['ece']['value']:.3f}" in capsys.readouterr().out


def test_classify_from_the_shell_needs_nothing_but_the_file(tmp_path):
    (tmp_path / "in.csv").write_text("id,thrills\np1,3\n", encoding="utf-8")
    command = [sys.executable, "-m", "segmentation", "classify", "in.csv", "out.csv"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") == 2


def test_a_refused_file_exits_with_2_and_says_which_rows(tmp_path, capsys):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,thrills\np1,3\np2,8\np1,4\n", encoding="utf-8")
    assert main(["classify", str(source), str(target)]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "row 3, column thrills: neither blank nor 1 to 6",
        "row 4, column id: the id has been used further up",
    ]
    assert not target.exists()


def test_faults_beyond_the_list_are_counted(tmp_path, capsys):
    source = tmp_path / "in.csv"
    source.write_text("id,thrills\n" + "".join(f"p{n},8\n" for n in range(130)), encoding="utf-8")
    assert main(["classify", str(source), str(tmp_path / "out.csv")]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "and 30 more"


@pytest.mark.parametrize("command", ["train", "evaluate", "select"])
def test_a_file_that_is_missing_or_unsound_exits_with_2(command, tmp_path, capsys):
    assert main([command, "--data", str(tmp_path / "none.csv")]) == 2
    unsound = tmp_path / "unsound.csv"
    unsound.write_text("id\n1\n", encoding="utf-8")
    assert main([command, "--data", str(unsound)]) == 2
    assert "no column" in capsys.readouterr().err


def test_too_few_respondents_exit_with_2(invented_file, tmp_path, capsys):
    few = tmp_path / "few.csv"
    some = invented_file.read_text(encoding="utf-8").splitlines()[:20]
    few.write_text("\n".join(some), encoding="utf-8")
    assert main(["train", "--data", str(few), "--out", str(tmp_path / "tool.json")]) == 2
    assert "too few" in capsys.readouterr().err
    assert not (tmp_path / "tool.json").exists()


def test_select_prints_a_facet_a_line(invented_file, capsys):
    assert main(["select", "--data", str(invented_file), "--items", "1"]) == 0
    assert capsys.readouterr().out.split()[0] in FACETS
