"""What is left of a family that was erased: a random key, what the law keeps, where copies are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Keyed, Moment
from parentportal.sealing import Sealed


class Erasure(Keyed, Base):
    """One erasure of one family; its random id is all that stands for the family from then on.

    Attributes:
        reference_key: a keyed digest of the council's reference, so that a later import of the
            same family can be recognised; the reference itself is gone.
        erased_by_id: the officer who asked for it; none where nobody was named.
        removed: rows taken away, by table.
        kept: decisions on offers and complaints, with their dates and no word of what they say.
        copies: what may still lie with others, by way, channel and day, and until when.
        keep_until: the last day this row is kept.
        removing: what is still to be taken out of files, with what to search for; sealed, and
            dropped once that is done.
        finished_at: when nothing was left to remove; none while that is going on, or was stopped.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint(
            "finished_at IS NULL OR removing_sealed IS NULL", name="finished_with_nothing_left"
        ),
    )

    reference_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    erased_at: Mapped[datetime] = mapped_column(Moment)
    erased_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    removed: Mapped[dict[str, int]] = mapped_column(JSON)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    copies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    keep_until: Mapped[date] = mapped_column(Date)
    removing_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    removing = Sealed("removing_sealed")
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
