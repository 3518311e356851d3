"""Letters that a way has taken and that only lie here: looked at again before they are printed.

A letter counts as sent when it is laid down for the folder or the print house, and days may pass
until the last message of its batch has gone and all its letters are printed as one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.channels import Channel
from messaging.composition import CompositionRefused
from messaging.lifecycle import State, Step, follow
from messaging.variants import ChoiceReason
from parentportal.models import Carer, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee
from parentportal.operations.objections import objected
from parentportal.operations.outbox import batch_in_hand
from parentportal.operations.restating import Drafts
from parentportal.operations.taking_out import why_stale

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def laid_down(session: Session, batch_id: UUID, way: str) -> Sequence[UUID]:
    """The letters of a batch that went this way; one query."""
    return session.scalars(
        select(OutgoingMessage.id)
        .where(
            OutgoingMessage.batch_id == batch_id,
            OutgoingMessage.channel == Channel.LETTER,
            OutgoingMessage.way == way,
            OutgoingMessage.state == State.DISPATCHED,
        )
        .order_by(OutgoingMessage.id)
    ).all()


def take_out_laid_down(
    session: Session, batch_id: UUID, lease: UUID, keys: Collection[UUID], *, now: datetime
) -> None:
    """Take out those of these letters that may not go any more, or not in this version.

    Whoever has objected to tailoring since gets the neutral version in a draft of its own. What was
    laid down must be taken away before the batch is printed.

    Args:
        session: the transaction; the caller owns it.
        batch_id: the letters' batch.
        lease: of whoever closes it; nothing is taken out where that is lost.
        keys: which letters; so many that a transaction is short.
        now: when.
    """
    batch = batch_in_hand(session, batch_id)
    if batch.lease != lease:
        return
    these = OutgoingMessage.id.in_(keys)
    rows = session.scalars(
        select(OutgoingMessage)
        .where(these, OutgoingMessage.state == State.DISPATCHED)
        .order_by(OutgoingMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    stale = why_stale(session, these, now=now)
    objecting = set(session.scalars(select(OutgoingMessage.id).where(these, objected())))
    drafts = Drafts(session, {batch.id: batch}, now)
    for row in rows:
        if row.id in stale:
            _take_out(session, row, stale[row.id], now)
        elif row.id in objecting:
            _take_out(session, row, ChoiceReason.OBJECTION, now)
            _write_neutral(drafts, row)


def _take_out(session: Session, row: OutgoingMessage, reason: str, now: datetime) -> None:
    row.state, row.evidence = follow(row.state, Step.TAKE_BACK), {"refused": reason}
    row.dispatched_at = None
    trail.keep(session, "refuse", "outgoing_message", row.id, now=now, reason=reason)
    session.flush()


def _write_neutral(drafts: Drafts, row: OutgoingMessage) -> None:
    carer = drafts.session.get_one(Carer, row.carer_id)
    addressee = Addressee.read(row.recipient).as_wished(carer)
    choice = drafts.choice(row, carer, row.channel)
    try:
        drafts.write(row, drafts.beside(row.batch_id), addressee, choice)
    except CompositionRefused as refused:
        row.evidence = {"refused": refused.code}
