"""What came back is heard of, though nobody calls."""

from __future__ import annotations

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.dispatch import Worker
from parentportal.models import Suppression, SuppressionReason
from tests.loopback.smtp import Delivered, bounce


def test_an_email_that_bounced_stops_the_next_one(database, settings, released, messages, clock):
    released()
    Worker(database, settings, clock).drain()
    email = next(row for row in messages() if row.channel is Channel.EMAIL)
    sent = Delivered(
        reference=str(email.id),
        sender="travel@exampleshire.example",
        to="ali@family.example",
        envelope_id=str(email.id),
        content=b"Subject: x\r\n\r\nx\r\n",
    )
    bounce(sent, settings.bounces_directory)
    Worker(database, settings, clock).drain()
    after = next(row for row in messages() if row.id == email.id)
    assert after.state is State.FAILED
    with database.reading() as session:
        held = session.query(Suppression).one()
    assert (held.channel, held.reason) == (Channel.EMAIL, SuppressionReason.UNDELIVERABLE)
    assert not list((settings.bounces_directory / "new").iterdir())
