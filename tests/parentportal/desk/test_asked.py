"""What parents asked for, on the desk: by the promised day, seen to once, in their words."""

from __future__ import annotations

from uuid import uuid4

import pytest

from parentportal.models import CarerRequest, RequestEnd, RequestKind, Role
from parentportal.operations.requests import ask
from tests.parentportal.account.pages import text_of
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements


@pytest.fixture
def asked(database, council, clock):
    """Let a family ask for something."""

    def make(reference, kind, **said):
        with database.transaction() as session:
            carer = a_family(session, reference, clock(), phone="+441632960199")
            return ask(session, carer.id, kind, council, said=said, now=clock()).id

    return make


def test_the_nearest_promised_day_stands_first_and_a_late_one_is_marked(as_role, asked, clock):
    asked("F1", RequestKind.INTEREST)
    asked("F2", RequestKind.COMPLAINT, text="<b>Not</b> fair {{7*7}}")
    asked("F3", RequestKind.WAY_BACK)
    page = as_role(Role.OFFICER).get("/desk/asked")
    words = text_of(page)
    order = ["They want the old travel back", "They complain", "They are interested"]
    assert [words.index(one) for one in order] == sorted(words.index(one) for one in order)
    assert "&lt;b&gt;Not&lt;/b&gt; fair {{7*7}}" in page.text
    assert "Late" not in words
    clock.advance(days=22)
    assert text_of(as_role(Role.OFFICER).get("/desk/asked")).count("Late") == 1


def test_it_is_seen_to_once_and_then_gone_from_the_list(as_role, asked, database):
    request_id = asked("F1", RequestKind.CALL, times="morning", interpreter="True")
    officer = as_role(Role.OFFICER)
    words = text_of(officer.get("/desk/asked"))
    assert "In the morning" in words
    assert "+441632960199" in words
    for _ in range(2):
        assert officer.post(f"/desk/asked/{request_id}/done").location == "/desk/asked"
    with database.reading() as session:
        assert session.get_one(CarerRequest, request_id).ended is RequestEnd.DONE
    assert "Nobody waits for anything." in text_of(officer.get("/desk/asked"))
    assert officer.post(f"/desk/asked/{uuid4()}/done").status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.PROGRAMME])
def test_only_officers_tend_requests(as_role, asked, role):
    request_id = asked("F1", RequestKind.CALL)
    client = as_role(role)
    assert client.get("/desk/asked").status_code == 403
    assert client.post(f"/desk/asked/{request_id}/done").status_code == 403


def test_the_list_costs_no_more_queries_for_more_of_it(as_role, asked):
    officer = as_role(Role.OFFICER)
    for number in range(5):
        asked(f"F{number}", RequestKind.CORRECTION, text="x")
    with statements() as seen:
        assert officer.get("/desk/asked").status_code == 200
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= 3, seen
