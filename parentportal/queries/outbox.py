"""What the pages about messages show; each function says how many queries it makes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.models import Campaign, Carer, Family, Officer, OutgoingBatch, OutgoingMessage
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from messaging.variants import VariantName

PAGE = 25


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list, with who drafted it, who approved it, and how many messages it holds."""

    batch: OutgoingBatch
    campaign: str
    drafted_by: str
    approved_by: str | None
    messages: int


@dataclass(frozen=True, slots=True)
class LinesOfRule:
    """Some of the batches that went by a rule on a day, and where they stand among them."""

    lines: Sequence[BatchLine]
    page: int
    pages: int


TOGETHER = 100
"""Letters in one PDF for reading: as many as a page may wait for."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many messages of a batch are of one channel, language, version and reason."""

    channel: Channel
    language: str
    variant: VariantName
    reason: str
    messages: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a longer list, and where they stand in it."""

    rows: Sequence[OutgoingMessage]
    page: int
    pages: int
    total: int


def batches(session: Session) -> Sequence[BatchLine]:
    """Every batch that officers drafted, the newest first; one query.

    Of those that went by a rule, each to one carer, only the paused: they wait for somebody.
    """
    query = (
        _lines()
        .where(or_(OutgoingBatch.rule_id.is_(None), OutgoingBatch.state == State.PAUSED))
        .order_by(OutgoingBatch.drafted_at.desc(), OutgoingBatch.id)
    )
    return [BatchLine(*row) for row in session.execute(query)]


def batches_by_rule(session: Session, rule_id: UUID, day: date, page: int) -> LinesOfRule:
    """A page of what went by a rule on a day, the newest first; two queries.

    Raises:
        NotThere: nothing did.
    """
    here = (OutgoingBatch.rule_id == rule_id, OutgoingBatch.dated == day)
    total = session.scalar(select(func.count()).select_from(OutgoingBatch).where(*here)) or 0
    if not total:
        raise NotThere
    pages = -(-total // PAGE)
    page = min(max(1, page), pages)
    query = (
        _lines()
        .where(*here)
        .order_by(OutgoingBatch.drafted_at.desc(), OutgoingBatch.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return LinesOfRule([BatchLine(*row) for row in session.execute(query)], page, pages)


def batch_line(session: Session, batch_id: UUID) -> BatchLine:
    """One batch; one query.

    Raises:
        NotThere: no such batch.
    """
    row = session.execute(_lines().where(OutgoingBatch.id == batch_id)).one_or_none()
    if row is None:
        raise NotThere
    return BatchLine(*row)


def shares(session: Session, batch_id: UUID) -> Sequence[Share]:
    """What a batch is made of; one query. Counts alone: no score, no answer, no name."""
    of = OutgoingMessage
    columns = (of.channel, of.language, of.variant, of.choice_reason)
    rows = session.execute(
        select(*columns, func.count())
        .where(of.batch_id == batch_id)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Share(*row) for row in rows]


def messages(session: Session, batch_id: UUID, page: int) -> Stretch:
    """A page of a batch's messages, by family, with their carers; two queries."""
    total = session.scalar(_count().where(OutgoingMessage.batch_id == batch_id)) or 0
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    rows = session.scalars(
        select(OutgoingMessage)
        .join(OutgoingMessage.carer)
        .join(Carer.family)
        .where(OutgoingMessage.batch_id == batch_id)
        .options(contains_eager(OutgoingMessage.carer).contains_eager(Carer.family))
        .order_by(
            Family.reference,
            Carer.created_at,
            Carer.position,
            Carer.id,
            OutgoingMessage.channel.desc(),
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    return Stretch(rows, page, pages, total)


def message(session: Session, batch_id: UUID, message_id: UUID) -> OutgoingMessage:
    """One message of a batch, with its batch, carer and campaign; one query.

    Raises:
        NotThere: no such message in that batch.
    """
    row = session.scalar(
        select(OutgoingMessage)
        .where(OutgoingMessage.id == message_id, OutgoingMessage.batch_id == batch_id)
        .options(
            joinedload(OutgoingMessage.batch),
            joinedload(OutgoingMessage.campaign),
            joinedload(OutgoingMessage.carer).joinedload(Carer.family),
            joinedload(OutgoingMessage.template_version),
        )
    )
    if row is None:
        raise NotThere
    return row


def letters(session: Session, batch_id: UUID, part: int) -> Sequence[OutgoingMessage]:
    """Some of a batch's letters that were not taken out, ``TOGETHER`` to a part; one query."""
    return session.scalars(
        select(OutgoingMessage)
        .where(
            OutgoingMessage.batch_id == batch_id,
            OutgoingMessage.channel == Channel.LETTER,
            OutgoingMessage.state != State.WITHDRAWN,
        )
        .order_by(OutgoingMessage.id)
        .offset((part - 1) * TOGETHER)
        .limit(TOGETHER)
    ).all()


def counts_by_state(session: Session, batch_id: UUID) -> Mapping[State, int]:
    """How many messages of a batch stand where; one query."""
    rows = session.execute(
        select(OutgoingMessage.state, func.count())
        .where(OutgoingMessage.batch_id == batch_id)
        .group_by(OutgoingMessage.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 -- rows are no pairs


def counts_by_channel(session: Session, batch_id: UUID) -> Mapping[Channel, Mapping[State, int]]:
    """The same for each channel; one query."""
    rows = session.execute(
        select(OutgoingMessage.channel, OutgoingMessage.state, func.count())
        .where(OutgoingMessage.batch_id == batch_id)
        .group_by(OutgoingMessage.channel, OutgoingMessage.state)
    )
    counts: dict[Channel, dict[State, int]] = defaultdict(dict)
    for channel, state, count in rows:
        counts[channel][state] = count
    return counts


@dataclass(frozen=True, slots=True)
class WentOut:
    """A message that its provider has, or had: the way it went, and what shows it."""

    message_id: UUID
    channel: Channel
    way: str
    evidence: Mapping[str, Any]


def evidence_of(session: Session, batch_id: UUID) -> Sequence[WentOut]:
    """What a way out showed that it took of a batch, whatever was reported since; one query.

    What somebody only told us of, an officer or the provider, has nothing to show.
    """
    of = OutgoingMessage
    rows = session.execute(
        select(of.id, of.channel, of.way, of.evidence)
        .where(of.batch_id == batch_id, of.dispatched_at.is_not(None))
        .order_by(of.id)
    )
    return [
        WentOut(key, channel, way, found)
        for key, channel, way, found in rows
        if found and "told" not in found
    ]


def contents(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, Any]:
    """The stored texts of these messages, by their keys; one query."""
    rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.id.in_(keys)))
    return {row.id: row.content for row in rows}


def taken_out(session: Session, batch_id: UUID) -> Sequence[tuple[UUID, UUID, str]]:
    """Messages of a batch that were taken out one by one: message, carer, why; one query.

    What came back and was set aside has gone before, and is none of these.
    """
    of = OutgoingMessage
    rows = session.execute(
        select(of.id, of.carer_id, of.evidence)
        .where(
            of.batch_id == batch_id,
            of.state == State.WITHDRAWN,
            of.evidence.is_not(None),
            of.dispatched_at.is_(None),
        )
        .order_by(of.id)
    )
    return [(key, carer_id, found["refused"]) for key, carer_id, found in rows]


def not_reached(session: Session, batch_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Whose message was taken out, failed or came back: carer and why, each message; one query."""
    of = OutgoingMessage
    came_to_nothing = of.state.in_((State.FAILED, State.RETURNED))
    rows = session.execute(
        select(of.carer_id, of.state, of.evidence, of.reason)
        .where(
            of.batch_id == batch_id,
            came_to_nothing | ((of.state == State.WITHDRAWN) & of.evidence.is_not(None)),
        )
        .order_by(of.id)
    )
    return [
        (carer_id, found["refused"] if state is State.WITHDRAWN else reason or str(state))
        for carer_id, state, found, reason in rows
    ]


def uncertain(session: Session) -> Sequence[OutgoingMessage]:
    """Messages of which a person must say whether they arrived, the oldest first; one query."""
    return session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.state == State.UNCERTAIN)
        .options(
            joinedload(OutgoingMessage.campaign),
            joinedload(OutgoingMessage.carer).joinedload(Carer.family),
        )
        .order_by(OutgoingMessage.begun_at, OutgoingMessage.id)
    ).all()


def uncertain_count(session: Session) -> int:
    """How many there are; one query."""
    return session.scalar(_count().where(OutgoingMessage.state == State.UNCERTAIN)) or 0


def names_of(session: Session, carers: Sequence[UUID]) -> Mapping[UUID, Carer]:
    """These carers with their families, by key; one query."""
    rows = session.scalars(
        select(Carer).where(Carer.id.in_(carers)).options(joinedload(Carer.family))
    )
    return {carer.id: carer for carer in rows}


def _lines() -> Select[Any]:
    drafter, approver = aliased(Officer), aliased(Officer)
    held = _count().where(OutgoingMessage.batch_id == OutgoingBatch.id).scalar_subquery()
    return (
        select(OutgoingBatch, Campaign.key, drafter.name, approver.name, held)
        .join(Campaign, Campaign.id == OutgoingBatch.campaign_id)
        .join(drafter, drafter.id == OutgoingBatch.drafted_by_id)
        .outerjoin(approver, approver.id == OutgoingBatch.approved_by_id)
    )


def _count() -> Select[Any]:
    return select(func.count()).select_from(OutgoingMessage)
