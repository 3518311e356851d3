"""Automatic messages: a rule is approved once, and each message is composed from that approval.

A rule is a trigger, its dates and the wording of one campaign. What it sends takes the same path as
any batch: wishes, opt-outs and suppressions hold, and the message is stored before it goes. Where
the words in use are not those that were approved any more, the rule rests until a second officer
has approved it again.
"""

from __future__ import annotations

from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select, update

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.lifecycle import State, Step, follow
from messaging.variants import VariantNotWrittenError, voices
from parentportal.models import AutomaticRule, Officer, OutgoingBatch, OutgoingMessage, Trigger
from parentportal.operations import trail
from parentportal.operations.contacts import LONDON, count_alone
from parentportal.operations.outbox import NothingToDraft, draft_batch
from parentportal.operations.trials import TrialDayPast, lock_plan
from parentportal.operations.wording import digest_of, tone_of
from parentportal.queries.copy import in_use
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.locked import Details

TEMPLATES: Final[Mapping[Trigger, str]] = MappingProxyType(
    {
        Trigger.SURVEY_SUBMITTED: "survey-thanks",
        Trigger.INVITATION_ACCEPTED: "focus-group-confirmation",
        Trigger.DAYS_BEFORE_MEETING: "focus-group-reminder",
        Trigger.CALL_ASKED: "call-back",
        Trigger.PLACE_FREE: "place-offered",
    }
)
"""The campaign that each trigger sends. All of them answer something the family did."""

ASKED: Final = (Channel.EMAIL,)
"""A carer's own wish comes first; then an email, and a letter where there is no address for one."""

MOST_DAYS: Final = 28
"""How long before a meeting a reminder may go: the invitation goes about then."""


class RuleUnreadable(Refusal):
    """A rule ends before it begins, or its days before a meeting are missing or out of range."""

    code = "rule-unreadable"


class OwnRule(Refusal):
    """Whoever proposed a rule does not approve it."""

    code = "own-rule"


class RuleEnded(Refusal):
    """Nothing goes by this rule any more."""

    code = "rule-ended"


def propose(
    session: Session,
    trigger: Trigger,
    *,
    valid_from: date,
    valid_until: date | None = None,
    days: int | None = None,
    now: datetime,
    by: Officer,
) -> AutomaticRule:
    """Put a rule before a second officer; nothing goes by it yet.

    Args:
        session: the transaction; the caller owns it.
        trigger: what sets it off.
        valid_from: its first day, in London.
        valid_until: its last; none is for ever.
        days: how many days before a meeting; for that trigger alone.
        now: when.
        by: the officer who proposes, and so does not approve.

    Raises:
        RuleUnreadable: it ends before it begins, or its days are missing or out of range.
    """
    wants_days = trigger is Trigger.DAYS_BEFORE_MEETING
    fits = 1 <= days <= MOST_DAYS if days is not None else True
    if wants_days is not (days is not None) or not fits:
        raise RuleUnreadable
    if valid_until is not None and valid_until < valid_from:
        raise RuleUnreadable
    rule = AutomaticRule(
        fired_by=trigger,
        valid_from=valid_from,
        valid_until=valid_until,
        days=days,
        wording=wording_in_use(session, TEMPLATES[trigger]),
        proposed_by_id=by.id,
        proposed_at=now,
    )
    session.add(rule)
    trail.keep(session, "propose", "automatic_rule", rule.id, now=now, by=by, trigger=trigger)
    session.flush()
    return rule


def approve(session: Session, rule_id: UUID, *, now: datetime, by: Officer) -> AutomaticRule:
    """Let messages go by a rule, in the words in use now; or again, after those have changed.

    The rule in force before it, for the same trigger, ends.

    Raises:
        NotThere: no such rule.
        RuleEnded: it is over.
        OwnRule: the one who proposed it tries.
    """
    rule = _rule_in_hand(session, rule_id)
    if rule.proposed_by_id == by.id:
        raise OwnRule
    others = select(AutomaticRule).where(
        AutomaticRule.fired_by == rule.fired_by,
        AutomaticRule.id != rule.id,
        AutomaticRule.approved_at.is_not(None),
        AutomaticRule.ended_at.is_(None),
    )
    for other in session.scalars(others.with_for_update()).all():
        other.ended_at = now
        trail.keep(session, "end", "automatic_rule", other.id, now=now, by=by)
    session.flush()
    rule.wording = wording_in_use(session, TEMPLATES[rule.fired_by])
    rule.approved_by_id, rule.approved_at = by.id, now
    trail.keep(session, Step.APPROVE, "automatic_rule", rule.id, now=now, by=by)
    session.flush()
    return rule


