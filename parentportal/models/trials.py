"""A campaign's trial: its plan, and what every family drew."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from messaging.trials.allocation import Stratum
from messaging.trials.plan import Outcome
from messaging.variants import Arm
from parentportal.models.base import Base, Keyed, Moment, words


class Trial(Keyed, Base):
    """What a campaign's trial is to find out; the share and the seed stand on the campaign.

    Attributes:
        outcome: what is counted.
        counted_until: the last day that counts; none until the first letters are approved, if
            nobody has set one.
        locked_at: when the first letters were approved; from then on nothing of it changes.
        fingerprint: of the whole plan as it was then.
    """

    __tablename__ = "trial"
    __table_args__ = (
        CheckConstraint(
            "(locked_at IS NULL) = (fingerprint IS NULL)", name="locked_with_its_fingerprint"
        ),
        CheckConstraint(
            "locked_at IS NULL OR counted_until IS NOT NULL", name="locked_with_its_date"
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), unique=True)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    counted_until: Mapped[date | None] = mapped_column(Date)
    locked_at: Mapped[datetime | None] = mapped_column(Moment)
    fingerprint: Mapped[str | None] = mapped_column(String(64))


class TrialFamily(Keyed, Base):
    """What a family drew in a campaign; it holds for every message of it, and is never redrawn.

    Attributes:
        family_id: whose; none once the family was erased, and only a count is left.
        stratum: what its carers were taken for then; none where it stands apart and is in no
            contrast.
        place: its place in the row of its stratum, from nought; see
            :func:`messaging.trials.allocation.arm_at`.
        reached: whether it had done what is counted, of a family that was erased.
    """

    __tablename__ = "trial_family"
    __table_args__ = (
        UniqueConstraint("campaign_id", "family_id"),
        UniqueConstraint("campaign_id", "stratum", "place"),
        CheckConstraint("(stratum IS NULL) = (place IS NULL)", name="a_place_in_its_stratum"),
        CheckConstraint(
            "(family_id IS NULL) = (reached IS NOT NULL)", name="erased_with_what_was_known"
        ),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    family_id: Mapped[UUID | None] = mapped_column(ForeignKey("family.id"), index=True)
    stratum: Mapped[Stratum | None] = mapped_column(words(Stratum))
    place: Mapped[int | None] = mapped_column(Integer)
    arm: Mapped[Arm] = mapped_column(words(Arm))
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    reached: Mapped[bool | None] = mapped_column(Boolean)
