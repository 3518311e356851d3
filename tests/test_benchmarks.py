"""Each benchmark runs in miniature and prints what it is for; none is held to a clock."""

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.cohort import settings_of
from benchmarks.floor import create_floor
from benchmarks.load import Page, WalkBroken, walk
from benchmarks.pages import PARENTS
from benchmarks.report import Row, table
from parentportal.app import create_app


@pytest.mark.parametrize(
    ("part", "figures"),
    [
        (
            "survey",
            {
                "1 parent: completions",
                "1 parent: page time, p95",
                "1 parent: the server's work a page",
                "2 parents: completions",
                "2 parents: page time, p95",
                "2 parents: the server's work a page",
            },
        ),
        (
            "typing",
            {
                "one by one, every item answered",
                "one by one, a quarter left out",
                "classify a CSV, a quarter left out",
            },
        ),
        ("asking", {"choosing the next question"}),
        (
            "letters",
            {
                "English, a file each",
                "English, one file for all",
                "Urdu, a file each",
                "Urdu, one file for all",
                "one side, a file each",
                "one side, one file for all",
                "one side, against WeasyPrint",
                "one side, two threads, against WeasyPrint",
                "one file for all, against WeasyPrint",
                "composing messages",
                "memory of a print run of 4 letters, against 4",
            },
        ),
        (
            "dispatch",
            {"emails through Notify, no limit", "emails through Notify, 3,000 a minute"},
        ),
        ("import", {"check", "confirm"}),
    ],
)
def test_a_part_prints_its_figures(part, figures, capsys):
    assert main([part, "--size", "least", "--sqlite", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert {row["what"] for row in rows} == figures
    assert all(reading >= 0 for row in rows for reading in row["readings"])


def test_the_queries_of_every_page_of_the_parents_are_counted(capsys, tmp_path):
    assert main(["queries", "--size", "least", "--sqlite", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    counts = {row["what"]: row["median"] for row in rows if "parents" in row["part"]}
    pages = {
        f"{method} {rule.rule}"
        for rule in create_app(settings_of("sqlite://", tmp_path)).url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if rule.endpoint.partition(".")[0] in PARENTS
    }
    assert pages - counts.keys() == set()
    assert counts["POST /survey/question/<int:number>"] > 0


def test_a_part_nobody_has_written_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["gallop"])
    assert "gallop" in capsys.readouterr().err


def test_the_table_shows_the_median_the_spread_and_the_ratio_to_the_floor():
    shown = table([Row("survey", "presses", "ms", (30.0, 10.0, 20.0), (4.0, 5.0, 6.0), "SQLite")])
    heading, row = shown.splitlines()[-2:]
    assert " ".join(heading.split()) == "what on unit median least–most floor least–most ratio"
    assert row.split() == ["presses", "SQLite", "ms", "20", "10–30", "5", "4–6", "4.00"]


def test_a_part_without_a_floor_has_no_column_for_one():
    heading = table([Row("typing", "one by one", "responses/s", (1.0, 2.0))]).splitlines()[-2]
    assert heading.split() == ["what", "unit", "median", "least–most"]


class InProcess:
    """A browser without a network."""

    def __init__(self, app):
        self.client = app.test_client()

    def open(self, path, fields=None):
        method = "GET" if fields is None else "POST"
        answer = self.client.open(path, method=method, data=fields, follow_redirects=True)
        return Page(answer.status_code, answer.request.path, answer.text)


def test_a_walk_presses_through_every_page_of_the_floor_and_each_keeps_a_row(tmp_path):
    browser = InProcess(create_floor(f"sqlite:///{tmp_path / 'floor.sqlite3'}", pages=3))
    assert len(walk(browser, "/first/1", {})) == 3
    with pytest.raises(WalkBroken, match="500"):  # the same rows again
        walk(browser, "/first/1", {})


def test_a_walk_that_meets_no_form_is_no_figure(tmp_path):
    browser = InProcess(create_floor(f"sqlite:///{tmp_path / 'floor.sqlite3'}", pages=1))
    with pytest.raises(WalkBroken, match="no form"):
        walk(browser, "/", {})
