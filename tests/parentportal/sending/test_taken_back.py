"""What has become wrong since a message was drafted or claimed keeps it back, and it alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from messaging.lifecycle import State
from messaging.variants import ChoiceReason
from parentportal.models import Carer, Family, OutgoingMessage
from parentportal.operations import objections, preferences, sending
from tests.parentportal.sending.conftest import TERMS


def begin(database, rows, now):
    begun = []
    for row in rows:
        with database.transaction() as session:
            until = now + TERMS.lease
            begun.append(sending.begin(session, row.id, row.lease, until=until, now=now))
    return begun


def test_one_message_that_cannot_be_read_stops_no_other(database, released, claimed, messages, now):
    released(2)
    first = messages()[0].id
    with database.transaction() as session:
        row = session.get_one(OutgoingMessage, first)
        row.recipient = {**row.recipient, "address": ["(bad", "x"]}
    assert len(claimed(begun=False)) == 3
    found = {row.id: row for row in messages()}
    assert found[first].state is State.WITHDRAWN
    assert found[first].evidence == {"refused": "unreadable"}


def opts_out(session, carer, now):
    preferences.opt_out(session, carer.id, None, None, now=now, by=None)


def is_flagged(session, carer, now):
    session.get_one(Family, carer.family_id).flags = ["bereavement"]


@pytest.mark.parametrize("happens", [opts_out, is_flagged])
def test_who_may_not_be_written_to_since_the_claim_is_not(
    database, released, claimed, messages, now, happens
):
    released()
    rows = claimed(begun=False)
    with database.transaction() as session:
        happens(session, session.get_one(Carer, rows[0].carer_id), now)
    assert not any(begin(database, rows, now))
    assert {row.state for row in messages()} == {State.WITHDRAWN}
    assert all(row.evidence["refused"] for row in messages())


def test_who_objects_to_tailoring_after_the_claim_is_not_sent_the_tailored_version(
    database, released, claimed, messages, now
):
    released()
    with database.transaction() as session:
        for row in session.scalars(select(OutgoingMessage)):
            row.choice_reason = ChoiceReason.TAILORED
    rows = claimed(begun=False)
    with database.transaction() as session:
        objections.object_to_tailoring(session, rows[0].carer_id, now=now, by=None)
    assert not any(begin(database, rows, now))
    assert {(row.state, row.tries) for row in messages()} == {(State.APPROVED, 0)}


def test_nothing_goes_where_a_family_lives_no_longer(database, released, claimed, messages, now):
    released(2)
    moved = messages()[0].carer_id
    with database.transaction() as session:
        carer = session.get_one(Carer, moved)
        carer.address_lines = ["9 Invented Lane", "Exampleton", "EX1 9ZZ"]
        carer.email = "new@family.example"
    claimed(begun=False)
    found = {row.carer_id: (row.state, row.evidence) for row in messages()}
    assert found.pop(moved) == (State.WITHDRAWN, {"refused": "address-changed"})
    assert list(found.values()) == [(State.SENDING, None)]
