"""Segments by an instrument the council holds a licence for, apart from our own in every table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Keyed, Moment, words
from segmentation.segments import Segment


class HeldLicence(Keyed, Base):
    """A licence under which segments were brought in.

    ``chooses_wording``: letters take the segments of this licence, and not our own, as long as it
    is valid. Figures about parents and discussion groups go by our own in every case.
    """

    __tablename__ = "licence"

    reference: Mapped[str] = mapped_column(String(80), unique=True)
    holder: Mapped[str] = mapped_column(String(200))
    valid_until: Mapped[date] = mapped_column(Date)
    chooses_wording: Mapped[bool] = mapped_column(Boolean, default=False)
    brought_at: Mapped[datetime] = mapped_column(Moment)


class LicensedSegment(Keyed, Base):
    """A carer's segment under a licence, or none where its key named none."""

    __tablename__ = "licensed_segment"
    __table_args__ = (UniqueConstraint("licence_id", "carer_id"),)

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licence.id"))
    carer_id: Mapped[UUID] = mapped_column(ForeignKey("carer.id"), index=True)
    segment: Mapped[Segment | None] = mapped_column(words(Segment))
    brought_at: Mapped[datetime] = mapped_column(Moment)
