"""What has become wrong since a message was drafted or claimed keeps it back, and it alone."""

from __future__ import annotations

from messaging.lifecycle import State
from parentportal.models import OutgoingMessage
from parentportal.operations import sending
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
