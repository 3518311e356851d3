"""The officers' page of paper forms, and the commands that print them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pdfplumber
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.channels import Channel
from messaging.forms import Edition
from messaging.languages import LANGUAGES, is_right_to_left
from parentportal.cli import main
from parentportal.models import AuditEvent, Family, Role
from parentportal.operations import survey
from parentportal.operations.preferences import opt_out
from parentportal.permissions import Action, may
from parentportal.queries import forms
from parentportal.queries.forms import form_files
from segmentation.instrument import load_instrument
from tests.conftest import KEYRING
from tests.paper import fonts, is_tagged, pages, words
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements

SPOKEN = ("en_GB", "cy", "ur", "fr", "en_GB")


@pytest.fixture
def desk(as_role):
    return as_role(Role.OFFICER)


@pytest.fixture
def wave(database, council, clock):
    """A round to which five families are invited; the fifth has answered."""
    with database.transaction() as session:
        wave = survey.open_wave(
            session, "Spring", opens_at=clock(), closes_at=clock() + timedelta(30), now=clock()
        )
        carers = [
            a_family(session, f"F{number}", clock(), language=language)
            for number, language in enumerate(SPOKEN)
        ]
        issued = survey.invite(session, wave, carers, now=clock())
        survey.start(session, issued[4].invitation_id, "en_GB", now=clock())
        survey.submit(session, issued[4].invitation_id, now=clock())
        wave.codes = [str(one.code) for one in issued]
        return wave


@pytest.fixture
def run(database, tmp_path, monkeypatch, council):
    keys = tmp_path / "keys.json"
    keys.write_text(KEYRING.to_json())
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_KEYS", str(keys))
    monkeypatch.setenv("PARENTPORTAL_BASE_URL", "https://travel.example")
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    return lambda *said: CliRunner().invoke(main, [str(word) for word in said])


def squeezed(text):
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blank_form_asks_the_twelve_of_the_round_on_two_sides(desk, wave, language):
    answer = desk.get(f"/desk/survey/{wave.id}/form-{language}-a4.pdf")
    pdf = answer.get_data()
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert pages(pdf) == 2
    assert is_tagged(pdf)
    assert all(fonts(pdf).values())
    if not is_right_to_left(language):
        said = in_reading_order(pdf)
        starts = [
            said.index(squeezed(item.wording[language])) for item in load_instrument().paper_items
        ]
        assert starts == sorted(starts)
        assert len(starts) == 12


def in_reading_order(pdf):
    """All the letters of a file in the order of its text, without blanks."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return squeezed("".join(c["text"] for page in document.pages for c in page.chars))


def test_large_print_says_the_same_on_more_sides(desk, wave):
    pdf = desk.get(f"/desk/survey/{wave.id}/form-en_GB-large.pdf").get_data()
    assert pages(pdf) in {6, 8}
    said = in_reading_order(pdf)
    assert "2December2026" in said
    for item in load_instrument().paper_items:
        assert squeezed(item.wording["en_GB"]) in said


def test_forms_with_codes_are_of_those_still_to_be_asked_and_kept_in_the_trail(
    desk, wave, database, officers
):
    pdf = desk.post(f"/desk/survey/{wave.id}/forms-en_GB-a4-1.pdf").get_data()
    found = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", words(pdf))
    # On the front and at the foot of both sides; the fourth speaks French and gets English.
    assert found == [wave.codes[0]] * 3 + [wave.codes[3]] * 3
    with database.reading() as session:
        kept = session.scalars(select(AuditEvent).filter_by(action="give-out-forms")).one()
    assert kept.actor_id == officers[Role.OFFICER].id
    assert kept.detail == {"language": "en_GB", "part": 1, "forms": 2}


def test_the_page_offers_each_edition_and_the_files_there_are(desk, wave):
    page = desk.get(f"/desk/survey/{wave.id}/forms").text
    for language in LANGUAGES:
        for edition in Edition:
            assert f"form-{language}-{edition}.pdf" in page
    assert "2 forms with codes, of families 1 to 3" in page
    assert "forms-ur-large-1.pdf" in page
    assert "forms-pl" not in page
    assert f"/desk/survey/{wave.id}/forms" in desk.get("/desk/survey").text


@pytest.mark.parametrize(
    "path", ["form-fr-a4.pdf", "form-cy-a5.pdf", "forms-cy-a4-2.pdf", "forms-pl-a4-1.pdf"]
)
def test_a_file_that_is_not_there_is_not_found(desk, wave, path):
    method = "POST" if path.startswith("forms") else "GET"
    assert desk.open(f"/desk/survey/{wave.id}/{path}", method=method).status_code == 404


