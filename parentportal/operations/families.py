"""Families of a file meet the families on record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from messaging.printable import fold
from parentportal.intake.problems import Note, NoteCode, shown
from parentportal.intake.vocabulary import Column
from parentportal.models import Carer, Child, Family
from parentportal.operations.addressees import reached_at
from parentportal.operations.matching import (
    carer_cells,
    child_cells,
    match_carers,
    match_children,
    name_key,
    postcode_key,
)
from parentportal.operations.new_families import NewRows
from parentportal.operations.suppressing import put_right
from parentportal.operations.taking_out import ADDRESS_CHANGED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.channels import Channel
    from parentportal.intake.cohort import CheckedCohort
    from parentportal.intake.families import FamilyEntry
    from parentportal.intake.rows import CarerEntry, ChildEntry
    from parentportal.intake.vocabulary import Flag
    from parentportal.models import OfferKind, Officer, OpenOffer

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
class Foresight:
    """What confirming a file would do.

    Attributes:
        counts: how many of everything.
        notes: what an officer should know of it before confirming.
        unchanged: when each family that is on record as the file has it was last changed, by
            reference key; a family of which this still holds need not be read again.
    """

    counts: Counts
    notes: tuple[Note, ...]
    unchanged: Mapping[str, datetime]


NOTHING_FORESEEN: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Merge:
    """How the families of one file are put on record.

    Attributes:
        decides_offers: whether the file has the column, so that a blank cell closes offers.
        decides_flags: whether it has the column, so that a blank cell lifts flags.
    """

    decides_offers: bool
    decides_flags: bool

    def foresee(self, session: Session, checked: CheckedCohort) -> Foresight:
        """What writing would do; nothing is changed."""
        new = changed = 0
        notes: list[Note] = []
        unchanged: dict[str, datetime] = {}
        for chunk in _chunks(checked.families):
            known = _on_record(session, chunk)
            joining: list[tuple[FamilyEntry, CarerEntry]] = []
            for entry in chunk:
                family = known.get(entry.key)
                if family is None:
                    new += 1
                    joining += [(entry, told) for told in entry.carers]
                    continue
                difference = self._difference(family, entry)
                if difference.nothing:
                    unchanged[entry.key] = family.changed_at
                    continue
                changed += 1
                joining += [(entry, told) for told in difference.carers]
                notes += _notes(entry, difference)
            notes += _known_elsewhere(session, joining)
        return Foresight(_counts(checked, new, changed), tuple(notes), unchanged)

    def write(
        self,
        session: Session,
        checked: CheckedCohort,
        *,
        now: datetime,
        decided_by: str,
        by: Officer | None = None,
        unchanged: Mapping[str, datetime] = NOTHING_FORESEEN,
    ) -> Counts:
        """Add what is new, change what differs; offers that are opened name who decided.

        Where a carer has another address, email or telephone, what was wrong with the one before
        counts no more: see :func:`parentportal.operations.suppressing.put_right`.

        ``unchanged`` is what :meth:`foresee` said before the lock was taken: nobody waits while
        those families are read and compared once more.
        """
        new = changed = 0
        settled = _still(session, unchanged)
        for chunk in _chunks([one for one in checked.families if one.key not in settled]):
            known = _on_record(session, chunk)
            rows = NewRows(now, decided_by)
            moved: set[tuple[UUID, Channel]] = set()
            for entry in chunk:
                family = known.get(entry.key)
                if family is None:
                    new += 1
                    rows.add_family(entry)
                elif not (difference := self._difference(family, entry)).nothing:
                    changed += 1
                    moved |= difference.apply(session, family, rows)
            session.flush()
            rows.insert(session)
            if moved:
                put_right(session, moved, because=ADDRESS_CHANGED, now=now, by=by)
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

    def apply(self, session: Session, family: Family, rows: NewRows) -> set[tuple[UUID, Channel]]:
        """Change the rows on record, and put the new ones with those to be inserted.

        Returns:
            Carers who are reached elsewhere now, each with the channel.
        """
        before = {carer: reached_at(carer) for carer, *_ in self.cells if isinstance(carer, Carer)}
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
        return {
            (carer.id, channel)
            for carer, there in before.items()
            for channel, where in reached_at(carer).items()
            if fold(where) != fold(there.get(channel, ""))
        }


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


def _still(session: Session, unchanged: Mapping[str, datetime]) -> set[str]:
    """Those of these families that nobody has changed since."""
    if not unchanged:
        return set()
    rows = session.execute(select(Family.reference_key, Family.changed_at))
    return {key for key, changed_at in rows if unchanged.get(key) == changed_at}


def _notes(entry: FamilyEntry, difference: Difference) -> Iterator[Note]:
    """Carers who change their name, and carers who join, of a family on record."""
    for carer, column, value in difference.cells:
        if column == "name" and isinstance(carer, Carer) and fold(carer.name) != fold(value):
            yield _note(entry, NoteCode.CARER_RENAMED, f"{carer.name} → {value}")
    for told in difference.carers:
        yield _note(entry, NoteCode.CARER_JOINS, told.name)


def _known_elsewhere(
    session: Session, joining: Sequence[tuple[FamilyEntry, CarerEntry]]
) -> Iterator[Note]:
    """New carers whose name and postcode are on record in another family (1 query)."""
    keys = {
        (name_key(told), postcode): (entry, told)
        for entry, told in joining
        if told.address and (postcode := postcode_key(told.address))
    }
    if not keys:
        return
    rows = session.execute(
        select(Carer.name_key, Carer.postcode_key, Family.reference)
        .join(Carer.family)
        .where(Carer.name_key.in_([name for name, _ in keys]))
        .order_by(Family.reference)
    )
    for name, postcode, reference in rows:
        if postcode is not None and (found := keys.get((name, postcode))):
            entry, told = found
            yield _note(entry, NoteCode.CARER_ELSEWHERE, f"{told.name}, {reference}")


def _note(entry: FamilyEntry, code: NoteCode, said: str) -> Note:
    return Note(entry.rows[0], Column.CARER_NAME, code, shown(f"{entry.reference}: {said}"))


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
