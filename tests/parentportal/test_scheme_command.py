"""The command that prints a Personal Transport Budget line by line."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from click.testing import CliRunner

from messaging.council import Council, demonstration_council, load_council
from parentportal.cli import main
from parentportal.operations.council import save_council

LEICESTERSHIRE = """scheme = { kind = "distance-bands", measured = "by-road", per = "year", \
valid_from = 2026-09-01, valid_to = 2027-08-31, \
bands = [{ pounds = "1000", upper_miles = "2", upper = "exclusive" }, { pounds = "1500" }], \
age_reductions = [{ ages = ["16-18"], pounds_a_year = "660" }] }
"""


@pytest.fixture
def settings_file(tmp_path):
    for shipped in (files("messaging") / "demonstration").iterdir():
        if shipped.is_file():
            (tmp_path / shipped.name).write_bytes(shipped.read_bytes())
    return tmp_path / "council.toml"


@pytest.fixture
def in_bands(settings_file):
    before, after = settings_file.read_text(encoding="utf-8").split(
        "[personal_transport_budget.scheme]\n"
    )
    rest = after[after.index("[") :]
    text = f"{before.rstrip()}\n{LEICESTERSHIRE}\n{rest}"
    settings_file.write_text(text, encoding="utf-8")
    return settings_file


def run(*words):
    return CliRunner().invoke(main, ["council", "scheme", *(str(word) for word in words)])


def test_the_sum_is_printed_line_by_line_with_the_days_it_is_paid(settings_file):
    result = run("--miles", 5, "--council", settings_file, "--on", "2026-11-22")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "5 miles × 55p × 4 × 190 days £2,090" in lines
    assert "A year £2,090" in lines
    assert "1 30 September 2026 £190" in lines
    assert "9 28 May 2027 £190" in lines  # the 31st is a bank holiday
    assert len(lines) == 3 + 1 + 11


def test_a_reduction_has_a_line_of_its_own(in_bands):
    result = run("--miles", 3, "--age-band", "16-18", "--council", in_bands, "--on", "2026-11-22")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "from 2 miles: £1,500 £1,500" in lines
    assert "− £660 (ages 16 to 18) −£660" in lines
    assert "A year £840" in lines


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--miles", "five"), "Say the miles one way"),
        (("--miles", "3", "--age-band", "26-30"), "This age band is not known."),
        (("--miles", "3", "--age-band", "post-16"), "The amount goes by the ages 16-18"),
        (("--miles", "3", "--on", "2020-01-01"), "begins on 2026-09-01"),
    ],
)
def test_no_amount_is_said_with_its_reason(in_bands, words, reason):
    result = run("--council", in_bands, "--on", "2026-11-22", *words)
    assert result.exit_code == 2
    assert reason in result.output


def test_a_file_that_is_no_council_is_refused(settings_file):
    settings_file.write_text("name = 'x'", encoding="utf-8")
    result = run("--miles", 5, "--council", settings_file)
    assert result.exit_code == 2
    assert "colour: is missing" in result.output


def test_without_a_file_the_settings_in_force_are_asked(database, clock, monkeypatch, tmp_path):
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    assert run("--miles", 5).exit_code == 1
    with database.transaction() as session:
        save_council(session, demonstration_council(), now=clock())
    assert "£2,090" in run("--miles", 5, "--on", "2026-11-22").output


def test_settings_with_lists_of_tables_are_shown_as_they_can_be_set(
    database, clock, monkeypatch, tmp_path, in_bands
):
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    council = load_council(in_bands)
    with database.transaction() as session:
        save_council(session, council, now=clock())
    shown = CliRunner().invoke(main, ["council", "show"]).output
    assert Council.from_document(tomllib.loads(shown)) == council
