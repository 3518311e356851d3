"""``parentportal tool``: reports, retests, proposals and typing anew from the shell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from parentportal.cli import main
from parentportal.models import (
    Assignment,
    EarlierAssignment,
    Form,
    Invitation,
    OwnTool,
    Role,
    ToolState,
    Wave,
)
from segmentation.renorming import FEWEST_FORMS
from segmentation.typing_tool import DEFAULT, parse_typing_tool
from tests.conftest import KEYRING
from tests.parentportal.answered_rows import START, a_round, adopted, answered, families


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    """Call the command; gives what was printed and the exit code."""
    keys = tmp_path / "keys.json"
    keys.write_text(KEYRING.to_json())
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_KEYS", str(keys))
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))

    def run(*command):
        return CliRunner().invoke(main, [str(part) for part in command])

    return run


@pytest.fixture
def autumn(database):
    with database.transaction() as session:
        wave = a_round(session)
        answered(session, wave, families(session, 52))
    return wave


def count(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_without_confirm_a_round_is_not_typed_anew_but_told(run, database, autumn):
    with database.transaction() as session:
        own = adopted(session)
    result = run("tool", "retype", "--wave", "Autumn", "--tool", own.version)
    assert result.exit_code == 0, result.output
    assert "52 to type anew, 0 typed by it already, 0 left as they are." in result.output
    assert "hidden" in result.output
    assert "Nothing was written." in result.output
    assert count(database, EarlierAssignment) == 0


def test_confirmed_it_is_typed_anew_once(run, database, autumn):
    with database.transaction() as session:
        own = adopted(session)
    command = ("tool", "retype", "--wave", "Autumn", "--tool", own.version, "--confirm")
    assert "52 typed anew." in run(*command).output
    again = run(*command)
    assert "0 to type anew, 52 typed by it already" in again.output
    assert "0 typed anew." in again.output
    assert count(database, EarlierAssignment) == 52
    with database.reading() as session:
        assert set(session.scalars(select(Assignment.tool_version))) == {own.version}


def test_a_round_or_version_that_is_not_there_is_said_plainly(run, autumn):
    result = run("tool", "retype", "--wave", "Winter", "--tool", DEFAULT)
    assert result.exit_code == 1
    assert "no round of asking called “Winter”" in result.output
    result = run("tool", "retype", "--wave", "Autumn", "--tool", "nowhere")
    assert result.exit_code == 1
    assert "This version is not adopted" in result.output


def test_a_round_is_reported(run, autumn):
    result = run("tool", "report", "Autumn")
    assert result.exit_code == 0, result.output
    assert "Answers of 52 parents: steady" in result.output
    assert "Retest" not in result.output


def test_a_retest_is_drawn_and_says_how_many_are_missing(run, database, autumn):
    closes = (START + timedelta(days=900)).date()
    result = run("tool", "retest", "Autumn", "Again", "--closes", closes, "--seed", 4)
    assert result.exit_code == 0, result.output
    assert "52 of 52 carers are drawn (seed 4) and invited." in result.output
    with database.reading() as session:
        again = session.scalars(select(Wave).where(Wave.name == "Again")).one()
        assert again.repeats_id == autumn.id
    result = run("tool", "report", "Again")
    assert "Answers: 50 more parents have to answer." in result.output
    assert "Retest: 30 more parents have to answer both times." in result.output


def test_too_few_full_forms_are_refused_with_the_number_missing(run, database):
    with database.transaction() as session:
        answered(session, a_round(session), families(session, 3), form=Form.FULL)
    result = run("tool", "propose")
    assert result.exit_code == 1
    assert f"3 parents were asked every question: {FEWEST_FORMS - 3} more usable" in result.output
    assert count(database, OwnTool) == 0


def test_enough_full_forms_make_a_proposal_that_somebody_adopts(run, database, officers):
    with database.transaction() as session:
        answered(session, a_round(session), families(session, FEWEST_FORMS + 5), form=Form.FULL)
    result = run("tool", "propose")
    assert result.exit_code == 0, result.output
    with database.reading() as session:
        kept = session.scalars(select(OwnTool)).one()
        assert parse_typing_tool(kept.document).version == kept.version
        assert (kept.state, kept.based_on) == (ToolState.PROPOSED, DEFAULT)
        assert kept.comparison["people"] == FEWEST_FORMS + 5
    assert f"{kept.version} is proposed, from {FEWEST_FORMS + 5} parents." in result.output
    assert f"{kept.version}: proposed" in run("tool", "list").output
    programme = officers[Role.PROGRAMME].email
    assert run("tool", "decide", kept.version, "adopted", "--officer", programme).exit_code == 0
    assert f"New rounds are typed by {kept.version}." in run("tool", "list").output
    result = run("tool", "decide", kept.version, "declined", "--officer", programme)
    assert result.exit_code == 1


def test_only_who_may_tend_the_tool_decides_about_it(run, database, officers):
    with database.transaction() as session:
        own = adopted(session)
    command = ("tool", "decide", own.version, "set-aside", "--officer")
    result = run(*command, officers[Role.OFFICER].email)
    assert result.exit_code == 1
    assert "Your role does not cover this." in result.output
    assert run(*command, "nobody@exampleshire.example").exit_code == 2


def test_a_share_of_those_invited_is_asked_every_question(run, database):
    with database.transaction() as session:
        a_round(session, days=4000)
        families(session, 20)
    result = run("wave", "invite", "Autumn", "--full-share", 20, "--seed", 3)
    assert result.exit_code == 0, result.output
    with database.reading() as session:
        full = select(func.count(Invitation.id)).where(Invitation.form == Form.FULL)
        assert session.scalar(full) == 4
