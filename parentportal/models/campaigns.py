"""Campaigns this council runs, and the wording they use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from messaging.editing import CopyState
from messaging.variants import VariantName
from parentportal.models.base import Base, Keyed, Moment, words


class Campaign(Keyed, Base):
    """A campaign this council runs: its key in the copy library, and its trial.

    Attributes:
        neutral_share: share of families in the randomised neutral arm, in whole per cent.
        seed: what the arms are drawn with, kept so that anyone can repeat the draw.
    """

    __tablename__ = "campaign"

    key: Mapped[str] = mapped_column(String(60), unique=True)
    neutral_share: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(Moment)


class TemplateVersion(Keyed, Base):
    """One version's tone blocks in one language: the shipped ones as they stood, or a council's.

    A text that a message was made from never changes: an edit of it is a new version. The database
    itself holds the rule of two, as it does for messages.

    Attributes:
        blocks: ``{"tone": {slot: text}}``.
        state: where it stands; what was shipped is in use until a council puts its own in use.
        made_by_id: who wrote it; none for what was shipped.
        reasons: why the approver let words of commitment stand: [slot, matched, reason] each.
        note: what the second officer wrote when sending it back.
        forum_name, forum_at: who signed it off for the parent carer forum, and when.
    """

    __tablename__ = "template_version"
    __table_args__ = (
        UniqueConstraint("campaign_id", "language", "variant", "version"),
        Index(
            "uq_template_version_in_use",
            *("campaign_id", "language", "variant"),
            unique=True,
            sqlite_where=text("state = 'in-use'"),
            postgresql_where=text("state = 'in-use'"),
        ),
        CheckConstraint("approved_by_id <> made_by_id", name="approved_by_a_second_officer"),
        CheckConstraint(
            "made_by_id IS NULL OR state NOT IN ('approved', 'in-use')"
            " OR approved_by_id IS NOT NULL",
            name="approved_by_someone",
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    variant: Mapped[VariantName] = mapped_column(words(VariantName))
    version: Mapped[int] = mapped_column(Integer)
    blocks: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    registered_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[CopyState] = mapped_column(words(CopyState), server_default=CopyState.RETIRED)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    approved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    reasons: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
    note: Mapped[str | None] = mapped_column(Text)
    forum_name: Mapped[str | None] = mapped_column(String(120))
    forum_at: Mapped[datetime | None] = mapped_column(Moment)

    campaign: Mapped[Campaign] = relationship()

    @property
    def tone(self) -> dict[str, str]:
        """Its texts by slot."""
        return dict(self.blocks["tone"])
