"""What went by itself and what did not arrive, read by an officer in a real browser."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import Officer, OutgoingMessage, Role, SuppressionReason, Trigger
from parentportal.operations.automatic import approve, fire, propose
from parentportal.operations.suppressing import suppress
from parentportal.web import system_clock
from tests.functional.desks import Desk, serving_officers
from tests.parentportal.cohort_rows import a_family

pytestmark = pytest.mark.browser


@pytest.fixture
def service(tmp_path):
    """Three messages by a rule, of which the first came back."""
    with serving_officers(tmp_path) as served:
        now = system_clock()
        with served.database.transaction() as session:
            by = {one.role: one for one in session.scalars(select(Officer))}
            rule = propose(
                session,
                Trigger.SURVEY_SUBMITTED,
                valid_from=now.date(),
                now=now,
                by=by[Role.OFFICER],
            )
            approve(session, rule.id, now=now, by=by[Role.APPROVER])
            for number in range(3):
                carer = a_family(session, f"F{number}", now)
                fire(session, Trigger.SURVEY_SUBMITTED, carer.id, uuid4(), now=now)
            row = session.scalars(
                select(OutgoingMessage).where(OutgoingMessage.channel == Channel.EMAIL).limit(1)
            ).one()
            row.state, row.reason = State.FAILED, "permanent-failure"
            suppress(session, row, SuppressionReason.UNDELIVERABLE, now=now)
        yield served


@pytest.mark.parametrize(
    ("language", "width"), [("en_GB", 320), ("ur", 390), ("en_GB", 1280)], ids=str
)
def test_an_officer_reads_what_went_by_itself_and_puts_an_address_right(
    service, visitor, language, width
):
    device = visitor(service.address, width=width, language=language, javascript=False)
    desk = Desk(device, f"what-went-{language}-{width}", language)
    desk.sign_in(Role.OFFICER)
    desk.page.goto("/desk/messages")
    desk.look("messages")
    desk.page.locator("a[href*='/by-rule/']").click()
    desk.page.wait_for_load_state()
    desk.look("by-rule")
    assert desk.page.locator("table a").count() == 3
    desk.page.goto("/desk/messages")
    desk.page.locator("a[href$='/not-arrived']").click()
    desk.page.wait_for_load_state()
    desk.look("not-arrived")
    desk.send("email")
    desk.look("put-right")
    assert desk.page.locator("section.portal-card").count() == 0
