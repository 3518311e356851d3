"""The house stands as it was drawn: arrows, sizes, words and what is shipped."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("parentportal", "segmentation", "messaging")
LONGEST = 400
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_imports_point_one_way():
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_web_worker_starts_without_scikit_learn():
    code = (
        "import sys, parentportal.app, segmentation.typing_tool as t; t.load_typing_tool();"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in {'sklearn', 'scipy'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_too_long_to_hold_in_the_head(path):
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize(
    "word", ["utils", "helper", "helpers", "manager", "handler", "misc", "common"]
)
def test_no_room_has_a_name_that_says_nothing(word):
    assert [path for path in SOURCES if word in path.stem.split("_")] == []


def test_operations_never_commit():
    found = [
        path
        for path in (ROOT / "parentportal" / "operations").rglob("*.py")
        if re.search(r"\.commit\(\)", path.read_text())
    ]
    assert found == []


def test_views_hold_no_select():
    rooms = ("survey", "account", "desk", "programme")
    found = [
        path
        for room in rooms
        for path in (ROOT / "parentportal" / room).rglob("*.py")
        if re.search(r"\bselect\(", path.read_text())
    ]
    assert found == []
