"""Every message that goes out, in the batches they are approved in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.variants import Arm, VariantName
from parentportal.models.base import Base, Keyed, Moment, words
from parentportal.models.campaigns import Campaign, TemplateVersion
from parentportal.models.people import Carer
from parentportal.sealing import Sealed


class OutgoingBatch(Keyed, Base):
    """Messages drafted together, approved together by a second officer, and dispatched.

    The database itself holds the rule of two: nothing is approved without an approver, and the
    approver is not the one who drafted.

    Attributes:
        left_out: who gets no message of this batch, or not for every child: [carer, code] pairs.
        note: what the second officer wrote when sending it back.
        send_from: the moment from which its messages may go; none until an officer sends it.
        send_before: the day from which on nothing of it goes any more, in London; none for ever.
        paused_because: why it is paused: a code of the way out, or of the officer.
        cancelled_at: nothing more of it goes; what went before stays gone.
        lease: whoever closes it now; two never do, and an expired lease may be taken over.
        rule_id: the rule by which it went by itself; none where an officer drafted it.
        event: what set that rule off, such as ``survey-submitted:<key>``; each only once.
    """

    __tablename__ = "outgoing_batch"
    __table_args__ = (
        Index("uq_outgoing_batch_event", "event", unique=True),
        CheckConstraint("(rule_id IS NULL) = (event IS NULL)", name="event_by_a_rule"),
        CheckConstraint(
            "state NOT IN ('approved', 'paused', 'dispatched') OR approved_by_id IS NOT NULL",
            name="approved_by_someone",
        ),
        CheckConstraint("approved_by_id <> drafted_by_id", name="approved_by_a_second_officer"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    lot: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[State] = mapped_column(words(State))
    dated: Mapped[date] = mapped_column(Date)
    drafted_by_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    drafted_at: Mapped[datetime] = mapped_column(Moment)
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    left_out: Mapped[list[list[str]]] = mapped_column(JSON)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    note = Sealed("note_sealed")
    send_from: Mapped[datetime | None] = mapped_column(Moment)
    send_before: Mapped[date | None] = mapped_column(Date)
    paused_because: Mapped[str | None] = mapped_column(String(60))
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("automatic_rule.id"), index=True)
    event: Mapped[str | None] = mapped_column(String(60))

    campaign: Mapped[Campaign] = relationship()


class OutgoingMessage(Keyed, Base):
    """One message to one carer by one channel, stored as the text that will be sent.

    ``content`` (sealed) is the whole composed message; dispatch sends exactly that. ``recipient``
    (sealed) is what it was composed from, so that the other versions can be shown beside it, and
    the neutral one put in its place when the carer objects to tailoring. ``lot`` tells
    batches that may write to the same carer again (a focus group) from those that may not; one
    message per campaign, lot, carer and channel is the database's own rule against doubles. The
    withdrawn do not count: each stays, with why as its ``evidence`` where it has one.

    Attributes:
        evidence: what shows that it went, or why it was withdrawn; no personal details.
        way: the name of the way it went, or goes; empty until a worker first has it in hand.
        lease: the worker that has it in hand; whoever shows another changes nothing.
        leased_until: from then on another worker may ask what became of it.
        begun_at: when the provider may first have seen it, under this lease; none before that.
        tries: how often it was begun.
        due_at: not before this moment, after a try that came to nothing.
        reason: why the last try came to nothing, or why it failed, came back or is uncertain.
        provider_id: what the provider calls it.
        reported_at: the moment, by the provider's clock, of the newest report that counts.
    """

    __tablename__ = "outgoing_message"
    __table_args__ = (
        Index(
            "uq_outgoing_message_once",
            *("campaign_id", "lot", "carer_id", "channel"),
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        CheckConstraint(
            "state NOT IN ('dispatched', 'delivered', 'returned') OR evidence IS NOT NULL",
            name="dispatched_with_evidence",
        ),
        CheckConstraint("(state = 'sending') = (lease IS NOT NULL)", name="sending_under_a_lease"),
        CheckConstraint("(lease IS NULL) = (leased_until IS NULL)", name="lease_with_its_end"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("outgoing_batch.id"), index=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    lot: Mapped[str] = mapped_column(String(40), default="")
    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    language: Mapped[str] = mapped_column(String(10))
    arm: Mapped[Arm] = mapped_column(words(Arm))
    variant: Mapped[VariantName] = mapped_column(words(VariantName))
    choice_reason: Mapped[str] = mapped_column(String(30))
    template_version_id: Mapped[UUID] = mapped_column(ForeignKey("template_version.id"))
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    content = Sealed("content_sealed")
    recipient_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recipient = Sealed("recipient_sealed")
    state: Mapped[State] = mapped_column(words(State), index=True)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    way: Mapped[str] = mapped_column(String(30), default="", server_default="")
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(60))
    provider_id: Mapped[str] = mapped_column(String(80), default="", server_default="")
    reported_at: Mapped[datetime | None] = mapped_column(Moment)

    batch: Mapped[OutgoingBatch] = relationship()
    campaign: Mapped[Campaign] = relationship()
    carer: Mapped[Carer] = relationship()
    template_version: Mapped[TemplateVersion] = relationship()


class WayPace(Base):
    """When the next message may go a way that takes only so many a minute, over all workers.

    ``next_at`` moves on by one interval for each message that a worker takes in hand; whoever wants
    to send looks at how far it lies ahead (the generic cell rate algorithm, ITU-T I.371).
    """

    __tablename__ = "way_pace"

    way: Mapped[str] = mapped_column(String(30), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Moment)

    def row_key(self) -> str:
        """The way's name."""
        return self.way
