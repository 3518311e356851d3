"""Messages that went by themselves stand folded among the others, a line for a rule and a day."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.lifecycle import State
from parentportal.models import OutgoingBatch, OutgoingMessage, Role, Trigger
from parentportal.operations.automatic import approve, fire, propose
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements


@pytest.fixture
def rule(database, officers, council, clock):
    with database.transaction() as session:
        by = officers[Role.OFFICER]
        found = propose(
            session, Trigger.SURVEY_SUBMITTED, valid_from=clock().date(), now=clock(), by=by
        )
        return approve(session, found.id, now=clock(), by=officers[Role.APPROVER])


@pytest.fixture
def went(database, rule, clock):
    """So many families got a message by the rule today; their batches."""

    def make(families):
        with database.transaction() as session:
            carers = [a_family(session, str(uuid4()), clock()) for _ in range(families)]
            return [
                fire(session, Trigger.SURVEY_SUBMITTED, carer.id, uuid4(), now=clock())
                for carer in carers
            ]

    return make


def test_a_rule_has_one_line_a_day_that_leads_to_its_batches(as_role, batch, rule, went, clock):
    today = went(3)
    clock.advance(days=1)
    tomorrow = went(2)
    officer = as_role(Role.OFFICER)
    page = officer.get("/desk/messages").text
    assert page.count(f"/desk/messages/by-rule/{rule.id}/") == 2
    assert f"/desk/messages/{batch.id}" in page
    assert not any(f"/desk/messages/{one.id}" in page for one in [*today, *tomorrow])
    day = officer.get(f"/desk/messages/by-rule/{rule.id}/2026-11-02").text
    assert all(f"/desk/messages/{one.id}" in day for one in today)
    assert not any(f"/desk/messages/{one.id}" in day for one in tomorrow)


def test_a_line_counts_messages_and_says_what_still_waits(database, as_role, went, clock):
    first, *_ = went(3)
    with database.transaction() as session:
        session.get_one(OutgoingBatch, first.id).state = State.DISPATCHED
    page = as_role(Role.OFFICER).get("/desk/messages").text
    line = page[page.index("/by-rule/") :]
    assert line.index("Approved, not sent") < line.index(">3<")
    assert "Nothing has been drafted yet." in page


def test_one_that_is_paused_stands_by_itself_too(database, as_role, went):
    first, second = went(2)
    with database.transaction() as session:
        paused = session.get_one(OutgoingBatch, first.id)
        paused.state, paused.paused_because = State.PAUSED, "by-officer"
    for address in ("/desk/messages", "/desk/"):
        page = as_role(Role.OFFICER).get(address).text
        assert f"/desk/messages/{first.id}" in page
        assert f"/desk/messages/{second.id}" not in page


def test_many_days_cost_no_more_queries_and_long_ones_are_read_by_pages(
    database, as_role, rule, went, clock
):
    officer = as_role(Role.OFFICER)
    address = f"/desk/messages/by-rule/{rule.id}/2026-11-02"
    went(27)
    officer.get("/desk/messages")
    with statements() as seen:
        officer.get("/desk/messages")
        officer.get(address)
    assert len([one for one in seen if one.startswith("SELECT")]) <= 4 + 3
    pages = [officer.get(address).text, officer.get(f"{address}?page=2").text]
    with database.reading() as session:
        keys = session.scalars(select(OutgoingBatch.id)).all()
    found = [sum(f"/desk/messages/{key}" in page for key in keys) for page in pages]
    assert found == [25, 2]


@pytest.mark.parametrize("day", ["2026-11-03", "yesterday", "2026-13-40"])
def test_a_day_without_any_is_not_there(as_role, rule, went, day):
    went(1)
    assert as_role(Role.OFFICER).get(f"/desk/messages/by-rule/{rule.id}/{day}").status_code == 404


def test_what_did_not_arrive_is_pointed_to_with_its_number(database, as_role, batch, clock):
    assert "/desk/messages/not-arrived" not in as_role(Role.OFFICER).get("/desk/messages").text
    with database.transaction() as session:
        for row in session.scalars(select(OutgoingMessage).limit(2)):
            row.state = State.FAILED
    page = as_role(Role.OFFICER).get("/desk/messages").text
    assert "2 addresses did not work: look at them" in page
    assert "/desk/messages/not-arrived" not in as_role(Role.APPROVER).get("/desk/messages").text