def end(session: Session, rule_id: UUID, *, now: datetime, by: Officer) -> None:
    """Let nothing more go by a rule; what it has stored already still goes.

    Raises:
        NotThere: no such rule.
        RuleEnded: it is over already.
    """
    rule = _rule_in_hand(session, rule_id)
    rule.ended_at = now
    trail.keep(session, "end", "automatic_rule", rule.id, now=now, by=by)
    session.flush()


def fire(
    session: Session,
    trigger: Trigger,
    carer_id: UUID,
    subject: UUID,
    *,
    now: datetime,
    details: Details | None = None,
    portal_link: str | None = None,
) -> OutgoingBatch | None:
    """Write the message of an event and let it go, if a rule for it is in force.

    The same event fires once, however often it is told. A carer who cannot be written to, or has
    opted out, gets nothing; that stops nothing else.

    Args:
        session: the transaction in which the event happens; the caller owns it.
        trigger: what happened.
        carer_id: to whom.
        subject: what it happened to: the response, the invitee, the reply.
        now: when.
        details: the meeting, where the message is about one.
        portal_link: where parents reach the portal; as the council has set it by default.

    Returns:
        The batch of one carer, approved by whoever approved the rule; none where nothing goes.
    """
    rule = rule_in_force(session, trigger, now)
    key, event = TEMPLATES[trigger], event_of(trigger, subject)
    if rule is None or _has_fired(session, event) or rests(session, rule):
        return None
    count_alone(session)
    if _has_fired(session, event):  # by somebody who was ahead of us
        return None
    try:
        batch = draft_batch(
            session,
            key,
            dated=now.astimezone(LONDON).date(),
            now=now,
            by=session.get_one(Officer, rule.proposed_by_id),
            lot=str(subject),
            carers={carer_id: details} if details else [carer_id],
            asked=ASKED,
            portal_link=portal_link,
        )
    except NothingToDraft:
        return None
    _let_go(session, batch, rule, event, now)
    return batch


def rule_in_force(session: Session, trigger: Trigger, now: datetime) -> AutomaticRule | None:
    """The approved rule of a trigger, on this day; one query."""
    today = now.astimezone(LONDON).date()
    return session.scalar(
        select(AutomaticRule).where(
            AutomaticRule.fired_by == trigger,
            AutomaticRule.approved_at.is_not(None),
            AutomaticRule.ended_at.is_(None),
            AutomaticRule.valid_from <= today,
            or_(AutomaticRule.valid_until.is_(None), AutomaticRule.valid_until >= today),
        )
    )


def rests(session: Session, rule: AutomaticRule) -> bool:
    """Whether the words in use are others than those that were approved; one query."""
    return bool(rule.wording != wording_in_use(session, TEMPLATES[rule.fired_by]))


def wording_in_use(session: Session, key: str) -> dict[str, str]:
    """The SHA-256 of every text of a campaign in use, by language and version; one query."""
    campaign, shelf = load_campaign(key), in_use(session, key)
    found = {}
    for language in campaign.languages:
        for name in voices(campaign):
            try:
                variant = shelf(key, language, name, Channel.LETTER)
            except VariantNotWrittenError:
                continue
            found[f"{language} {name}"] = digest_of(tone_of(variant))
    return found


def event_of(trigger: Trigger, subject: UUID) -> str:
    """What an event is called: it is kept with its batch, and once only."""
    return f"{trigger}:{subject}"


def _has_fired(session: Session, event: str) -> bool:
    return session.scalar(select(OutgoingBatch.id).where(OutgoingBatch.event == event)) is not None


def _let_go(
    session: Session, batch: OutgoingBatch, rule: AutomaticRule, event: str, now: datetime
) -> None:
    """Approve by the approval of the rule, and release at once."""
    batch.rule_id, batch.event = rule.id, event
    batch.state = follow(follow(batch.state, Step.SUBMIT), Step.APPROVE)
    batch.approved_by_id, batch.approved_at = rule.approved_by_id, rule.approved_at
    batch.send_from = now
    moved = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.batch_id == batch.id, OutgoingMessage.state == State.DRAFT)
        .values(state=batch.state)
    )
    with suppress(TrialDayPast):  # what a family asked for goes, whether it is compared or not
        lock_plan(session, batch.campaign_id, now=now)
    trail.keep(
        session,
        "fire",
        "automatic_rule",
        rule.id,
        now=now,
        trigger=rule.fired_by,
        messages=moved.rowcount,  # type: ignore[attr-defined]
    )
    session.flush()


def _rule_in_hand(session: Session, rule_id: UUID) -> AutomaticRule:
    """A rule that is not over, which nobody else changes until this transaction ends."""
    rule = session.get(AutomaticRule, rule_id, with_for_update=True, populate_existing=True)
    if rule is None:
        raise NotThere
    if rule.ended_at is not None:
        raise RuleEnded
    return rule
