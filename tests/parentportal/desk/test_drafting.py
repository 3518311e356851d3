"""What an officer is shown and asked before letters are drafted, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from parentportal.models import OutgoingBatch, OutgoingMessage, Role
from parentportal.operations.council import save_council
from tests.parentportal.cohort_rows import a_family

USUAL = ["letter", "email"]


def test_the_draft_page_says_who_gets_what_and_who_is_left_out(database, as_role, cohort, clock):
    with database.transaction() as session:
        a_family(session, "LEFT", clock(), flags=["do-not-contact"], name="Una Writable")
    page = as_role(Role.OFFICER).get("/desk/messages/draft/ptb-offer").text
    assert "8 carers of 8 families" in page
    assert "Do not contact: nothing is sent." in page
    assert "Una Writable" in page
    with database.reading() as session:
        assert session.scalars(select(OutgoingBatch)).all() == []


def test_an_officer_chooses_the_ways_and_one_at_least(database, as_role, cohort):
    client = as_role(Role.OFFICER)
    page = client.post("/desk/messages/draft/ptb-offer", data={"dated": "2026-11-02"})
    assert page.status_code == 422
    assert "Choose at least one way to write." in page.text
    client.post(
        "/desk/messages/draft/ptb-offer", data={"dated": "2026-11-02", "channels": ["email"]}
    )
    with database.reading() as session:
        ways = set(session.scalars(select(OutgoingMessage.channel)))
    assert ways == {Channel.EMAIL}


def test_drafting_leads_to_the_batch(database, as_role, cohort):
    client = as_role(Role.OFFICER)
    answer = client.post(
        "/desk/messages/draft/ptb-offer", data={"dated": "2026-11-02", "channels": USUAL}
    )
    with database.reading() as session:
        batch = session.scalars(select(OutgoingBatch)).one()
    assert answer.location == f"/desk/messages/{batch.id}"
    page = client.get(answer.location).text
    assert "Nothing has been sent." in page
    assert "Submit for approval" in page


def test_drafting_twice_says_that_nobody_is_left(as_role, batch):
    client = as_role(Role.OFFICER)
    page = client.post(
        "/desk/messages/draft/ptb-offer", data={"dated": "2026-11-02", "channels": USUAL}
    )
    assert page.status_code == 409
    assert "Nobody can be written to." in page.text


@pytest.mark.parametrize(
    ("rate", "reason"),
    [
        ({"valid_to": date(2026, 10, 31)}, "The mileage rate has ended by this date"),
        ({"valid_from": date(2026, 11, 3)}, "The mileage rate begins after this date"),
    ],
)
@pytest.mark.usefixtures("cohort")
def test_a_date_outside_the_rate_is_refused_with_its_reason(
    database, council, as_role, clock, rate, reason
):
    budget = council.personal_transport_budget
    budget = replace(budget, scheme=replace(budget.scheme, **rate))
    with database.transaction() as session:
        save_council(session, replace(council, personal_transport_budget=budget), now=clock())
    page = as_role(Role.OFFICER).post(
        "/desk/messages/draft/ptb-offer", data={"dated": "2026-11-02", "channels": USUAL}
    )
    assert page.status_code == 409
    assert reason in page.text


@pytest.mark.parametrize(
    ("day", "status"),
    [("2026-10-25", 422), ("2026-10-26", 302), ("2027-01-01", 302), ("2027-01-02", 422)],
)
def test_letters_are_dated_near_the_day_they_are_drafted(as_role, cohort, day, status):
    page = as_role(Role.OFFICER).post(
        "/desk/messages/draft/ptb-offer", data={"dated": day, "channels": USUAL}
    )
    assert page.status_code == status
    refusal = "Choose a date from 26 October 2026 to 1 January 2027."
    assert (refusal in page.text) is (status == 422)


def test_a_date_that_is_none_is_asked_for_again(as_role, cohort):
    page = as_role(Role.OFFICER).post(
        "/desk/messages/draft/ptb-offer", data={"dated": "", "channels": USUAL}
    )
    assert page.status_code == 422
    assert "Enter the date the letters are to carry." in page.text


@pytest.mark.parametrize("key", ["focus-group-invitation", "no-such-campaign"])
def test_only_offers_are_drafted_from_the_desk(as_role, key):
    assert as_role(Role.OFFICER).get(f"/desk/messages/draft/{key}").status_code == 404
