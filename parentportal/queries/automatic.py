"""Rules by which messages go by themselves, for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from parentportal.models import AutomaticRule, Officer, OutgoingBatch

if TYPE_CHECKING:
    from collections.abc import Sequence

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
