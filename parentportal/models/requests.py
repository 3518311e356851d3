"""What parents ask of the council on their own pages, with the day by which it is promised."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parentportal.models.base import Base, Keyed, Moment, words
from parentportal.models.people import Carer
from parentportal.sealing import Sealed


class RequestKind(StrEnum):
    """What can be asked for; none of it decides anything by itself."""

    CALL = "call"
    INTEREST = "interest"
    DECLINE = "decline"
    """No to an offer, for good: nobody writes about it again until they ask."""
    WAY_BACK = "way-back"
    """The travel the child had before."""
    CORRECTION = "correction"
    COMPLAINT = "complaint"
    """A complaint about how personal data is used (Data Protection Act 2018 s164A)."""


class RequestEnd(StrEnum):
    """How a request came to its end."""

    DONE = "done"
    TAKEN_BACK = "taken-back"


class CarerRequest(Keyed, Base):
    """One thing a carer asked for; of a kind, and about an offer, one is open at a time.

    Attributes:
        about: the :class:`OfferKind` it is about; empty where it is about none.
        said: a dictionary of what they wrote: ``times``, ``language``, ``text``; sealed.
        due_on: the day that was promised; none where none was.
        recorded_by_id: the officer whom they told; none: on their own page.
        ended_by_id: the officer who saw to it; none while it is open, or taken back.
    """

    __tablename__ = "carer_request"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended IS NULL)", name="ended_somehow"),
        Index(
            "uq_carer_request_open",
            "carer_id",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(words(RequestKind))
    about: Mapped[str] = mapped_column(String(30), default="")
    said_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    said = Sealed("said_sealed")
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_on: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended: Mapped[RequestEnd | None] = mapped_column(words(RequestEnd))
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))

    carer: Mapped[Carer] = relationship()
