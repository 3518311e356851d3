"""Focus groups: who they are for, when they meet, who was drawn, and what they replied."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parentportal.models.base import Base, Keyed, Moment, words
from parentportal.models.people import Carer
from segmentation.segments import Segment


class InviteeState(StrEnum):
    """Where an invitation to a focus group stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITING = "waiting"
    EXPIRED = "expired"
    ATTENDED = "attended"
    ABSENT = "absent"


class FocusGroup(Keyed, Base):
    """A discussion of like-minded parents, or the mixed one (no segment) for everyone else."""

    __tablename__ = "focus_group"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    segment: Mapped[Segment | None] = mapped_column(words(Segment))
    aim: Mapped[str] = mapped_column(Text)
    seats: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)

    sessions: Mapped[list[GroupSession]] = relationship(
        back_populates="group", order_by="GroupSession.starts_at"
    )


class GroupSession(Keyed, Base):
    """One meeting of a focus group: everything an invitation has to say."""

    __tablename__ = "group_session"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("focus_group.id"), index=True)
    place: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    minutes: Mapped[int] = mapped_column(Integer)
    access: Mapped[str] = mapped_column(Text)
    expenses: Mapped[str] = mapped_column(Text)

    group: Mapped[FocusGroup] = relationship(back_populates="sessions")
    invitees: Mapped[list[Invitee]] = relationship(back_populates="session")


class GroupDraw(Keyed, Base):
    """A lottery that was held: its seed and its pool, so that anyone can repeat it."""

    __tablename__ = "group_draw"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("group_session.id"), index=True)
    seed: Mapped[str] = mapped_column(String(64))
    pool: Mapped[int] = mapped_column(Integer)
    pool_sha256: Mapped[str] = mapped_column(String(64))
    drawn: Mapped[int] = mapped_column(Integer)
    drawn_by_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    drawn_at: Mapped[datetime] = mapped_column(Moment)


class Invitee(Keyed, Base):
    """A carer drawn for a session. The reply link is signed, so nothing secret is stored."""

    __tablename__ = "invitee"
    __table_args__ = (UniqueConstraint("session_id", "carer_id"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("group_session.id"), index=True)
    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("group_draw.id"))
    state: Mapped[InviteeState] = mapped_column(words(InviteeState))
    replied_at: Mapped[datetime | None] = mapped_column(Moment)

    session: Mapped[GroupSession] = relationship(back_populates="invitees")
    carer: Mapped[Carer] = relationship()
