"""Whom nothing goes to any more: what a provider found out, and what was lifted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from messaging.campaigns import Purpose
from messaging.channels import Channel
from parentportal.models import Carer, Suppression, SuppressionReason
from parentportal.operations import trail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from parentportal.models import Officer, OutgoingMessage


def suppress(
    session: Session,
    message: OutgoingMessage,
    reason: SuppressionReason,
    *,
    now: datetime,
) -> None:
    """From now on nothing goes to this message's carer by its channel; once, however often told."""
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
    session: Session, *where: ColumnElement[bool], now: datetime, by: Officer | None = None
) -> None:
    """Let those suppressions count no more, each with its line in the trail."""
    lifted = session.execute(
        update(Suppression)
        .where(Suppression.lifted_at.is_(None), *where)
        .values(lifted_at=now)
        .returning(Suppression.carer_id, Suppression.reason)
    )
    for carer_id, reason in lifted.all():
        trail.keep(
            session, "lift-suppression", "carer", carer_id, now=now, by=by, reason=str(reason)
        )


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
