"""Families of a file meet the families on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import selectinload

from messaging.languages import ENGLISH
from parentportal.models import Base, Carer, Child, Family, OpenOffer
from parentportal.operations.matching import (
    carer_cells,
    child_cells,
    child_key,
    match_carers,
    match_children,
    name_key,
    postcode_key,
)
from parentportal.sealing import Sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from parentportal.intake.cohort import CheckedCohort
    from parentportal.intake.families import FamilyEntry
    from parentportal.intake.rows import CarerEntry, ChildEntry
    from parentportal.intake.vocabulary import Flag
    from parentportal.models import OfferKind

CHUNK = 500
"""Families looked up at once; SQLite takes at most 32,766 values in one statement."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import found, and what confirming it does or did.

    Attributes:
        rows: rows of the file, without header and blank ones.
        bad_rows: rows with a problem.
        waiting: families left out because one of their rows is bad.
        new: families that were not on record.
        changed: families of which something is new or different.
        unchanged: families on record as the file has them.
        carers: adults in the families that are written.
        children: children in them.
        offers: offers open to those children.
    """

    rows: int
    bad_rows: int
    waiting: int
    new: int
    changed: int
    unchanged: int
    carers: int
    children: int
    offers: int

    @property
    def families(self) -> int:
        """How many families were whole."""
        return self.new + self.changed + self.unchanged

    def document(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Counts:
        """The counts that :meth:`document` wrote down."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Merge:
    """How the families of one file are put on record.

    Attributes:
        decides_offers: whether the file has the column, so that a blank cell closes offers.
        decides_flags: whether it has the column, so that a blank cell lifts flags.
    """

    decides_offers: bool
    decides_flags: bool

    def foresee(self, session: Session, checked: CheckedCohort) -> Counts:
        """What writing would do; nothing is changed."""
        new = changed = 0
        for chunk in _chunks(checked.families):
            known = _on_record(session, chunk)
            new += len(chunk) - len(known)
            for entry in chunk:
                if family := known.get(entry.key):
                    changed += not self._difference(family, entry).nothing
        return _counts(checked, new, changed)

    def write(
        self, session: Session, checked: CheckedCohort, *, now: datetime, decided_by: str
    ) -> Counts:
        """Add what is new, change what differs; offers that are opened name who decided."""
        new = changed = 0
        for chunk in _chunks(checked.families):
            known = _on_record(session, chunk)
            rows = _NewRows(now, decided_by)
            for entry in chunk:
                family = known.get(entry.key)
                if family is None:
                    new += 1
                    rows.add_family(entry)
                elif not (difference := self._difference(family, entry)).nothing:
                    changed += 1
                    difference.apply(session, family, rows)
            session.flush()
            rows.insert(session)
        return _counts(checked, new, changed)

    def _difference(self, family: Family, entry: FamilyEntry) -> Difference:
        """What the file says that is not on record."""
        cells: list[tuple[Carer | Child, str, Any]] = []
        opened: list[tuple[Child, OfferKind]] = []
        closed: list[tuple[Child, OpenOffer]] = []
        carers, new_carers = match_carers(family.carers, entry.carers)
        children, new_children = match_children(family.children, entry.children)
        for carer, told in carers:
            cells += [(carer, *cell) for cell in carer_cells(carer, told)]
        for child, one in children:
            cells += [(child, *cell) for cell in child_cells(child, one)]
            if self.decides_offers:
                known = {offer.offer for offer in child.offers}
                opened += [(child, kind) for kind in one.offers if kind not in known]
                closed += [
                    (child, offer) for offer in child.offers if offer.offer not in one.offers
                ]
        flags = list(entry.flags)
        return Difference(
            flags=flags if self.decides_flags and flags != family.flags else None,
            cells=tuple(cells),
            carers=tuple(new_carers),
            children=tuple(new_children),
            opened=tuple(opened),
            closed=tuple(closed),
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file says of one family that is not on record."""

    flags: list[Flag] | None = None
    cells: tuple[tuple[Carer | Child, str, Any], ...] = ()
    carers: tuple[CarerEntry, ...] = ()
    children: tuple[ChildEntry, ...] = ()
    opened: tuple[tuple[Child, OfferKind], ...] = ()
    closed: tuple[tuple[Child, OpenOffer], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the record says the same already."""
        return self == Difference()

    def apply(self, session: Session, family: Family, rows: _NewRows) -> None:
        """Change the rows on record, and put the new ones with those to be inserted."""
        family.changed_at = rows.now
        if self.flags is not None:
            family.flags = [str(flag) for flag in self.flags]
        for row, column, value in self.cells:
            setattr(row, column, value)
        for _, gone in self.closed:
            session.delete(gone)
        rows.add_people(family.id, self.carers, self.children)
        for child, kind in self.opened:
            rows.add_offer(child.id, kind)


class _NewRows:
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


def _chunks(families: Sequence[FamilyEntry]) -> Iterator[Sequence[FamilyEntry]]:
    for start in range(0, len(families), CHUNK):
        yield families[start : start + CHUNK]


def _on_record(session: Session, chunk: Sequence[FamilyEntry]) -> dict[str, Family]:
    """The families on record, by reference, with their carers, children and offers (4 queries)."""
    rows = session.scalars(
        select(Family)
        .where(Family.reference_key.in_([entry.key for entry in chunk]))
        .options(
            selectinload(Family.carers),
            selectinload(Family.children).selectinload(Child.offers),
        )
        .execution_options(populate_existing=True)  # what this session saw before may be old
    )
    return {family.reference_key: family for family in rows}


def _counts(checked: CheckedCohort, new: int, changed: int) -> Counts:
    families = checked.families
    return Counts(
        rows=checked.rows,
        bad_rows=checked.bad_rows,
        waiting=checked.waiting,
        new=new,
        changed=changed,
        unchanged=len(families) - new - changed,
        carers=sum(len(family.carers) for family in families),
        children=sum(len(family.children) for family in families),
        offers=sum(len(child.offers) for family in families for child in family.children),
    )
