"""The officers' pages where paper forms are typed in."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from parentportal.models import Answer, AuditEvent, Mode, Response, Role
from parentportal.operations import survey
from parentportal.permissions import Action, may
from segmentation.instrument import Answers, load_instrument
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements

CODES = [item.code for item in load_instrument().paper_items]
ROWS = {f"row{number}": str(1 + number % 6) for number in range(1, 13)}


@pytest.fixture
def desk(as_role):
    return as_role(Role.OFFICER)


@pytest.fixture
def issued(database, clock):
    with database.transaction() as session:
        wave = survey.open_wave(
            session, "Spring", opens_at=clock(), closes_at=clock() + timedelta(7), now=clock()
        )
        carer = a_family(session, "F0001", clock(), name="Ali Sample", language="cy")
        return survey.invite(session, wave, [carer], now=clock())[0]


@pytest.fixture
def save(desk, issued):
    def post(language="en_GB", **rows):
        form = {**ROWS, "language": language, **rows}
        return desk.post(f"/desk/keying/{issued.invitation_id}", data=form)

    return post


@pytest.fixture
def begun(database, issued, clock):
    """The family has given two answers online and not sent them in."""
    with database.transaction() as session:
        survey.start(session, issued.invitation_id, "en_GB", now=clock())
        two = Answers({CODES[0]: 6, CODES[1]: 6})
        survey.record_answers(session, issued.invitation_id, two, now=clock())


def kept(database):
    with database.reading() as session:
        return {row.item: row.rating for row in session.scalars(select(Answer)) if row.rating}


def test_a_code_leads_to_twelve_rows_and_the_reference_and_to_no_name(desk, issued):
    page = desk.post("/desk/keying", data={"code": str(issued.code)})
    assert page.status_code == 200
    assert page.text.count('maxlength="1"') == 12
    assert "Form of family F0001" in page.text
    assert "Ali Sample" not in page.text
    assert '<option value="cy" selected>' in page.text
    for rating, words in load_instrument().answers("en_GB"):
        assert f"<strong>{rating}</strong> {words}" in page.text


def test_a_code_is_read_as_kindly_as_from_a_parent(desk, issued):
    typed = str(issued.code).lower().replace("-", " ").replace("l", "1").replace("s", "5")
    assert "F0001" in desk.post("/desk/keying", data={"code": typed}).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code that stands on the form."),
        ("ABC", "A code has 12 letters and numbers. You typed 3."),
        ("O" * 12, "Our codes never have the letter O or the number 0."),
        ("A" * 12, "We do not know this code. Please compare it with the form."),
    ],
)
def test_a_code_that_is_none_is_explained(desk, issued, typed, said):
    answer = desk.post("/desk/keying", data={"code": typed})
    assert answer.status_code == 400
    assert said in unescape(answer.text)


def test_a_whole_form_is_saved_at_once_and_the_next_code_can_be_typed(
    desk, save, database, officers
):
    answer = save()
    assert (answer.status_code, answer.location) == (303, "/desk/keying")
    page = desk.get("/desk/keying").text
    assert "Family F0001 is saved: 12 of 12 answered, 0 left out." in page
    assert 'name="code"' in page
    assert kept(database) == {code: 1 + n % 6 for n, code in enumerate(CODES, start=1)}
    with database.reading() as session:
        response = session.scalars(select(Response)).one()
        event = session.scalars(select(AuditEvent).filter_by(action="key-in")).one()
    assert response.mode is Mode.PAPER
    assert event.actor_id == officers[Role.OFFICER].id


def test_rows_left_out_are_counted_and_asked_about_before_anything_is_kept(save, database):
    page = save(row3="", row7=" ").text
    assert "10 of 12 answered, 2 left out." in page
    assert kept(database) == {}
    assert 'value="row3 row7"' in page
    assert save(row3="", row7="", left_out="row3 row7").status_code == 303
    assert set(kept(database)) == set(CODES) - {CODES[2], CODES[6]}


def test_another_row_left_out_is_asked_about_anew(save, database):
    assert "9 of 12 answered" in save(row3="", row7="", row9="", left_out="row3 row7").text
    assert kept(database) == {}


@pytest.mark.parametrize("typed", ["7", "0", "x", "12", "-1"])
def test_a_row_that_is_no_answer_is_explained_and_nothing_else_is_lost(save, database, typed):
    answer = save(row5=typed)
    assert answer.status_code == 422
    assert answer.text.count('href="#row5"') == 1
    assert "Row 5: type a number from 1 to 6, or leave it blank." in answer.text
    assert f'name="row4" type="text" value="{ROWS["row4"]}"' in answer.text
    assert kept(database) == {}


def test_a_form_without_an_answer_is_not_saved(save, database):
    answer = save(**dict.fromkeys(ROWS, ""), left_out=" ".join(ROWS))
    assert answer.status_code == 422
    assert "Type in at least one answer." in answer.text
    assert kept(database) == {}


def test_what_was_begun_online_gives_way_only_when_the_officer_says_so(
    desk, save, issued, begun, database
):
    page = desk.post("/desk/keying", data={"code": str(issued.code)}).text
    assert "2 answers are kept and not sent in" in page
    refused = save()
    assert refused.status_code == 422
    assert "Say that the form replaces it, or put the form aside." in refused.text
    assert set(kept(database).values()) == {6}
    assert save(replace="y").status_code == 303
    assert len(kept(database)) == 12


@pytest.mark.parametrize(
    ("online", "said"),
    [
        (False, "The form of family F0001 was typed in on 2 November 2026."),
        (True, "Family F0001 sent in their answers online on 2 November 2026."),
    ],
)
def test_a_code_that_has_answered_is_refused_with_what_to_do(  # noqa: PLR0917 -- fixtures
    desk, save, issued, database, clock, online, said
):
    if online:
        with database.transaction() as session:
            survey.start(session, issued.invitation_id, "en_GB", now=clock())
            survey.submit(session, issued.invitation_id, now=clock())
    else:
        save()
    before = kept(database)
    for answer in (desk.post("/desk/keying", data={"code": str(issued.code)}), save(row1="6")):
        assert answer.status_code == 400
        assert said in unescape(answer.text)
        assert "Put this" in answer.text
    assert kept(database) == before


def test_a_form_that_came_too_late_or_too_early_is_put_aside(as_role, issued, clock):
    clock.advance(days=7)
    answer = as_role(Role.OFFICER).post("/desk/keying", data={"code": str(issued.code)})
    assert "The round Spring is closed" in answer.text
    clock.advance(days=-8)
    answer = as_role(Role.OFFICER).post("/desk/keying", data={"code": str(issued.code)})
    assert "The round Spring is not open yet." in answer.text


@pytest.mark.parametrize("role", Role)
def test_forms_are_typed_in_by_those_who_may(app, as_role, issued, role):
    client = as_role(role)
    for method, path in [
        ("GET", "/desk/keying"),
        ("POST", "/desk/keying"),
        ("POST", f"/desk/keying/{issued.invitation_id}"),
    ]:
        endpoint = app.url_map.bind("localhost").match(path, method)[0]
        assert app.view_functions[endpoint].required_action is Action.KEY_FORMS
        status = client.open(path, method=method).status_code
        assert (status == 403) is not may(role, Action.KEY_FORMS), path


def test_a_form_costs_few_queries(desk, save, issued):
    desk.get("/desk/keying")
    for most, step in [
        (2, lambda: desk.post("/desk/keying", data={"code": str(issued.code)})),
        (20, save),
        (1, lambda: desk.get("/desk/keying")),
    ]:
        with statements() as seen:
            step()
        asked = [sql for sql in seen if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        assert len(asked) <= most, asked
