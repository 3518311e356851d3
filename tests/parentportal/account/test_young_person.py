"""The page behind a young person's letter: their own, and no way into their parent's account."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import (
    AgeBand,
    Campaign,
    Carer,
    CarerReply,
    Family,
    OutgoingMessage,
    ReplyKind,
    Role,
    Suppression,
    Trigger,
)
from parentportal.operations import automatic
from parentportal.operations.outbox import NothingToDraft, draft_batch
from tests.parentportal.account.pages import ROOT, page_of, text_of
from tests.parentportal.cohort_rows import a_child, a_family


@pytest.fixture
def drafted(officers, clock):
    """Draft a campaign for one carer; its one message."""

    def draft(session, campaign, carer_id, lot=""):
        batch = draft_batch(
            session,
            campaign,
            dated=clock().date(),
            now=clock(),
            by=officers[Role.OFFICER],
            carers=[carer_id],
            lot=lot,
            asked=(Channel.LETTER,),
            portal_link=ROOT,
        )
        return session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
        ).one()

    return draft


@pytest.fixture
def theirs(database, clock, council, drafted):
    """A letter that has gone to Robin, 16, whose sister Sam is offered a budget."""
    with database.transaction() as session:
        carer = a_family(session, "F1", clock(), phone="+447700900123")
        a_child(
            session,
            session.get_one(Family, carer.family_id),
            clock(),
            "Robin",
            band=AgeBand.FROM_16,
        )
        row = drafted(session, "young-person", carer.id)
        row.state, row.evidence, row.dispatched_at = State.DISPATCHED, {"file": "x"}, clock()
        assert row.recipient["name"] == "Robin"
    return row


def carer_of(database, row):
    with database.reading() as session:
        return session.get_one(Carer, row.carer_id)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_leads_to_no_page_of_the_parents_wishes(client, database, theirs, method):
    data = {"print_format": "large-print", "channel": "email", "voice": "b"}
    answer = client.open(f"{page_of(theirs)}/wishes", method=method, data=data)
    assert answer.status_code == 404
    assert "By email" not in text_of(answer)
    carer = carer_of(database, theirs)
    assert (carer.preferred_channel, carer.chosen_voice) == (None, None)
    assert carer.print_format == "standard"
    assert "/wishes" not in client.get(page_of(theirs)).text


def test_it_cannot_ask_for_the_plain_version_in_the_parents_name(client, database, theirs):
    assert 'value="plain"' not in client.get(page_of(theirs)).text
    assert client.post(page_of(theirs), data={"wish": "plain"}).status_code == 400
    assert carer_of(database, theirs).objected_at is None


@pytest.mark.parametrize("wish", ["stop", "stop-all"])
def test_stopping_stops_letters_to_the_young_person_and_nothing_of_the_parents(
    client, database, theirs, drafted, wish
):
    client.post(page_of(theirs), data={"wish": wish})
    assert "You asked us to stop messages like this." in text_of(client.get(page_of(theirs)))
    with database.transaction() as session:
        assert session.scalars(select(Suppression.purpose)).all() == [Purpose.YOUNG_PERSON]
        assert drafted(session, "ptb-offer", theirs.carer_id).state is State.DRAFT
    with database.transaction() as session, pytest.raises(NothingToDraft) as refused:
        drafted(session, "young-person", theirs.carer_id, "again")
    assert "opt-out" in [one.code for one in refused.value.left_out]


def test_what_was_stopped_can_be_taken_back(client, theirs):
    client.post(page_of(theirs), data={"wish": "stop-all"})
    client.post(page_of(theirs), data={"wish": "start"})
    assert "Stop letters like this" in text_of(client.get(page_of(theirs)))


def test_asking_for_a_call_is_theirs_and_writes_nothing_to_their_parent(
    client, database, theirs, officers, clock, as_role
):
    with database.transaction() as session:
        rule = automatic.propose(
            session,
            Trigger.CALL_ASKED,
            valid_from=clock().date(),
            now=clock(),
            by=officers[Role.OFFICER],
        )
        automatic.approve(session, rule.id, now=clock(), by=officers[Role.APPROVER])
    answer = client.post(page_of(theirs), data={"wish": "call"}, follow_redirects=True)
    assert "Thank you. We will ring you." in text_of(answer)
    with database.reading() as session:
        kept = session.scalars(select(CarerReply)).one()
        assert (kept.kind, kept.message_id) == (ReplyKind.CALL, theirs.id)
        keys = select(Campaign.key).join(OutgoingMessage)
        assert session.scalars(keys).all() == ["young-person"]
    page = text_of(as_role(Role.OFFICER).get(f"/desk/messages/{theirs.batch_id}/{theirs.id}"))
    assert "Letter to Robin" in page
    assert "They would like a call" in page
