"""A carer objects to tailoring: from that moment on only the neutral version goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.campaigns import load_campaign
from messaging.lifecycle import State
from messaging.variants import ChoiceReason, select_variant
from parentportal.models import Campaign, Carer, OutgoingBatch, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.council import council_in_force
from parentportal.operations.outbox import batch_in_hand
from parentportal.operations.recipients import Addressee
from parentportal.operations.taking_out import UNSENT, take_out
from parentportal.operations.wording import Wording
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


def object_to_tailoring(
    session: Session, carer_id: UUID, *, now: datetime, by: Officer | None
) -> Sequence[OutgoingMessage]:
    """Keep that a carer objects to tailoring, and restate what is not sent yet.

    Returns:
        The messages put right, as they were: see :func:`restate_neutral`.

    Raises:
        NotThere: no such carer.
    """
    carer = _carer_in_hand(session, carer_id)
    if carer.objected_at is None:
        carer.objected_at = now
        trail.keep(session, "object-to-tailoring", "carer", carer_id, now=now, by=by)
    return restate_neutral(session, carer, now)


def allow_tailoring(session: Session, carer_id: UUID, *, now: datetime, by: Officer | None) -> None:
    """Take an objection back; what was restated stays neutral, and the next draft asks anew.

    Raises:
        NotThere: no such carer.
    """
    carer = _carer_in_hand(session, carer_id)
    if carer.objected_at is not None:
        carer.objected_at = None
        trail.keep(session, "allow-tailoring", "carer", carer_id, now=now, by=by)


def restate_neutral(session: Session, carer: Carer, now: datetime) -> Sequence[OutgoingMessage]:
    """Put the neutral version in place of every tailored message of a carer that is not sent yet.

    A draft is written over. A message that was submitted or approved is being read, or was
    approved, as it stands: it is taken out, and its neutral version goes into a draft of its own,
    so that nothing goes out unseen and the offer is not lost.

    Returns:
        The messages put right; those taken out are withdrawn now, and what a sender may have
        written of them must be taken away.
    """
    tailored = (
        OutgoingMessage.carer_id == carer.id,
        OutgoingMessage.state.in_(UNSENT),
        OutgoingMessage.choice_reason == ChoiceReason.TAILORED,
    )
    keys = session.scalars(select(OutgoingMessage.batch_id).where(*tailored).distinct())
    batches = {key: batch_in_hand(session, key) for key in sorted(keys)}  # as dispatch locks
    rows = session.scalars(select(OutgoingMessage).where(*tailored).with_for_update()).all()
    if not rows:
        return ()
    drafts: dict[UUID, OutgoingBatch] = {}
    for row in rows:
        batch, before = batches[row.batch_id], row
        if row.state is not State.DRAFT:
            take_out(session, {before.id: ChoiceReason.OBJECTION}, now=now)
            if batch.id not in drafts:
                drafts[batch.id] = _draft_like(session, batch, now)
            row = _like(before, drafts[batch.id])  # noqa: PLW2901 -- the row that goes instead
        _write_neutral(session, row, batch, now)
        session.add(row)
    trail.keep(session, "restate-neutral", "carer", carer.id, now=now, messages=len(rows))
    session.flush()
    return rows


def _write_neutral(
    session: Session, row: OutgoingMessage, batch: OutgoingBatch, now: datetime
) -> None:
    campaign = session.get_one(Campaign, row.campaign_id)
    wording = Wording(session, campaign, now)
    addressee = Addressee.read(row.recipient)
    choice = select_variant(
        load_campaign(campaign.key),
        row.channel,
        addressee.recipient.language,
        None,
        arm=row.arm,
        objected=True,
        shelf=wording,
    )
    council = council_in_force(session)
    row.content = addressee.message(
        choice.variant, council, batch.dated, beside=choice.beside
    ).to_json()
    row.variant, row.choice_reason = choice.variant.name, choice.reason
    row.language = choice.variant.language
    row.template_version_id = wording.row_for(choice.variant)


def _carer_in_hand(session: Session, carer_id: UUID) -> Carer:
    carer = session.get(Carer, carer_id, with_for_update=True, populate_existing=True)
    if carer is None:
        raise NotThere
    return carer


def _like(row: OutgoingMessage, draft: OutgoingBatch) -> OutgoingMessage:
    """A message to the same carer by the same way, without its words yet."""
    return OutgoingMessage(
        batch_id=draft.id,
        campaign_id=row.campaign_id,
        lot=row.lot,
        carer_id=row.carer_id,
        channel=row.channel,
        arm=row.arm,
        recipient=row.recipient,
        state=draft.state,
    )


def _draft_like(session: Session, batch: OutgoingBatch, now: datetime) -> OutgoingBatch:
    draft = OutgoingBatch(
        campaign_id=batch.campaign_id,
        lot=batch.lot,
        state=State.DRAFT,
        dated=batch.dated,
        drafted_by_id=batch.drafted_by_id,
        drafted_at=now,
        left_out=[],
    )
    session.add(draft)
    session.flush()
    return draft
