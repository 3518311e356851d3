"""Whom nothing goes to any more: what a provider found out, and what was lifted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from messaging.campaigns import Purpose
from messaging.channels import Channel
from messaging.lifecycle import State, Step, follow
from messaging.printable import fold
from parentportal.models import Carer, OutgoingMessage, Suppression, SuppressionReason
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee, reached_at

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from parentportal.models import Officer

OF_AN_ADDRESS = (
    SuppressionReason.RETURNED,
    SuppressionReason.UNDELIVERABLE,
    SuppressionReason.ADDRESS_REFUSED,
)
"""What a provider found out of an address, and so what another address ends."""

CAME_BACK = (State.FAILED, State.RETURNED)
"""Where a message stands that somebody tried to bring, and that reached nobody."""


def suppress(
    session: Session,
    message: OutgoingMessage,
    reason: SuppressionReason,
    *,
    now: datetime,
) -> None:
    """From now on nothing goes to this message's carer by its channel; once, however often told.

    What comes back from where they are not reached any more tells nothing of where they are now.
    """
    if not _went_where_they_are(message, session.get_one(Carer, message.carer_id)):
        return
    live = select(Suppression.id).where(
        Suppression.carer_id == message.carer_id,
        Suppression.channel == message.channel,
        Suppression.reason == reason,
        Suppression.lifted_at.is_(None),
    )
    if session.scalar(live.limit(1)) is not None:
        return
    session.add(
        Suppression(
            carer_id=message.carer_id,
            channel=message.channel,
            reason=reason,
            since=now,
            message_id=message.id,
        )
    )
    trail.keep(
        session,
        "suppress",
        "carer",
        message.carer_id,
        now=now,
        reason=reason,
        channel=message.channel,
    )


def lift(
    session: Session,
    *where: ColumnElement[bool],
    now: datetime,
    by: Officer | None = None,
    **because: str,
) -> None:
    """Let those suppressions count no more, each with its line in the trail, and why if told."""
    lifted = session.execute(
        update(Suppression)
        .where(Suppression.lifted_at.is_(None), *where)
        .values(lifted_at=now)
        .returning(Suppression.carer_id, Suppression.reason)
    )
    for carer_id, reason in lifted.all():
        trail.keep(
            session,
            "lift-suppression",
            "carer",
            carer_id,
            now=now,
            by=by,
            reason=str(reason),
            **because,
        )


def _went_where_they_are(message: OutgoingMessage, carer: Carer) -> bool:
    addressee = Addressee.read(message.recipient)
    address = addressee.recipient.address
    went = {
        Channel.LETTER: ", ".join(address.lines[1:]) if address else None,
        Channel.EMAIL: addressee.email,
        Channel.SMS: addressee.phone,
    }[message.channel]
    return fold(went or "") == fold(reached_at(carer).get(message.channel, ""))


def put_right(
    session: Session,
    reached: Collection[tuple[UUID, Channel]],
    *,
    because: str,
    now: datetime,
    by: Officer | None,
) -> None:
    """Write again to where messages failed or came back: the address is another, or is right.

    What a provider found out of these carers' addresses is lifted, and the messages that came to
    nothing there are set aside, so that the next draft writes others; two queries to find both.

    Args:
        session: the transaction; the caller owns it.
        reached: carers, each with the channel whose address is right now.
        because: why, for the trail.
        now: when.
        by: the officer who says so, or whose file does.
    """
    carers = {carer_id for carer_id, _ in reached}
    held = session.scalars(
        select(Suppression).where(
            Suppression.carer_id.in_(carers),
            Suppression.reason.in_(OF_AN_ADDRESS),
            Suppression.lifted_at.is_(None),
        )
    ).all()
    for one in held:
        if one.channel and (one.carer_id, one.channel) in reached:
            told = {"because": because, "channel": str(one.channel)}
            lift(session, Suppression.id == one.id, now=now, by=by, **told)
    rows = session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.carer_id.in_(carers), OutgoingMessage.state.in_(CAME_BACK))
        .order_by(OutgoingMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if (row.carer_id, row.channel) in reached:
            row.evidence = {**(row.evidence or {}), "refused": row.reason or str(row.state)}
            row.state = follow(row.state, Step.SET_ASIDE)
            trail.keep(
                session,
                Step.SET_ASIDE,
                "outgoing_message",
                row.id,
                now=now,
                by=by,
                because=because,
            )
    session.flush()


def in_force(carer_id: Any, channel: Any) -> ColumnElement[bool]:
    """Whether a suppression stops this carer by this channel, for a ``where``; of any purpose."""
    return and_(
        Suppression.carer_id == carer_id,
        Suppression.lifted_at.is_(None),
        or_(Suppression.channel.is_(None), Suppression.channel == channel),
    )


def may_be_asked() -> ColumnElement[bool]:
    """Whether no suppression stops a letter that asks this carer our questions, for a ``where``.

    A code of a survey round goes by letter, so what stops emails or texts alone does not count.
    """
    of_this = or_(Suppression.purpose.is_(None), Suppression.purpose == Purpose.SURVEY)
    stopped = select(Suppression.id).where(in_force(Carer.id, Channel.LETTER), of_this)
    return ~stopped.exists()
