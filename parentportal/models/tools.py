"""Typing tools of a council's own: proposed from its full forms, adopted or not by a person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Moment, words


class ToolState(StrEnum):
    """Where a council's own typing tool stands."""

    PROPOSED = "proposed"
    ADOPTED = "adopted"
    """New rounds are typed with the one adopted last."""
    DECLINED = "declined"
    SET_ASIDE = "set-aside"
    """It was adopted, and new rounds take it no more; those that have it keep it."""


class OwnTool(Base):
    """New parameters for the typing tool, as ``segmentation.typing_tool`` writes them.

    Parameters alone: no answer is in it. ``comparison`` is what there is to weigh beside the tool
    it is based on. The document never changes: its version is named after it.
    """

    __tablename__ = "typing_tool"

    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    based_on: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[str] = mapped_column(String(40))
    document: Mapped[str] = mapped_column(Text, deferred=True)
    comparison: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ToolState] = mapped_column(words(ToolState))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))

    def row_key(self) -> str:
        """Its version."""
        return self.version
