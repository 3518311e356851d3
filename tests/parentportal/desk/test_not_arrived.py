"""The list of what did not arrive, and the button that says that an address is right after all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import OutgoingMessage, Role, SuppressionReason
from parentportal.operations.suppressing import suppress
from parentportal.permissions import Action, may
from tests.parentportal.counting import statements

PAGE = "/desk/messages/not-arrived"


@pytest.fixture
def came_back(database, batch, clock):
    """A letter that came back; its row."""
    with database.transaction() as session:
        row = session.scalars(
            select(OutgoingMessage)
            .where(OutgoingMessage.channel == Channel.LETTER)
            .order_by(OutgoingMessage.id)
            .limit(1)
        ).one()
        row.state, row.reason = State.RETURNED, "returned-letter"
        row.evidence, row.dispatched_at = {"file": "x"}, clock()
        suppress(session, row, SuppressionReason.RETURNED, now=clock())
    return row


def test_an_officer_sees_where_it_went_and_says_that_it_is_right_after_all(
    database, as_role, came_back
):
    officer = as_role(Role.OFFICER)
    page = officer.get(PAGE).text
    assert "An earlier letter came back: ask for the new address." in page
    assert "The letter came back by post." in page
    assert "1 Invented Road, Exampleton, EX1 1ZZ" in page
    assert f"/desk/messages/{came_back.batch_id}/{came_back.id}" in page
    assert "This address is right after all" in page
    said = f"{PAGE}/{came_back.carer_id}/letter"
    assert officer.post(said).location == PAGE
    assert officer.post(said).status_code == 302  # twice is once
    page = officer.get(PAGE).text
    assert "Everything that was sent has arrived, as far as we know." in page
    batch = officer.get(f"/desk/messages/{came_back.batch_id}").text
    assert "The letter came back by post." in batch


def test_the_list_costs_no_more_queries_for_more_of_it(as_role, came_back):
    officer = as_role(Role.OFFICER)
    officer.get(PAGE)
    with statements() as seen:
        officer.get(PAGE)
    assert len([one for one in seen if one.startswith("SELECT")]) <= 5


@pytest.mark.parametrize("role", Role)
def test_those_who_send_see_it(as_role, came_back, role):
    client = as_role(role)
    status = 200 if may(role, Action.DISPATCH_MESSAGES) else 403
    assert client.get(PAGE).status_code == status
    said = client.post(f"{PAGE}/{came_back.carer_id}/letter").status_code
    assert (said == 403) is (status == 403)
    assert client.post(f"{PAGE}/{came_back.carer_id}/pigeon").status_code == 404
