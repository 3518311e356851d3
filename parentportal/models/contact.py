"""Whom not to write to any more, by which channel and for what, and why."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from messaging.channels import Channel
from parentportal.models.base import Base, Keyed, Moment, words


class SuppressionReason(StrEnum):
    """Why nothing goes to a carer: what they said, what an officer knows, what a provider found.

    ``RETURNED``: the post brought a letter back. ``UNDELIVERABLE``: a mailbox or a telephone that
    takes nothing. ``ADDRESS_REFUSED``: the provider says that the address or number is none.
    """

    OPT_OUT = "opt-out"
    DO_NOT_CONTACT = "do-not-contact"
    SAFEGUARDING = "safeguarding"
    BEREAVEMENT = "bereavement"
    RETURNED = "returned-mail"
    UNDELIVERABLE = "undeliverable"
    ADDRESS_REFUSED = "address-refused"


class Suppression(Keyed, Base):
    """Nothing goes to this carer from ``since`` until it is lifted.

    Attributes:
        channel: by this channel alone; none for all.
        purpose: for this :class:`messaging.campaigns.Purpose` alone; none for all.
        message_id: the message that came back, where one did.
        lifted_at: from then on it counts no more; it is kept, so that one can see that it was.
    """

    __tablename__ = "suppression"

    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    channel: Mapped[Channel | None] = mapped_column(words(Channel))
    purpose: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[SuppressionReason] = mapped_column(words(SuppressionReason))
    since: Mapped[datetime] = mapped_column(Moment)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("outgoing_message.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
