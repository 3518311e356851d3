"""What the trial pages show; each function says how many queries it makes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.trials.allocation import Stratum, arm_at, stratum_of
from messaging.trials.plan import Outcome
from messaging.trials.results import Cell, Verdict, read_result
from messaging.variants import Arm
from parentportal.models import (
    AuditEvent,
    Campaign,
    Carer,
    CarerReply,
    Child,
    Invitation,
    Invitee,
    OfferKind,
    OpenOffer,
    ReplyKind,
    Response,
    Trial,
    TrialFamily,
)
from parentportal.models.standing import newest_assignments
from parentportal.queries.disclosure import SMALLEST_SHOWN, publish
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from messaging.trials.intervals import Interval, Tally
    from messaging.trials.results import Contrast, TrialResult

LONDON = ZoneInfo("Europe/London")

_REPLIES: Mapping[Outcome, ReplyKind] = MappingProxyType(
    {Outcome.CALL_ASKED: ReplyKind.CALL, Outcome.INTEREST_REGISTERED: ReplyKind.INTEREST}
)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A campaign that can be tried: its row and its trial, where it has them already."""

    key: str
    name: str
    campaign: Campaign | None
    trial: Trial | None


@dataclass(frozen=True, slots=True)
class TrialCohort:
    """Whom a campaign would draw for as things stand.

    Attributes:
        strata: families by what their carers are taken for.
        apart: families to which nothing could be tailored.
    """

    strata: Mapping[Stratum, int]
    apart: int

    @property
    def families(self) -> int:
        """Those in the contrast."""
        return sum(self.strata.values())


@dataclass(frozen=True, slots=True)
class DrawnFamilies:
    """How many have drawn, by arm, and how many stand apart."""

    arms: Mapping[Arm, int]
    apart: int

    @property
    def families(self) -> int:
        """Those in the contrast."""
        return sum(self.arms.values())


@dataclass(frozen=True, slots=True)
class PublishedTrial:
    """A trial's result with nothing in it by which a family could be recognised.

    Attributes:
        strata: each stratum and its contrast; none where it is hidden.
        overall: all families; none where too few did it, or did not, in an arm.
        within_strata: as in the result; none where ``overall`` is.
        families: those in the contrast.
        apart: those who stand apart; none where they are few.
        erased: those in the contrast that are counts only; none where they are few.
        verdict: what may be said; nothing of a difference where ``overall`` is none.
    """

    strata: tuple[tuple[Stratum, Contrast | None], ...]
    overall: Contrast | None
    within_strata: Interval | None
    families: int
    apart: int | None
    erased: int | None
    verdict: Verdict

    @property
    def hides(self) -> bool:
        """Whether any stratum is hidden."""
        return any(contrast is None for _, contrast in self.strata)


def trial_lines(session: Session) -> list[TrialLine]:
    """Every campaign with more than one version, in the order families meet them. One query.

    A follow-up is not among them: it belongs to the trial of what it follows.
    """
    found = {
        campaign.key: (campaign, trial)
        for campaign, trial in session.execute(
            select(Campaign, Trial).outerjoin(Trial, Trial.campaign_id == Campaign.id)
        )
    }
    return [
        TrialLine(key, load_campaign(key).name, *found.get(key, (None, None)))
        for key in CAMPAIGN_KEYS
        if load_campaign(key).tailored and not load_campaign(key).follows
    ]


def cohort_for(session: Session, key: str) -> TrialCohort:
    """Whom the campaign would draw for now: an estimate, to plan by. One query."""
    campaign = load_campaign(key)
    newest = newest_assignments()
    ours_to_choose = and_(Carer.objected_at.is_(None), Carer.chosen_voice.is_(None))
    wanted = select(Carer.family_id, newest.c.segment, ours_to_choose, Carer.language).outerjoin(
        newest, newest.c.carer_id == Carer.id
    )
    if campaign.offer is not None:
        offered = select(Child.family_id).join(OpenOffer)
        offered = offered.where(OpenOffer.offer == OfferKind(campaign.offer.value))
        wanted = wanted.where(Carer.family_id.in_(offered))
    families: dict[UUID, set[Segment]] = defaultdict(set)
    for family_id, segment, free, language in session.execute(wanted):
        tailorable = segment and free and language in campaign.languages
        families[family_id].update([Segment(segment)] if tailorable else [])
    counted = Counter(stratum_of(segments) for segments in families.values())
    return TrialCohort({stratum: counted[stratum] for stratum in Stratum}, counted[None])


def drawn_families(session: Session, campaign_id: UUID) -> DrawnFamilies:
    """How many have drawn. One query."""
    rows = session.execute(
        select(TrialFamily.arm, TrialFamily.stratum.is_(None), func.count())
        .where(TrialFamily.campaign_id == campaign_id)
        .group_by(TrialFamily.arm, TrialFamily.stratum.is_(None))
    ).all()
    arms = {arm: sum(n for drawn, apart, n in rows if drawn is arm and not apart) for arm in Arm}
    return DrawnFamilies(arms, sum(number for _, apart, number in rows if apart))


