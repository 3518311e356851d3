"""What the tests of a batch ask of it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import select

from parentportal.models import (
    OutgoingMessage,
)

DATED = date(2026, 11, 2)


def messages_of(session, batch):
    query = select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
    return session.scalars(query.order_by(OutgoingMessage.channel)).all()


def left_out(batch):
    return Counter(code for _, code in batch.left_out)


def reads(seen):
    return [statement for statement in seen if statement.startswith("SELECT")]
