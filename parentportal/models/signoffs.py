"""What the council has signed off, by whom and where that is written down."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Keyed, Moment, words


class SignOffKind(StrEnum):
    """What needs somebody's signature before the service does it.

    ``DPIA``: the data protection impact assessment (UK GDPR, article 35), before anything reaches
    real people. ``ILLNESS_CUTS``: legal advice, before absence through illness or disability may
    reduce a payment.
    """

    DPIA = "dpia"
    ILLNESS_CUTS = "illness-cuts"


class SignOff(Keyed, Base):
    """A signature on record. It counts until it is withdrawn, and stays to be seen.

    Attributes:
        name: who signed.
        role: as what, such as data protection officer.
        signed_on: the day on the paper.
        reference: where the paper is kept.
        recorded_by_id: the officer who recorded it; none where it was done on the command line.
        at: when it was recorded.
    """

    __tablename__ = "sign_off"

    kind: Mapped[SignOffKind] = mapped_column(words(SignOffKind), index=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(120))
    signed_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
