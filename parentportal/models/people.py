"""Families, their carers and children, and how they came in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from messaging.channels import Channel
from messaging.printable import fold
from messaging.variants import VariantName
from parentportal.models.base import Base, Exact, Keyed, Moment, Pounds, words
from parentportal.sealing import Sealed

if TYPE_CHECKING:
    from sqlalchemy.engine.default import DefaultExecutionContext


class AgeBand(StrEnum):
    """A child's age in years, as coarse as the rules allow; the law changes at 16."""

    FROM_5 = "5-7"
    FROM_8 = "8-10"
    FROM_11 = "11-13"
    FROM_14 = "14-15"
    FROM_16 = "16-18"
    FROM_19 = "19-25"


class OfferKind(StrEnum):
    """An offer an officer can open for a child."""

    PTB = "ptb"
    ITT = "itt"
    MINI_PTB = "mini-ptb"


class PrintFormat(StrEnum):
    """How a carer wants what is printed for them; what it says is the same in each."""

    STANDARD = "standard"
    LARGE_PRINT = "large-print"
    EASY_READ = "easy-read"


class ImportState(StrEnum):
    """An import batch is checked, and then confirmed or discarded: nothing else."""

    CHECKED = "checked"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class ImportBatch(Keyed, Base):
    """A cohort file: kept sealed between its check and its confirmation, then forgotten.

    ``file`` is its cells with what each column means: in a file without a header row the headers
    are a family's own. It is dropped as soon as it is confirmed or discarded. ``counts`` is what
    the check or the confirmation found.
    """

    __tablename__ = "import_batch"

    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    file = Sealed("file_sealed")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ImportState] = mapped_column(words(ImportState))
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class ColumnMapping(Base):
    """What a council's own column header means, remembered from its last import.

    A header that means nothing here is not remembered: nobody knows what it says.
    """

    __tablename__ = "column_mapping"

    header: Mapped[str] = mapped_column(String(200), primary_key=True)
    column: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(Moment)

    def row_key(self) -> str:
        """The header itself."""
        return self.header


def _key_of_reference(context: DefaultExecutionContext) -> str:
    reference: str = context.get_current_parameters()["reference"]  # type: ignore[no-untyped-call]
    return fold(reference)


class Family(Keyed, Base):
    """A household the council knows by its own reference.

    ``reference_key`` is the reference without case: ``F1`` and ``f1`` are one family.
    """

    __tablename__ = "family"

    reference: Mapped[str] = mapped_column(String(60), unique=True)
    reference_key: Mapped[str] = mapped_column(Text, unique=True, default=_key_of_reference)
    flags: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)

    carers: Mapped[list[Carer]] = relationship(
        back_populates="family", order_by="(Carer.created_at, Carer.position)"
    )
    children: Mapped[list[Child]] = relationship(
        back_populates="family", order_by="(Child.created_at, Child.position)"
    )


class Carer(Keyed, Base):
    """An adult who is written to (the recipient). One adult, one code.

    ``name_key`` tells carers of a family apart at re-import; ``postcode_key`` lets a carer confirm
    the postcode without opening the address. Both are keyed digests. ``objected_at``: from then on
    the neutral text goes out. ``position`` is the place in the family, as in the council's file.
    ``language`` is the one they speak, whether or not this service writes it.

    Attributes:
        chosen_voice: the version they picked from the samples, kept for good; an objection
            forgets it.
        chosen_voice_at: when they picked it.
        print_format: how they want what is printed.
        preferred_channel: how they want to be written to, or none: as the campaign has it.
        wished_language: what they asked to be written to in; a file never overwrites it.
    """

    __tablename__ = "carer"
    __table_args__ = (UniqueConstraint("family_id", "name_key"),)

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    name_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name = Sealed("name_sealed")
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_lines = Sealed("address_sealed")
    postcode_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone = Sealed("phone_sealed")
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = Sealed("email_sealed")
    language: Mapped[str] = mapped_column(String(10))
    objected_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[int] = mapped_column(Integer, default=0)
    chosen_voice: Mapped[VariantName | None] = mapped_column(words(VariantName))
    chosen_voice_at: Mapped[datetime | None] = mapped_column(Moment)
    print_format: Mapped[PrintFormat] = mapped_column(
        words(PrintFormat), default=PrintFormat.STANDARD, server_default=PrintFormat.STANDARD.value
    )
    preferred_channel: Mapped[Channel | None] = mapped_column(words(Channel))
    wished_language: Mapped[str | None] = mapped_column(String(10))

    family: Mapped[Family] = relationship(back_populates="carers")

    @property
    def written_language(self) -> str:
        """The language to write to them in: what they asked for, else what they speak."""
        return self.wished_language or self.language


class Child(Keyed, Base):
    """A child who travels: travel facts alone, never a diagnosis or a pupil number.

    ``match_key`` (a keyed digest of the child reference, else of the first name) tells children of
    a family apart at re-import. ``miles`` is one way; ``annual_cost`` in pounds; ``position`` as a
    carer's.
    """

    __tablename__ = "child"
    __table_args__ = (UniqueConstraint("family_id", "match_key"),)

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), index=True)
    match_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    reference: Mapped[str | None] = mapped_column(String(60))
    first_name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_name = Sealed("first_name_sealed")
    age_band: Mapped[AgeBand | None] = mapped_column(words(AgeBand))
    school: Mapped[str | None] = mapped_column(String(120), index=True)
    present_travel: Mapped[str | None] = mapped_column(String(60))
    annual_cost: Mapped[Decimal | None] = mapped_column(Pounds)
    miles: Mapped[Decimal | None] = mapped_column(Exact)
    created_at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[int] = mapped_column(Integer, default=0)

    family: Mapped[Family] = relationship(back_populates="children")
    offers: Mapped[list[OpenOffer]] = relationship(
        back_populates="child", cascade="all, delete-orphan", order_by="OpenOffer.offer"
    )


class OpenOffer(Keyed, Base):
    """An offer open to a child: who decided it and when. No row, no offer message."""

    __tablename__ = "open_offer"
    __table_args__ = (UniqueConstraint("child_id", "offer"),)

    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.id"), index=True)
    offer: Mapped[OfferKind] = mapped_column(words(OfferKind))
    decided_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime] = mapped_column(Moment)

    child: Mapped[Child] = relationship(back_populates="offers")
