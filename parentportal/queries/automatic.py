"""Rules by which messages go by themselves, for the desk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from messaging.lifecycle import State
from parentportal.models import (
    AutomaticRule,
    Campaign,
    Officer,
    OutgoingBatch,
    OutgoingMessage,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, who stands for it, and how many messages went by it.

    Attributes:
        rule: the rule.
        proposed_by: an officer's name.
        approved_by: another's, or none.
        sent: batches of one carer each.
    """

    rule: AutomaticRule
    proposed_by: str
    approved_by: str | None
    sent: int


@dataclass(frozen=True, slots=True)
class DayOfRule:
    """What went by a rule on a day.

    Attributes:
        rule_id: the rule's key.
        campaign: the key of what it sends.
        day: in London.
        state: of the batch that has come least far.
        messages: how many.
    """

    rule_id: UUID
    campaign: str
    day: date
    state: State
    messages: int


_LEAST_FAR = (State.PAUSED, State.APPROVED, State.DISPATCHED, State.WITHDRAWN)
"""Where a batch that goes by itself can stand; what waits for somebody first."""


def days_of_rules(session: Session) -> Sequence[DayOfRule]:
    """What went by itself, a line for each rule and day, the newest first; one query."""
    of = OutgoingBatch
    held = (
        select(func.count())
        .select_from(OutgoingMessage)
        .where(OutgoingMessage.batch_id == of.id)
        .scalar_subquery()
    )
    each = (
        select(of.rule_id, Campaign.key, of.dated, of.state, held.label("messages"))
        .join(Campaign, Campaign.id == of.campaign_id)
        .where(of.rule_id.is_not(None))
        .subquery()
    )
    columns = (each.c.rule_id, each.c.key, each.c.dated, each.c.state)
    rows = session.execute(
        select(*columns, func.sum(each.c.messages))
        .group_by(*columns)
        .order_by(each.c.dated.desc(), each.c.key, each.c.rule_id)
    )
    days: dict[tuple[UUID, str, date], dict[State, int]] = defaultdict(dict)
    for rule_id, key, day, state, messages in rows:
        days[rule_id, key, day][state] = int(messages)
    return [
        DayOfRule(*which, min(by_state, key=_LEAST_FAR.index), sum(by_state.values()))
        for which, by_state in days.items()
    ]


def rules(session: Session) -> Sequence[RuleLine]:
    """Every rule, those that ended last; one query."""
    found = session.execute(
        _lines().order_by(
            AutomaticRule.ended_at.is_not(None), AutomaticRule.proposed_at.desc(), AutomaticRule.id
        )
    )
    return [RuleLine(rule, by, second, sent) for rule, by, second, sent in found]


def rule_of(session: Session, batch: OutgoingBatch) -> RuleLine | None:
    """The rule by which a batch went by itself; one query, none where an officer drafted it."""
    if batch.rule_id is None:
        return None
    found = session.execute(_lines().where(AutomaticRule.id == batch.rule_id))
    rule, by, second, sent = found.one()
    return RuleLine(rule, by, second, sent)


def _lines() -> Select[AutomaticRule, str, str, int]:
    proposer, approver = aliased(Officer), aliased(Officer)
    sent = (
        select(func.count())
        .select_from(OutgoingBatch)
        .where(OutgoingBatch.rule_id == AutomaticRule.id)
        .scalar_subquery()
    )
    return (
        select(AutomaticRule, proposer.name, approver.name, sent)
        .join(proposer, proposer.id == AutomaticRule.proposed_by_id)
        .outerjoin(approver, approver.id == AutomaticRule.approved_by_id)
    )