def arms_are_as_drawn(session: Session, campaign: Campaign) -> bool:
    """Whether every family stands in the arm that its place and the kept seed give. One query."""
    rows = session.execute(
        select(TrialFamily.stratum, TrialFamily.place, TrialFamily.arm).where(
            TrialFamily.campaign_id == campaign.id
        )
    )
    return all(
        arm is arm_at(place, stratum, seed=campaign.seed, neutral_share=campaign.neutral_share)
        for stratum, place, arm in rows
        if stratum is not None and place is not None
    )


def counting_ends(last: date) -> datetime:
    """The moment after the last day that counts, by the clock in England."""
    return datetime.combine(last + timedelta(days=1), time(), LONDON).astimezone(UTC)


def families_that_did(session: Session, campaign: Campaign, trial: Trial) -> set[UUID]:
    """The families of which a carer did what is counted, after they drew and in time. One query.

    An invitation counts as accepted from the first yes, also where a no follows. What is said to a
    follow-up counts for what it follows.
    """
    drawn = (
        select(TrialFamily.family_id)
        .join(Carer, Carer.family_id == TrialFamily.family_id)
        .where(TrialFamily.campaign_id == campaign.id)
        .distinct()
    )
    when, did = _did(drawn, campaign.key, trial.outcome)
    did = did.where(when >= TrialFamily.drawn_at)
    if trial.counted_until is not None:
        did = did.where(when < counting_ends(trial.counted_until))
    return set(session.scalars(did))


def _did(drawn: Select[Any], key: str, outcome: Outcome) -> tuple[Any, Select[Any]]:
    """When a carer did what is counted, and the families with what tells it."""
    if outcome is Outcome.SURVEY_ANSWERED:
        asked = drawn.join(Invitation, Invitation.carer_id == Carer.id)
        return Response.submitted_at, asked.join(Response, Response.invitation_id == Invitation.id)
    if outcome is Outcome.INVITATION_ACCEPTED:
        invited = drawn.join(Invitee, Invitee.carer_id == Carer.id)
        accepted = and_(
            AuditEvent.subject_kind == "invitee",
            AuditEvent.subject_id == Invitee.id,
            AuditEvent.action == "accept",
        )
        return AuditEvent.at, invited.join(AuditEvent, accepted)
    keys = [key, *(one for one in CAMPAIGN_KEYS if load_campaign(one).follows == key)]
    said = and_(
        CarerReply.carer_id == Carer.id,
        CarerReply.campaign_id.in_(select(Campaign.id).where(Campaign.key.in_(keys))),
        CarerReply.kind == _REPLIES[outcome],
    )
    return CarerReply.at, drawn.join(CarerReply, said)


def trial_result(
    session: Session, campaign: Campaign, trial: Trial, *, now: datetime
) -> TrialResult:
    """What came of a trial, by intention to treat. Two queries.

    Families that drew after the last day are in no contrast: nothing of theirs could count.
    """
    ends = counting_ends(trial.counted_until) if trial.counted_until else None
    drawn = select(TrialFamily).where(TrialFamily.campaign_id == campaign.id)
    if ends is not None:
        drawn = drawn.where(TrialFamily.drawn_at < ends)
    did = families_that_did(session, campaign, trial)
    families: Counter[tuple[Stratum, Arm]] = Counter()
    reached: Counter[tuple[Stratum, Arm]] = Counter()
    erased: Counter[tuple[Stratum, Arm]] = Counter()
    apart = 0
    for row in session.scalars(drawn):
        if row.stratum is None:
            apart += 1
            continue
        cell = (row.stratum, row.arm)
        families[cell] += 1
        erased[cell] += row.family_id is None
        reached[cell] += bool(row.reached) if row.family_id is None else row.family_id in did
    return read_result(
        [Cell(*cell, families[cell], reached[cell], erased[cell]) for cell in families],
        apart=apart,
        counting_over=ends is not None and now >= ends,
    )


def publish_trial(result: TrialResult, smallest: int = SMALLEST_SHOWN) -> PublishedTrial:
    """Hide every stratum in which few did it, or few did not, in an arm; and enough besides.

    Each of the four counts of a contrast is looked at as a table of its own, for whoever knows
    all four of everybody's could otherwise work a hidden stratum out; see
    :func:`parentportal.queries.disclosure.publish`.
    """
    hidden: set[Stratum] = set()
    for count in _COUNTS:
        cells = publish({stratum: count(one) for stratum, one in result.strata}, smallest).cells
        hidden |= {stratum for stratum, shown in cells.items() if shown is None}
    enough = all(count(result.overall) >= smallest for count in _COUNTS)
    overall = result.overall if enough else None
    return PublishedTrial(
        strata=tuple(
            (stratum, None if stratum in hidden else one) for stratum, one in result.strata
        ),
        overall=overall,
        within_strata=result.within_strata if overall else None,
        families=result.overall.tailored.of + result.overall.neutral.of,
        apart=result.apart if result.apart >= smallest else None,
        erased=result.erased if result.erased >= smallest else None,
        verdict=result.verdict
        if overall or result.verdict is Verdict.STILL_COUNTING
        else Verdict.TOO_FEW_TO_SHOW,
    )


def _rest(tally: Tally) -> int:
    return tally.of - tally.hits


_COUNTS: tuple[Callable[[Contrast], int], ...] = (
    lambda one: one.tailored.hits,
    lambda one: one.neutral.hits,
    lambda one: _rest(one.tailored),
    lambda one: _rest(one.neutral),
)
