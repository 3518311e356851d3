"""A message in a worker's hand, made ready to go out exactly as it is stored."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from messaging.channels import Channel
from messaging.message import Message
from parentportal.dispatch.ways import Parcel
from parentportal.models import OutgoingBatch
from parentportal.operations import sending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import OutgoingMessage

log = logging.getLogger(__name__)

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Held:
    """A message in hand: the lease it is held by, what goes out, and since when it may have."""

    lease: UUID
    parcel: Parcel
    begun_at: datetime | None


def pack(session: Session, rows: Sequence[OutgoingMessage], *, now: datetime) -> list[Held]:
    """What goes out, for messages that were just taken in hand.

    One that cannot be read has failed, and stops no other; one that may have gone already is left
    to a person.
    """
    held = []
    for row in rows:
        if row.lease is None:
            continue
        try:
            parcel = _parcel(row, session.get_one(OutgoingBatch, row.batch_id))
        except Exception:  # whatever is wrong with what is stored
            log.exception("message %s", row.id)
            if row.begun_at is None:
                sending.record_never(
                    session, row.id, row.lease, UNREADABLE, suppressing=False, now=now
                )
            else:
                sending.record_doubt(session, row.id, row.lease, UNREADABLE, now=now)
        else:
            held.append(Held(row.lease, parcel, row.begun_at))
    return held


def _parcel(row: OutgoingMessage, batch: OutgoingBatch) -> Parcel:
    return Parcel(
        reference=row.id,
        batch_id=row.batch_id,
        message=Message.from_json(row.content),
        to=_address(row),
        approved_at=batch.approved_at or batch.drafted_at,
    )


def _address(row: OutgoingMessage) -> str:
    """Where a message goes, as it was drafted; a letter bears its address."""
    if row.channel is Channel.LETTER:
        return ""
    return str(row.recipient.get("phone" if row.channel is Channel.SMS else "email") or "")
