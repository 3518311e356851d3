"""Campaigns this council runs, and the wording they use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
    """One variant's tone blocks in one language, as they stood when a message was drafted.

    The shipped copy is registered by its digest; a changed text is a new version, never an edit.
    """

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("campaign_id", "language", "variant", "version"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    variant: Mapped[VariantName] = mapped_column(words(VariantName))
    version: Mapped[int] = mapped_column(Integer)
    blocks: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    registered_at: Mapped[datetime] = mapped_column(Moment)
