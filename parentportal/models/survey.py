"""Waves, invitations and what parents answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from parentportal.models.base import Base, Keyed, Moment, words
from parentportal.models.people import Carer
from parentportal.sealing import Sealed
from segmentation.segments import Segment


class Mode(StrEnum):
    """How an answer reached us."""

    WEB = "web"
    PAPER = "paper"
    TELEPHONE = "telephone"
    REPLAY = "replay"


class Form(StrEnum):
    """Which questions an invited carer is asked."""

    ADAPTIVE = "adaptive"
    """The next question follows from the answers before; there is an end to them."""
    FULL = "full"
    """Every question of the bank, for a calibration: said before the first."""


class Wave(Keyed, Base):
    """One round of asking: which instrument, and until when its codes are good.

    ``replayed``: answers come from a machine that plays people, so time says nothing of them.
    ``repeats_id``: the round whose parents, some of them, are asked again by this one (a retest).
    """

    __tablename__ = "wave"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    instrument_version: Mapped[str] = mapped_column(String(40))
    tool_version: Mapped[str] = mapped_column(String(40))
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    replayed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    repeats_id: Mapped[UUID | None] = mapped_column(ForeignKey("wave.id"))


class Invitation(Keyed, Base):
    """One carer asked in one wave, with an access code.

    ``code_key`` is a keyed digest to look a typed code up by; ``code`` is sealed, so that a letter
    can print it again and the database alone gives neither away.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("wave_id", "carer_id"),)

    wave_id: Mapped[UUID] = mapped_column(ForeignKey("wave.id"), index=True)
    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    code_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code = Sealed("code_sealed")
    form: Mapped[Form] = mapped_column(
        words(Form), default=Form.ADAPTIVE, server_default=Form.ADAPTIVE.value
    )
    wrong_postcodes: Mapped[int] = mapped_column(Integer, default=0)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    skipped_at: Mapped[datetime | None] = mapped_column(Moment)

    wave: Mapped[Wave] = relationship()
    carer: Mapped[Carer] = relationship()
    response: Mapped[Response | None] = relationship(back_populates="invitation")


class Response(Keyed, Base):
    """One instrument, being answered or submitted: at most one an invitation.

    ``language``: in which to go on, that of the start or of the rating given last.
    ``wishes_visit_id``: the visit in which the two wishes were given, as for an answer.
    """

    __tablename__ = "response"

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id"), unique=True)
    mode: Mapped[Mode] = mapped_column(words(Mode))
    language: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    hear_about_ptb: Mapped[bool | None] = mapped_column(Boolean)
    hear_about_itt: Mapped[bool | None] = mapped_column(Boolean)
    wishes_visit_id: Mapped[UUID | None]

    invitation: Mapped[Invitation] = relationship(back_populates="response")
    answers: Mapped[list[Answer]] = relationship(
        back_populates="response", cascade="all, delete-orphan", order_by="Answer.position"
    )
    assignment: Mapped[Assignment | None] = relationship(back_populates="response")


class Answer(Base):
    """One question that was asked, and its rating, 1 (very much like me) to 6 (not like me at all).

    A question that was left out has no rating, and is here because it was asked: it is not asked
    again. ``position``, from 1, is its place in the order of asking, which nothing changes later.
    ``language``: in which the portrait was read; the typing stands on all that were answered.
    ``visit_id`` is a random number of the visit (one browser, one entry) in which it was given:
    another visit sees or changes it only once the postcode was confirmed.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("response_id", "position"),)

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    rating_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    rating = Sealed("rating_sealed")
    language: Mapped[str] = mapped_column(String(10))
    answered_at: Mapped[datetime] = mapped_column(Moment)
    visit_id: Mapped[UUID | None]

    response: Mapped[Response] = relationship(back_populates="answers")

    def row_key(self) -> str:
        """The response and the item together."""
        return f"{self.response_id}/{self.item}"


class _Typing:
    """What a typing tool made of a response: a segment, or none and the reason.

    ``figures`` (sealed): ``{"posterior": {segment: probability}, "scores": {value: score}}``.
    """

    segment: Mapped[Segment | None] = mapped_column(words(Segment), index=True)
    reason: Mapped[str | None] = mapped_column(String(30))
    figures_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    figures = Sealed("figures_sealed")
    items_used: Mapped[int] = mapped_column(Integer)
    tool_version: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[str] = mapped_column(String(40))
    assigned_at: Mapped[datetime] = mapped_column(Moment)


class Assignment(_Typing, Keyed, Base):
    """What the typing tool makes of a response, by the version that typed it last."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("(segment IS NULL) <> (reason IS NULL)", name="segment_or_reason"),
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), unique=True)

    response: Mapped[Response] = relationship(back_populates="assignment")


class EarlierAssignment(_Typing, Keyed, Base):
    """What a response was taken for until it was typed anew, kept as it stood."""

    __tablename__ = "earlier_assignment"
    __table_args__ = (
        CheckConstraint("(segment IS NULL) <> (reason IS NULL)", name="segment_or_reason"),
    )

    response_id: Mapped[UUID] = mapped_column(ForeignKey("response.id"), index=True)
    replaced_at: Mapped[datetime] = mapped_column(Moment)
