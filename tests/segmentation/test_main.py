import json
import subprocess
import sys

from segmentation.__main__ import main


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


def test_what_classify_did_is_told_as_json_too(tmp_path, capsys):
    (tmp_path / "in.csv").write_text("id,thrills\np1,3\n", encoding="utf-8")
    out = tmp_path / "out.csv"
    assert main(["classify", str(tmp_path / "in.csv"), str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": 1, "written": str(out)}