def test_a_round_that_is_over_gives_out_no_codes(as_role, wave, clock, database):
    clock.advance(days=31)
    desk = as_role(Role.OFFICER)
    assert "forms-cy" not in desk.get(f"/desk/survey/{wave.id}/forms").text
    assert desk.post(f"/desk/survey/{wave.id}/forms-cy-a4-1.pdf").status_code == 410
    with database.reading() as session:
        assert not session.scalars(select(AuditEvent).filter_by(action="give-out-forms")).all()


def test_a_file_keeps_its_families_as_more_of_them_answer(session, clock, monkeypatch):
    monkeypatch.setattr(forms, "A_FILE", 2)
    wave = survey.open_wave(
        session, "W", opens_at=clock(), closes_at=clock() + timedelta(1), now=clock()
    )
    carers = [a_family(session, f"F{number}", clock()) for number in range(5)]
    keys = [one.invitation_id for one in survey.invite(session, wave, carers, now=clock())]
    survey.skip(session, keys[0], now=clock())
    session.get_one(Family, carers[4].family_id).flags = ["bereavement"]
    session.flush()
    with statements() as seen:
        found = form_files(session, wave.id)
    assert len(seen) == 1
    assert [file.invitations for file in found] == [(keys[1],), (keys[2], keys[3]), ()]
    assert [(file.part, file.first, file.last) for file in found] == [
        (1, 1, 2),
        (2, 3, 4),
        (3, 5, 5),
    ]


@pytest.mark.parametrize(
    ("purpose", "channel", "is_asked"),
    [
        (None, None, False),
        (Purpose.SURVEY, None, False),
        (Purpose.SURVEY, Channel.LETTER, False),
        (Purpose.SURVEY, Channel.EMAIL, True),
        (Purpose.OFFER, None, True),
    ],
)
def test_no_form_is_printed_for_who_does_not_want_to_be_asked(
    session, clock, purpose, channel, is_asked
):
    wave = survey.open_wave(
        session, "W", opens_at=clock(), closes_at=clock() + timedelta(1), now=clock()
    )
    carers = [a_family(session, f"F{number}", clock()) for number in range(2)]
    keys = [one.invitation_id for one in survey.invite(session, wave, carers, now=clock())]
    opt_out(session, carers[0].id, purpose, channel, now=clock(), by=None)
    with statements() as seen:
        (found,) = form_files(session, wave.id)
    assert len(seen) == 1
    assert found.invitations == (tuple(keys) if is_asked else (keys[1],))


@pytest.mark.parametrize("role", Role)
def test_forms_are_printed_by_those_who_run_the_survey(app, as_role, wave, role):
    client = as_role(role)
    for method, path in [
        ("GET", f"/desk/survey/{wave.id}/forms"),
        ("GET", f"/desk/survey/{wave.id}/form-cy-a4.pdf"),
        ("POST", f"/desk/survey/{wave.id}/forms-cy-a4-1.pdf"),
    ]:
        endpoint = app.url_map.bind("localhost").match(path, method)[0]
        assert app.view_functions[endpoint].required_action is Action.RUN_SURVEY
        status = client.open(path, method=method).status_code
        assert (status == 403) is not may(role, Action.RUN_SURVEY), path


def test_the_page_and_its_files_make_few_queries(desk, wave):
    desk.get("/desk/survey")
    one = f"/desk/survey/{wave.id}"
    for method, path, most in [
        ("GET", f"{one}/forms", 3),
        ("GET", f"{one}/form-cy-a4.pdf", 3),
        ("POST", f"{one}/forms-cy-a4-1.pdf", 7),
    ]:
        with statements() as seen:
            desk.open(path, method=method)
        asked = [sql for sql in seen if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        assert len(asked) <= most, asked


def test_the_command_prints_blank_forms_in_the_languages_that_are_asked_for(run, wave, tmp_path):
    out = tmp_path / "forms"
    result = run("wave", "forms", "Spring", out, "--language", "cy", "--large")
    assert result.exit_code == 0, result.output
    assert [file.name for file in out.iterdir()] == ["form-cy-large.pdf"]
    assert "form-cy-large.pdf: 1 forms, 6 sides" in result.output


def test_the_command_prints_forms_with_codes_for_its_owner_alone(run, wave, tmp_path, database):
    out = tmp_path / "forms"
    result = run("wave", "forms", "Spring", out, "--codes")
    assert result.exit_code == 0, result.output
    names = ["forms-cy-a4-1.pdf", "forms-en_GB-a4-1.pdf", "forms-ur-a4-1.pdf"]
    assert sorted(file.name for file in out.iterdir()) == names
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in out.iterdir())
    assert wave.codes[1] in words((out / names[0]).read_bytes())
    with database.reading() as session:
        kept = session.scalars(select(AuditEvent).filter_by(action="give-out-forms")).all()
    assert {event.detail["language"]: event.detail["forms"] for event in kept} == {
        "en_GB": 2,
        "cy": 1,
        "ur": 1,
    }
    assert run("wave", "forms", "Spring", out, "--codes").exit_code == 1
