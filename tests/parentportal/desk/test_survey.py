"""The officers' page of survey rounds."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from sqlalchemy import select

from parentportal.models import AuditEvent, Invitation, Role, Wave
from parentportal.permissions import Action, may
from tests.parentportal.counting import statements

ROUND = {"name": " Spring  2027 ", "opens": "2026-11-02", "closes": "2026-12-01"}


@pytest.fixture
def desk(as_role):
    return as_role(Role.OFFICER)


@pytest.fixture
def wave(desk, database):
    """A round that was opened on the page."""
    assert desk.post("/desk/survey", data=ROUND).location == "/desk/survey"
    with database.reading() as session:
        return session.scalars(select(Wave)).one()


def test_a_round_is_opened_and_listed_with_its_days(desk, wave):
    page = desk.get("/desk/survey").text
    assert wave.name == "Spring 2027"
    assert "Nobody is invited yet" in page
    assert "2 November 2026" in page
    assert "1 December 2026" in page
    assert 'href="/desk/survey"' in desk.get("/desk/").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "Enter a name"),
        ({"name": "Spring 2027"}, "Another survey round has this name."),
        ({"closes": ""}, "Enter the last day."),
        ({"closes": "2026-11-01"}, "The last day cannot lie before the first day"),
        ({"opens": "2025-01-01", "closes": "2025-02-01"}, "or before today."),
    ],
)
def test_a_round_that_cannot_be_is_explained(desk, wave, database, change, words):
    answer = desk.post("/desk/survey", data={**ROUND, "name": "Other", **change})
    assert 400 <= answer.status_code < 500
    assert words in unescape(answer.text)
    with database.reading() as session:
        assert len(session.scalars(select(Wave)).all()) == 1


def test_everyone_is_invited_and_their_codes_are_given_out_and_kept_in_the_trail(
    desk, wave, cohort, database, officers
):
    desk.post(f"/desk/survey/{wave.id}/invite")
    assert "8 more carers are invited. Nothing has been sent." in desk.get("/desk/survey").text
    answer = desk.post(f"/desk/survey/{wave.id}/codes.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with database.reading() as session:
        invitations = session.scalars(select(Invitation).filter_by(wave_id=wave.id))
        codes = {invitation.code for invitation in invitations}
        kept = session.scalars(select(AuditEvent).filter_by(action="give-out-codes")).one()
    assert {row["code"].replace("-", "") for row in rows} == codes
    assert (kept.actor_id, kept.detail) == (officers[Role.OFFICER].id, {"codes": 8})


def test_a_round_that_is_over_invites_nobody(as_role, wave, clock):
    clock.advance(days=40)
    desk = as_role(Role.OFFICER)
    assert "Closed" in desk.get("/desk/survey").text
    assert "Invite everyone to" not in desk.get("/desk/survey").text
    assert desk.post(f"/desk/survey/{wave.id}/invite").status_code == 410


@pytest.mark.parametrize("role", Role)
def test_the_survey_is_run_by_those_who_may(app, as_role, wave, role):
    one = f"/desk/survey/{wave.id}"
    client = as_role(role)
    for method, path in [
        ("GET", "/desk/survey"),
        ("POST", "/desk/survey"),
        ("POST", f"{one}/invite"),
        ("POST", f"{one}/codes.csv"),
    ]:
        endpoint = app.url_map.bind("localhost").match(path, method)[0]
        assert app.view_functions[endpoint].required_action is Action.RUN_SURVEY
        status = client.open(path, method=method).status_code
        assert (status == 403) is not may(role, Action.RUN_SURVEY), path


def test_the_page_and_its_buttons_make_few_queries(desk, wave, cohort):
    desk.get("/desk/survey")
    one = f"/desk/survey/{wave.id}"
    for method, path, most in [
        ("GET", "/desk/survey", 2),
        ("POST", f"{one}/codes.csv", 5),
    ]:
        with statements() as seen:
            desk.open(path, method=method)
        asked = [sql for sql in seen if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        assert len(asked) <= most, asked
