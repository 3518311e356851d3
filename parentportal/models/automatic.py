"""Rules by which messages go by themselves: approved once, as template, trigger and dates."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Keyed, Moment, words


class Trigger(StrEnum):
    """What a family does, or what comes near, so that a message goes to it by itself."""

    SURVEY_SUBMITTED = "survey-submitted"
    INVITATION_ACCEPTED = "invitation-accepted"
    DAYS_BEFORE_MEETING = "days-before-meeting"
    CALL_ASKED = "call-asked"
    PLACE_FREE = "place-free"


class AutomaticRule(Keyed, Base):
    """One rule: what sets it off, and from when until when. Its campaign follows from that.

    The database itself holds the rule of two, as it does for messages, and that no two rules for
    the same trigger are approved at once.

    Attributes:
        fired_by: what sets it off.
        valid_from, valid_until: its first and last day, in London; no last day is for ever.
        days: how many days before a meeting, where it is about that.
        wording: the SHA-256 of each text of the campaign, by language and version, as they were
            read when the rule was approved. Where the words in use are others, the rule rests.
        ended_at: nothing goes by it any more.
    """

    __tablename__ = "automatic_rule"
    __table_args__ = (
        CheckConstraint("approved_by_id <> proposed_by_id", name="approved_by_a_second_officer"),
        CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved_by_someone"
        ),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_begins"),
        CheckConstraint(
            "(days IS NOT NULL) = (fired_by = 'days-before-meeting')", name="days_where_needed"
        ),
        Index(
            "uq_automatic_rule_approved",
            "fired_by",
            unique=True,
            sqlite_where=text("approved_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=text("approved_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    fired_by: Mapped[Trigger] = mapped_column(words(Trigger))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int | None] = mapped_column(Integer)
    wording: Mapped[dict[str, Any]] = mapped_column(JSON)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
