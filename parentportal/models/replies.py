"""What comes back to a message: the page it leads to, and what a carer says there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parentportal.models.base import Base, Keyed, Moment, words
from parentportal.models.outbox import OutgoingMessage


class ReplyKind(StrEnum):
    """What a carer can say to a message with one press; none of it decides anything."""

    CALL = "call"
    INTEREST = "interest"
    DECLINE = "decline"


class MessageLink(Base):
    """The page of one message: only a keyed digest of what stands in its address is kept."""

    __tablename__ = "message_link"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outgoing_message.id"), primary_key=True)
    token_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)

    message: Mapped[OutgoingMessage] = relationship()

    def row_key(self) -> str:
        """The message's key."""
        return str(self.message_id)


class CarerReply(Keyed, Base):
    """A carer asks for a call, is interested, or says no thank you: each once to a message.

    Attributes:
        at: when they said it first.
        recorded_by_id: the officer they told, by telephone or on a slip; none: on their own page.
    """

    __tablename__ = "carer_reply"
    __table_args__ = (UniqueConstraint("message_id", "kind"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outgoing_message.id"))
    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    kind: Mapped[ReplyKind] = mapped_column(words(ReplyKind))
    at: Mapped[datetime] = mapped_column(Moment)
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
