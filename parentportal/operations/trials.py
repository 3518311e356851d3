"""A campaign's trial: planned, drawn family by family, and locked before anything is sent.

A family draws once in a campaign, at the first draft that writes to it, and what it drew holds for
every message of the campaign. The plan is locked in the transaction that approves the first of
them: from then on the sender may send at any moment.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.campaigns import Purpose, load_campaign
from messaging.trials.allocation import NEUTRAL_SHARES, draw_lots, stratum_of
from messaging.trials.plan import Outcome, PlanRefused, TrialPlan
from messaging.variants import Arm
from parentportal.models import Campaign, Trial, TrialFamily
from parentportal.operations import trail
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.queries.trials import LONDON, families_that_did
from parentportal.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.trials.allocation import Stratum
    from parentportal.models import Officer
    from segmentation.segments import Segment

COUNTED_FOR = timedelta(weeks=8)
"""How long after the first approval an outcome counts, where nobody has set a day."""


_USUAL: Mapping[Purpose, Outcome] = MappingProxyType(
    {
        Purpose.CONSULTATION: Outcome.INVITATION_ACCEPTED,
        Purpose.SURVEY: Outcome.SURVEY_ANSWERED,
    }
)


class TrialLocked(Refusal):
    """The first letters are approved: what is counted, and until when, is not changed any more."""

    code = "trial-locked"


class TrialDrawn(Refusal):
    """Families have drawn their arms already, so the share stays as it is."""

    code = "trial-drawn"


class TrialDayPast(Refusal):
    """The last day that counts lies before anything could be counted."""

    code = "trial-day-past"


@dataclass(frozen=True, slots=True)
class TrialChoices:
    """What the programme team sets of a trial.

    Attributes:
        outcome: what is counted.
        counted_until: the last day that counts; none for eight weeks from the first approval.
        neutral_share: whole per cent of families in the neutral arm.
    """

    outcome: Outcome
    counted_until: date | None
    neutral_share: int


def usual_outcome(campaign_key: str) -> Outcome:
    """What is counted unless somebody sets something else: what the campaign asks for."""
    return _USUAL.get(load_campaign(campaign_key).purpose, Outcome.INTEREST_REGISTERED)


def plan_trial(
    session: Session, campaign_key: str, choices: TrialChoices, *, now: datetime, by: Officer
) -> Trial:
    """Set what a campaign's trial is to find out.

    Raises:
        TrialLocked: the first letters are approved.
        TrialDrawn: the share is another one, and families have drawn.
        TrialDayPast: the last day is today or over.
        PlanRefused: nobody can draw by that share.
        KeyError: no such campaign.
    """
    campaign = campaign_in_hand(session, campaign_key, now)
    trial = _trial(session, campaign)
    if trial.locked_at is not None:
        raise TrialLocked
    if choices.neutral_share not in NEUTRAL_SHARES:
        raise PlanRefused("share-not-drawable")
    if choices.neutral_share != campaign.neutral_share and _anybody_drew(session, campaign.id):
        raise TrialDrawn
    if choices.counted_until and choices.counted_until <= now.astimezone(LONDON).date():
        raise TrialDayPast
    trial.outcome, trial.counted_until = choices.outcome, choices.counted_until
    campaign.neutral_share = choices.neutral_share
    trail.keep(
        session,
        "plan",
        "trial",
        trial.id,
        now=now,
        by=by,
        campaign=campaign_key,
        outcome=choices.outcome,
        counted_until=str(choices.counted_until or ""),
        neutral_share=choices.neutral_share,
    )
    session.flush()
    return trial


def arms_for(
    session: Session,
    campaign: Campaign,
    families: Mapping[UUID, Collection[Segment]],
    *,
    now: datetime,
) -> dict[UUID, Arm]:
    """The arm of each family, drawn now for those that have none yet.

    A follow-up belongs to the trial of what it follows: a family gets both in one arm.

    A family to which nothing can be tailored stands apart: it has no lot, so that the reason on
    its messages is its own. It stays apart for this campaign, whatever its carers answer later:
    it was written to before there was anything to compare. A campaign with one version draws
    nobody.

    Args:
        session: the transaction.
        campaign: its row, held by this transaction, so that no place is drawn twice.
        families: each with the segments of those carers who would get their segment's version.
        now: when.
    """
    if not load_campaign(campaign.key).tailored:
        return dict.fromkeys(families, Arm.TAILORED)
    tried = _tried(session, campaign, now)
    arms: dict[UUID, Arm] = {
        family_id: arm
        for family_id, arm in session.execute(
            select(TrialFamily.family_id, TrialFamily.arm).where(
                TrialFamily.campaign_id == tried.id, TrialFamily.family_id.is_not(None)
            )
        )
        if family_id is not None and family_id in families
    }
    strata = {family: stratum_of(found) for family, found in families.items() if family not in arms}
    lots = draw_lots(
        {str(family): stratum for family, stratum in strata.items() if stratum},
        seed=tried.seed,
        neutral_share=tried.neutral_share,
        drawn_before=_drawn(session, tried.id),
    )
    for family, stratum in strata.items():
        lot = lots.get(str(family))
        arms[family] = lot.arm if lot else Arm.TAILORED
        session.add(
            TrialFamily(
                campaign_id=tried.id,
                family_id=family,
                stratum=stratum,
                place=lot.place if lot else None,
                arm=arms[family],
                drawn_at=now,
            )
        )
    session.flush()
    return arms


def lock_plan(session: Session, campaign_id: UUID, *, now: datetime) -> None:
    """Fix a campaign's plan, as its first letters are approved; later it changes nothing.

    A campaign with one version, or with one arm, has nothing to compare and no plan.

    Raises:
        TrialDayPast: the last day that counts is over before the first letter has gone.
    """
    campaign = _tried(session, session.get_one(Campaign, campaign_id, with_for_update=True), now)
    if not load_campaign(campaign.key).tailored or campaign.neutral_share not in NEUTRAL_SHARES:
        return
    trial = _trial(session, campaign)
    if trial.locked_at is not None:
        return
    today = now.astimezone(LONDON).date()
    if trial.counted_until is None:
        trial.counted_until = today + COUNTED_FOR
    if trial.counted_until < today:
        raise TrialDayPast
    trial.locked_at, trial.fingerprint = now, plan_of(campaign, trial).fingerprint()
    trail.keep(session, "lock", "trial", trial.id, now=now, fingerprint=trial.fingerprint)
    session.flush()


def plan_of(campaign: Campaign, trial: Trial) -> TrialPlan:
    """The whole plan; its last day must be known."""
    assert trial.counted_until is not None  # noqa: S101 -- the caller saw to it
    return TrialPlan(
        campaign=campaign.key,
        outcome=trial.outcome,
        counted_until=trial.counted_until,
        neutral_share=campaign.neutral_share,
        seed=campaign.seed,
    )


def leave_as_counts(session: Session, family_id: UUID) -> int:
    """Take a family's name off what it drew, before its record is erased; the counts stay.

    What it had done by now of what is counted stays with the count.

    Returns:
        In how many campaigns it had drawn.
    """
    rows = session.scalars(select(TrialFamily).where(TrialFamily.family_id == family_id)).all()
    for row in rows:
        campaign = session.get_one(Campaign, row.campaign_id)
        done = families_that_did(session, campaign, _trial(session, campaign))
        row.reached = family_id in done
        row.family_id = None
    session.flush()
    return len(rows)


def _tried(session: Session, campaign: Campaign, now: datetime) -> Campaign:
    """The campaign to whose trial this one belongs, held."""
    followed = load_campaign(campaign.key).follows
    return campaign_in_hand(session, followed, now) if followed else campaign


def _trial(session: Session, campaign: Campaign) -> Trial:
    trial = session.scalar(select(Trial).where(Trial.campaign_id == campaign.id))
    if trial is None:
        trial = Trial(campaign_id=campaign.id, outcome=usual_outcome(campaign.key))
        session.add(trial)
        session.flush()
    return trial


def _anybody_drew(session: Session, campaign_id: UUID) -> bool:
    drawn = select(TrialFamily.id).where(
        TrialFamily.campaign_id == campaign_id, TrialFamily.stratum.is_not(None)
    )
    return session.scalar(drawn.limit(1)) is not None


def _drawn(session: Session, campaign_id: UUID) -> Counter[Stratum]:
    """How many of each stratum have drawn, the erased among them."""
    rows = session.execute(
        select(TrialFamily.stratum, func.count())
        .where(TrialFamily.campaign_id == campaign_id, TrialFamily.stratum.is_not(None))
        .group_by(TrialFamily.stratum)
    )
    return Counter({stratum: number for stratum, number in rows if stratum is not None})
