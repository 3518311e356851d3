"""Outgoing messages: drafted, submitted, approved by a second officer.

Dispatch is in :mod:`parentportal.operations.sending`, an objection in between in
:mod:`parentportal.operations.objections`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from messaging.choosing import USUAL_CHANNELS
from messaging.composition import CompositionRefused
from messaging.lifecycle import State, Step, follow
from messaging.variants import Arm, ChoiceReason
from parentportal.models import OutgoingBatch, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.contacts import count_alone
from parentportal.operations.council import council_in_force
from parentportal.operations.judging import check_alike
from parentportal.operations.links import draw_token, keep_link, link_to
from parentportal.operations.recipients import Candidate, LeftOut, gather
from parentportal.operations.taking_out import UNSENT, take_out_stale
from parentportal.operations.trials import arms_for, lock_plan
from parentportal.operations.wording import Wording
from parentportal.operations.writing import choose, written
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.channels import Channel
    from messaging.council import Council
    from messaging.locked import Details
    from messaging.variants import Choice
    from parentportal.models import Campaign, MessageLink, Officer
    from segmentation.segments import Segment


class SecondOfficerNeeded(Refusal):
    """Whoever drafted a batch does not approve it."""

    code = "second-officer-needed"


class NothingToDraft(Refusal):
    """Nobody is left to write to: all have their message, or are left out.

    ``left_out`` says who and why.
    """

    code = "nothing-to-draft"

    def __init__(self, left_out: Sequence[LeftOut] = ()) -> None:
        super().__init__()
        self.left_out = tuple(left_out)


class AlreadyGoing(Refusal):
    """Some of a batch has gone out, or is going out now."""

    code = "already-going"


def draft_batch(
    session: Session,
    campaign_key: str,
    *,
    dated: date,
    now: datetime,
    by: Officer,
    lot: str = "",
    carers: Mapping[UUID, Details] | Collection[UUID] | None = None,
    asked: Sequence[Channel] = USUAL_CHANNELS,
    portal_link: str | None = None,
) -> OutgoingBatch:
    """Write a campaign's messages as drafts; nothing goes anywhere.

    ``ptb-offer`` goes to each carer of each family with a child for whom an officer opened the
    offer, and names those children. ``focus-group-invitation`` goes to the ``carers`` given::

        draft_batch(session, "focus-group-invitation", dated=today, now=now, by=officer,
                    lot=str(group_session.id), portal_link=settings.base_url,
                    carers={carer.id: InvitationDetails(place, starts, minutes, access,
                                                        expenses, reply_link=signed_link)})

    Drafting again writes only to those who have no message of this campaign and lot yet; an offer's
    lot is its school year, where it is not named. Each message leads to a page of its own. A carer
    who cannot be written to is reported in ``batch.left_out`` and stops nobody else. The arm is
    drawn by family: see :mod:`parentportal.operations.trials`.

    Args:
        session: the transaction; the caller owns it.
        campaign_key: which campaign.
        dated: the date the messages carry.
        now: when.
        by: the officer who drafts, and so does not approve.
        lot: tells batches that may write to the same carer again (at most 40 characters).
        carers: these carers alone; with the meeting each is invited to, where there is one.
        asked: the channels the campaign asks for; a carer's own wish comes first.
        portal_link: where parents reach the portal; as the council has set it by default.

    Raises:
        NothingToDraft: there is nobody to write to.
        VersionsDiffer: with the council's settings a version promises what its facts do not say.
        NoCouncil: the council has not said who it is.
        KeyError: no such campaign.
    """
    count_alone(session)
    council = council_in_force(session)
    row = campaign_in_hand(session, campaign_key, now)
    check_alike(session, campaign_key, council)
    gathered = gather(
        session,
        campaign_key,
        dated=dated,
        lot=lot,
        carers=carers,
        asked=asked,
        follow_up_weeks=council.follow_up_weeks,
        today=now.date(),
    )
    batch = OutgoingBatch(
        campaign_id=row.id,
        lot=gathered.lot,
        state=State.DRAFT,
        dated=dated,
        drafted_by_id=by.id,
        drafted_at=now,
        left_out=[],
    )
    root = portal_link or council.portal_url
    wording = Wording(session, row, now)
    left_out = list(gathered.left_out)
    messages: list[tuple[OutgoingMessage, MessageLink]] = []
    arms = arms_for(session, row, _tailorable(gathered.candidates, row, wording), now=now)
    for candidate in gathered.candidates:
        arm = arms[candidate.carer.family_id]
        try:
            messages += [*_messages(candidate, row, batch, arm, council, wording, root=root)]
        except CompositionRefused as refused:
            left_out.append(LeftOut(candidate.carer.id, refused.code))
    if not messages:
        raise NothingToDraft(left_out)
    batch.left_out = [[str(one.carer_id), one.code] for one in left_out]
    session.add(batch)
    session.flush()
    session.add_all(row for pair in messages for row in pair)
    trail.keep(
        session,
        "draft",
        "outgoing_batch",
        batch.id,
        now=now,
        by=by,
        campaign=campaign_key,
        messages=len(messages),
        left_out=len(left_out),
    )
    session.flush()
    return batch


def submit(session: Session, batch_id: UUID, *, now: datetime, by: Officer) -> OutgoingBatch:
    """Hand a draft to a second officer.

    Raises:
        NotThere, StepNotAllowed: no such batch, or it is no draft any more.
    """
    return _step(session, batch_id, Step.SUBMIT, now=now, by=by)


def approve(session: Session, batch_id: UUID, *, now: datetime, by: Officer) -> OutgoingBatch:
    """Let a batch go, exactly as it stands, less the messages that may not go any more.

    Those are withdrawn, each with why; and so is the batch, if nothing is left of it.

    Raises:
        SecondOfficerNeeded: the one who drafted it tries.
        VersionsDiffer: with the settings in force the versions do not state the same any more.
        TrialDayPast: the trial's last day is over before anything has gone.
        NotThere, StepNotAllowed: no such batch, or it is not submitted.
    """
    batch = batch_in_hand(session, batch_id)
    follow(batch.state, Step.APPROVE)
    if batch.drafted_by_id == by.id:
        raise SecondOfficerNeeded
    check_alike(session, batch.campaign.key, council_in_force(session))
    waiting = (OutgoingMessage.batch_id == batch_id, OutgoingMessage.state == batch.state)
    take_out_stale(session, *waiting, now=now)
    if session.scalar(select(OutgoingMessage.id).where(*waiting).limit(1)) is None:
        return _step(session, batch_id, Step.WITHDRAW, now=now, by=by)
    batch.approved_by_id = by.id
    batch.approved_at = now
    batch.note = None
    lock_plan(session, batch.campaign_id, now=now)
    return _step(session, batch_id, Step.APPROVE, now=now, by=by)


def send_back(
    session: Session, batch_id: UUID, *, note: str, now: datetime, by: Officer
) -> OutgoingBatch:
    """Return a submitted batch to whoever drafted it, with a note.

    Raises:
        NotThere, StepNotAllowed: no such batch, or it is not submitted.
    """
    batch = _step(session, batch_id, Step.SEND_BACK, now=now, by=by)
    batch.note = note.strip() or None
    return batch


def withdraw(session: Session, batch_id: UUID, *, now: datetime, by: Officer) -> OutgoingBatch:
    """Take a batch back before anything of it went; those carers can be drafted for again.

    Of a message that a worker has in hand nobody knows yet whether it went. What is left of a batch
    that is going can be cancelled: :func:`parentportal.operations.scheduling.cancel`.

    Raises:
        AlreadyGoing: some of it went out, or may have.
        NotThere, StepNotAllowed: no such batch, or it has gone already.
    """
    batch_in_hand(session, batch_id)
    going = select(OutgoingMessage.id).where(
        OutgoingMessage.batch_id == batch_id,
        OutgoingMessage.state.not_in((*UNSENT, State.WITHDRAWN)),
    )
    if session.scalar(going.limit(1)) is not None:
        raise AlreadyGoing
    return _step(session, batch_id, Step.WITHDRAW, now=now, by=by)


def batch_in_hand(session: Session, batch_id: UUID) -> OutgoingBatch:
    """A batch that nobody else moves until this transaction ends.

    Raises:
        NotThere: no such batch.
    """
    batch = session.get(OutgoingBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotThere
    return batch


def _step(
    session: Session, batch_id: UUID, step: Step, *, now: datetime, by: Officer
) -> OutgoingBatch:
    """One step of a batch and of every message that stands where it stands."""
    batch = batch_in_hand(session, batch_id)
    before, after = batch.state, follow(batch.state, step)
    batch.state = after
    session.flush()
    moved = session.execute(
        update(OutgoingMessage)
        .where(OutgoingMessage.batch_id == batch_id, OutgoingMessage.state == before)
        .values(state=after)
    )
    trail.keep(
        session,
        step,
        "outgoing_batch",
        batch_id,
        now=now,
        by=by,
        messages=moved.rowcount,  # type: ignore[attr-defined]
    )
    return batch


def _messages(
    candidate: Candidate,
    campaign: Campaign,
    batch: OutgoingBatch,
    arm: Arm,
    council: Council,
    wording: Wording,
    *,
    root: str,
) -> Iterator[tuple[OutgoingMessage, MessageLink]]:
    """The messages of one carer, one a channel, each with its own page: all, or a refusal."""
    for channel in candidate.channels:
        token = draw_token()
        choice = _choice(candidate, campaign, channel, arm, wording)
        addressee = candidate.addressee.leading_to(link_to(root, token))
        message = OutgoingMessage(
            batch_id=batch.id,
            campaign_id=campaign.id,
            lot=batch.lot,
            carer_id=candidate.carer.id,
            channel=channel,
            arm=arm,
            state=State.DRAFT,
            **written(addressee, choice, council, batch.dated, wording),
        )
        yield message, keep_link(message.id, token)


def _choice(
    candidate: Candidate, campaign: Campaign, channel: Channel, arm: Arm, wording: Wording
) -> Choice:
    """The version a carer gets by a channel in an arm."""
    return choose(campaign.key, channel, candidate.carer, candidate.segment, arm=arm, shelf=wording)


def _tailorable(
    candidates: Iterable[Candidate], campaign: Campaign, wording: Wording
) -> dict[UUID, set[Segment]]:
    """Each family with the segments of those carers who would get their segment's version."""
    families: dict[UUID, set[Segment]] = {}
    for candidate in candidates:
        segments = families.setdefault(candidate.carer.family_id, set())
        choices = (
            _choice(candidate, campaign, channel, Arm.TAILORED, wording)
            for channel in candidate.channels
        )
        if candidate.segment and any(one.reason is ChoiceReason.TAILORED for one in choices):
            segments.add(candidate.segment)
    return families
