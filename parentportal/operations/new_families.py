"""New families, carers, children and offers, written in a few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from messaging.languages import ENGLISH
from parentportal.models import Base, Carer, Child, Family, OpenOffer
from parentportal.operations.matching import child_key, name_key, postcode_key
from parentportal.sealing import Sealed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.intake.families import FamilyEntry
    from parentportal.intake.rows import CarerEntry, ChildEntry
    from parentportal.models import OfferKind


class NewRows:
    """Rows to be inserted table by table: four statements for a whole chunk of families."""

    def __init__(self, now: datetime, decided_by: str) -> None:
        self.now = now
        self._decided_by = decided_by
        self._rows: dict[type[Base], list[dict[str, Any]]] = {
            table: [] for table in (Family, Carer, Child, OpenOffer)
        }

    def insert(self, session: Session) -> None:
        """Insert everything, parents before their children."""
        for table, rows in self._rows.items():
            if rows:
                session.execute(insert(Base.metadata.tables[table.__tablename__]), rows)

    def add_family(self, entry: FamilyEntry) -> None:
        """A family with everybody in it."""
        family_id = self._add(
            Family,
            reference=entry.reference,
            flags=[str(flag) for flag in entry.flags],
            created_at=self.now,
            changed_at=self.now,
        )
        self.add_people(family_id, entry.carers, entry.children)

    def add_people(
        self, family_id: UUID, carers: Sequence[CarerEntry], children: Sequence[ChildEntry]
    ) -> None:
        """Carers and children in the order of the file."""
        for position, told in enumerate(carers):
            self._add_carer(family_id, told, position)
        for position, one in enumerate(children):
            self._add_child(family_id, one, position)

    def _add_carer(self, family_id: UUID, told: CarerEntry, position: int) -> None:
        """A carer, sealed."""
        self._add(
            Carer,
            family_id=family_id,
            name_key=name_key(told),
            name=told.name,
            address_lines=told.address.lines if told.address else None,
            postcode_key=postcode_key(told.address) if told.address else None,
            phone=told.phone,
            email=told.email,
            language=told.language or ENGLISH,
            created_at=self.now,
            position=position,
        )

    def _add_child(self, family_id: UUID, one: ChildEntry, position: int) -> None:
        """A child, its name sealed, and the offers open to it."""
        child_id = self._add(
            Child,
            family_id=family_id,
            match_key=child_key(one.key),
            reference=one.reference,
            first_name=one.first_name,
            age_band=one.age_band,
            school=one.school,
            present_travel=one.present_travel,
            annual_cost=one.annual_cost,
            miles=one.miles,
            created_at=self.now,
            position=position,
        )
        for kind in one.offers:
            self.add_offer(child_id, kind)

    def add_offer(self, child_id: UUID, kind: OfferKind) -> None:
        """An offer that is open from now on."""
        self._add(
            OpenOffer,
            child_id=child_id,
            offer=kind,
            decided_by=self._decided_by,
            decided_at=self.now,
        )

    def _add(self, table: type[Base], **columns: Any) -> UUID:
        """Keep one row; what its class seals is sealed for this row alone."""
        row_id = uuid4()
        row: dict[str, Any] = {"id": row_id}
        for name, value in columns.items():
            seal = table.__dict__[name]
            if isinstance(seal, Sealed):
                row[seal.column] = seal.seal(table.__tablename__, str(row_id), value)
            else:
                row[name] = value
        self._rows[table].append(row)
        return row_id
