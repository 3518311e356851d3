"""Put what is not sent yet in the words, the language and the print that a carer wishes now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.channels import Channel
from messaging.composition import CompositionRefused
from messaging.lifecycle import State
from messaging.variants import ChoiceReason
from parentportal.models import Campaign, OutgoingBatch, OutgoingMessage
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee
from parentportal.operations.council import council_in_force
from parentportal.operations.links import draw_token, keep_link, link_to
from parentportal.operations.outbox import batch_in_hand
from parentportal.operations.taking_out import UNSENT, take_out
from parentportal.operations.wording import Wording
from parentportal.operations.writing import choose, written
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.variants import Choice
    from parentportal.models import Carer

WRITTEN_ANEW = "written-anew"
"""Why a message was taken out that a carer wishes to get in another way."""


def restate(
    session: Session,
    carer: Carer,
    now: datetime,
    *,
    reason: str = WRITTEN_ANEW,
    answers_gone: bool = False,
) -> Sequence[OutgoingMessage]:
    """Write anew every message of a carer that is not sent yet and would read otherwise now.

    A draft is written over. A message that was submitted or approved is being read, or was
    approved, as it stands: it is taken out, and its new words go into a draft of their own, so that
    nothing goes out unseen and the offer is not lost.

    Args:
        session: the transaction; the caller owns it.
        carer: whose wishes have changed.
        now: when.
        reason: why those that were being read are taken out.
        answers_gone: whether what their words were chosen by is there no more.

    Returns:
        The messages put right; those taken out are withdrawn now, and what a sender may have
        written of them must be taken away.
    """
    batches, rows = unsent_of(session, carer.id)
    drafts = Drafts(session, batches, now, answers_gone)
    changed = tuple(row for row in rows if _restated(session, row, carer, drafts, now, reason))
    if changed:
        trail.keep(session, "restate", "carer", carer.id, now=now, messages=len(changed))
        session.flush()
    return changed


def unsent_of(
    session: Session, carer_id: UUID
) -> tuple[Mapping[UUID, OutgoingBatch], Sequence[OutgoingMessage]]:
    """A carer's messages that are not sent yet, and their batches; nobody else moves them now."""
    theirs = (OutgoingMessage.carer_id == carer_id, OutgoingMessage.state.in_(UNSENT))
    keys = session.scalars(select(OutgoingMessage.batch_id).where(*theirs).distinct())
    batches = {key: batch_in_hand(session, key) for key in sorted(keys)}  # as dispatch locks
    rows = session.scalars(
        select(OutgoingMessage)
        .where(*theirs)
        .order_by(OutgoingMessage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return batches, rows.all()


@dataclass(frozen=True, slots=True)
class Drafts:
    """Where messages go that are written anew: one new draft for each batch they stood in."""

    session: Session
    batches: Mapping[UUID, OutgoingBatch]
    now: datetime
    answers_gone: bool = False
    made: dict[UUID, OutgoingBatch] = field(default_factory=dict)

    def beside(self, batch_id: UUID) -> OutgoingBatch:
        """The draft for what stood in a batch."""
        batch = self.batches[batch_id]
        if batch_id not in self.made:
            draft = OutgoingBatch(
                campaign_id=batch.campaign_id,
                lot=batch.lot,
                state=State.DRAFT,
                dated=batch.dated,
                drafted_by_id=batch.drafted_by_id,
                drafted_at=self.now,
                left_out=[],
            )
            self.session.add(draft)
            self.session.flush()
            self.made[batch_id] = draft
        return self.made[batch_id]

    def write(
        self,
        row: OutgoingMessage,
        draft: OutgoingBatch,
        addressee: Addressee,
        choice: Choice,
    ) -> OutgoingMessage:
        """A message to the same carer in a draft, by the channel of its words, with its own page.

        Raises:
            CompositionRefused: something is missing or cannot be printed.
        """
        token = draw_token()
        council = council_in_force(self.session)
        root = (addressee.link or council.portal_url).partition("/m/")[0]
        campaign = self.session.get_one(Campaign, row.campaign_id)
        message = OutgoingMessage(
            batch_id=draft.id,
            campaign_id=row.campaign_id,
            lot=row.lot,
            carer_id=row.carer_id,
            channel=choice.variant.channel,
            arm=row.arm,
            state=draft.state,
            **written(
                addressee.leading_to(link_to(root, token)),
                choice,
                council,
                draft.dated,
                Wording(self.session, campaign, self.now),
            ),
        )
        self.session.add_all((message, keep_link(message.id, token)))
        return message

    def choice(self, row: OutgoingMessage, carer: Carer, channel: Channel) -> Choice:
        """The version that a message is to have now, by the grounds that it was chosen by."""
        campaign = self.session.get_one(Campaign, row.campaign_id)
        tailored = row.choice_reason == ChoiceReason.TAILORED and not self.answers_gone
        return choose(
            campaign.key,
            channel,
            carer,
            Segment(row.variant.value) if tailored else None,
            arm=row.arm,
            shelf=Wording(self.session, campaign, self.now),
        )


def _restated(
    session: Session,
    row: OutgoingMessage,
    carer: Carer,
    drafts: Drafts,
    now: datetime,
    reason: str,
) -> bool:
    """Whether a message reads otherwise now; what cannot be written anew is taken out, with why."""
    before = Addressee.read(row.recipient)
    addressee = before.as_wished(carer)
    choice = drafts.choice(row, carer, row.channel)
    same_words = (choice.variant.name, choice.variant.language) == (row.variant, row.language)
    same_print = addressee.recipient.edition == before.recipient.edition
    if same_words and (same_print or row.channel is not Channel.LETTER):
        if row.choice_reason == ChoiceReason.TAILORED:  # by now it may be their own choice
            row.choice_reason = choice.reason
        return False
    try:
        if row.state is State.DRAFT:
            campaign = session.get_one(Campaign, row.campaign_id)
            council, dated = council_in_force(session), drafts.batches[row.batch_id].dated
            wording = Wording(session, campaign, now)
            for column, value in written(addressee, choice, council, dated, wording).items():
                setattr(row, column, value)
        else:
            take_out(session, {row.id: reason}, now=now)
            drafts.write(row, drafts.beside(row.batch_id), addressee, choice)
    except CompositionRefused as refused:
        take_out(session, {row.id: refused.code}, now=now)
    return True
