"""Rules of automatic messages at the desk: two officers, and every message shows its rule."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from parentportal.models import AutomaticRule, OutgoingMessage, Role, Trigger
from parentportal.operations.automatic import fire
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements

TODAY = "2026-11-02"


@pytest.fixture
def rule(database, as_role):
    """A rule that an officer has proposed on the page."""
    page = as_role(Role.OFFICER).post(
        "/desk/automatic/propose", data={"trigger": "survey-submitted", "valid_from": TODAY}
    )
    assert page.status_code == 302
    with database.reading() as session:
        return session.scalars(select(AutomaticRule)).one()


def test_a_second_officer_approves_and_every_message_shows_the_rule(
    as_role, database, clock, rule, officers
):
    officer, second = as_role(Role.OFFICER), as_role(Role.APPROVER)
    assert "Waiting for approval" in officer.get("/desk/automatic").text
    assert "Approve this rule" not in officer.get("/desk/automatic").text
    assert "Approve this rule" in second.get("/desk/automatic").text
    assert second.post(f"/desk/automatic/{rule.id}/approve").status_code == 302
    assert "In force" in officer.get("/desk/automatic").text
    with database.transaction() as session:
        carer = a_family(session, "F1", clock())
        batch = fire(session, Trigger.SURVEY_SUBMITTED, carer.id, uuid4(), now=clock())
        row = session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
        ).one()
    page = officer.get(f"/desk/messages/{batch.id}/{row.id}").text
    assert "When a carer has sent in their answers" in page
    names = (officers[Role.OFFICER].name, officers[Role.APPROVER].name)
    assert f"Proposed by {names[0]}, approved by {names[1]}" in page


def test_whoever_may_not_approve_is_refused(as_role, rule):
    assert as_role(Role.OFFICER).post(f"/desk/automatic/{rule.id}/approve").status_code == 403
    assert as_role(Role.APPROVER).post(f"/desk/automatic/{rule.id}/end").status_code == 403


def test_a_rule_whose_words_have_changed_is_said_to_rest(as_role, database, rule):
    second = as_role(Role.APPROVER)
    second.post(f"/desk/automatic/{rule.id}/approve")
    with database.transaction() as session:
        session.execute(update(AutomaticRule).values(wording={"en_GB neutral": "0"}))
    page = second.get("/desk/automatic").text
    assert "Rests: the words have changed" in page
    second.post(f"/desk/automatic/{rule.id}/approve")
    assert "In force" in second.get("/desk/automatic").text


def test_an_ended_rule_stays_to_be_seen_and_cannot_be_approved(as_role, rule):
    officer = as_role(Role.OFFICER)
    officer.post(f"/desk/automatic/{rule.id}/end")
    assert "Ended" in officer.get("/desk/automatic").text
    assert as_role(Role.APPROVER).post(f"/desk/automatic/{rule.id}/approve").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"trigger": ""}, "Choose when it goes."),
        ({"trigger": "days-before-meeting"}, "Enter a number of days from 1 to 28."),
        ({"trigger": "days-before-meeting", "days": "40"}, "Enter a number of days from 1 to 28."),
        ({"valid_from": ""}, "Enter the first day."),
        ({"valid_from": "2026-11-01"}, "Choose today or a later day."),
        ({"valid_until": "2026-11-01"}, "Choose the first day or a later one."),
    ],
)
def test_a_rule_that_cannot_be_is_asked_for_again(as_role, database, wrong, said):
    values = {"trigger": "call-asked", "valid_from": TODAY, **wrong}
    page = as_role(Role.OFFICER).post("/desk/automatic/propose", data=values)
    assert page.status_code == 422
    assert said in page.text
    with database.reading() as session:
        assert session.scalars(select(AutomaticRule)).all() == []


def test_the_page_asks_little_however_many_rules_there_are(as_role, database, rule):
    client = as_role(Role.OFFICER)
    client.get("/desk/automatic")
    with statements() as seen:
        client.get("/desk/automatic")
    once = len([one for one in seen if one.lstrip().startswith("SELECT")])
    client.post(
        "/desk/automatic/propose", data={"trigger": "survey-submitted", "valid_from": TODAY}
    )
    client.get("/desk/automatic")
    with statements() as seen:
        client.get("/desk/automatic")
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) == once <= 4
