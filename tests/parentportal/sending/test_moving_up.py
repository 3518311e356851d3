"""Messages of the edition before go on where they were."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import MetaData, null, select, update
from sqlalchemy.exc import IntegrityError

from messaging.lifecycle import State
from parentportal.models import OutgoingBatch, OutgoingMessage
from parentportal.schema import alembic_config, upgrade
from tests.parentportal.editions import as_kept, edition, keep_carer, keeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parentportal.db import Database

START = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def half_sent(request, tmp_path_factory) -> Iterator[Database]:
    """One batch as a killed sender of the edition before left it: one gone, one not."""
    drafter, second, campaign, version, batch = (uuid4() for _ in range(5))
    officer = {"role": "officer", "password_hash": "", "active": True, "session_number": 0}
    with edition(request.param, "0002", tmp_path_factory) as database:
        with keeping(database) as keep:
            carer = keep_carer(keep, START)
            keep("officer", id=drafter, email="a", name="A", created_at=START, **officer)
            keep("officer", id=second, email="b", name="B", created_at=START, **officer)
            keep("campaign", id=campaign, key="k", neutral_share=20, seed="s", created_at=START)
            keep(
                "template_version",
                id=version,
                campaign_id=campaign,
                language="en_GB",
                variant="neutral",
                version=1,
                blocks={},
                sha256="x",
                registered_at=START,
            )
            keep(
                "outgoing_batch",
                id=batch,
                campaign_id=campaign,
                lot="",
                state="approved",
                dated=date(2026, 10, 1),
                drafted_by_id=drafter,
                drafted_at=START,
                approved_by_id=second,
                approved_at=START,
                left_out=[],
                lease=uuid4(),
                leased_until=START,
            )
            message = {
                "batch_id": batch,
                "campaign_id": campaign,
                "lot": "",
                "carer_id": carer,
                "language": "en_GB",
                "arm": "neutral",
                "variant": "neutral",
                "choice_reason": "no-segment",
                "template_version_id": version,
                "content_sealed": b"sealed",
                "recipient_sealed": b"sealed",
            }
            gone = {"state": "dispatched", "evidence": {"file": "x"}}
            keep("outgoing_message", id=uuid4(), channel="letter", **gone, **message)
            keep("outgoing_message", id=uuid4(), channel="email", state="approved", **message)
        yield database


def test_a_batch_that_was_half_sent_keeps_its_messages_and_waits_for_an_officer(half_sent):
    upgrade(half_sent)
    with half_sent.reading() as session:
        batch = session.scalars(select(OutgoingBatch)).one()
        rows = session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.channel)).all()
    assert (batch.state, batch.lease, batch.send_from) == (State.APPROVED, None, None)
    assert [(row.state, row.tries, row.lease) for row in rows] == [
        (State.APPROVED, 0, None),
        (State.DISPATCHED, 0, None),
    ]
    with half_sent.transaction() as session:
        session.execute(update(OutgoingBatch).values(state=State.PAUSED))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sending"},
        {"state": "delivered", "evidence": null()},
        {"state": "posted"},
        {"lease": uuid4(), "leased_until": START},
    ],
)
def test_the_database_refuses_what_no_message_can_be(half_sent, values):
    upgrade(half_sent)
    table = OutgoingMessage.__table__
    known = MetaData()
    with half_sent.engine.begin() as connection:
        known.reflect(connection, only=[table.name])
        values = as_kept(connection, values)
    with pytest.raises(IntegrityError), half_sent.engine.begin() as connection:
        connection.execute(known.tables[table.name].update().values(values))


def test_the_same_message_twice_is_refused_as_before(half_sent):
    upgrade(half_sent)
    with pytest.raises(IntegrityError), half_sent.transaction() as session:
        session.execute(update(OutgoingMessage).values(channel="letter"))


def test_going_back_counts_what_may_have_gone_as_sent(half_sent):
    upgrade(half_sent)
    with half_sent.transaction() as session:
        session.execute(
            update(OutgoingMessage)
            .where(OutgoingMessage.state == State.APPROVED)
            .values(state=State.UNCERTAIN)
        )
        session.execute(update(OutgoingBatch).values(state=State.PAUSED))
    with half_sent.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0002")
        known = MetaData()
        known.reflect(connection, only=["outgoing_message", "outgoing_batch"])
        messages, batches = known.tables["outgoing_message"], known.tables["outgoing_batch"]
        assert set(connection.scalars(select(messages.c.state))) == {"dispatched"}
        assert set(connection.scalars(select(batches.c.state))) == {"approved"}
        assert "lease" not in messages.c
