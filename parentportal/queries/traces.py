"""Where a family's details stand: every row, every column, opened where it is sealed.

Tables, columns and seals are read from the models, so that a new one is searched without being
listed here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import undefer

from parentportal.models import AuditEvent, Base
from parentportal.queries.details import PRINT, Detail, Kind, Text, rows_of
from parentportal.sealing import SealBroken, Sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy.orm import Session

AT_A_TIME = 200
"""Rows read together."""


class Whose(StrEnum):
    """Whose row or file something stands in."""

    THEIRS = "theirs"
    OTHERS = "another family's"
    NOBODYS = "no family's"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where details of a kind were found, and in how many rows or files of that name."""

    kind: Kind
    where: str
    whose: Whose
    times: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        places: where something of theirs stands.
        shared: details that another family's records hold as well. They stay there, so they can
            prove nothing about this family, and are no trace.
        unopened: sealed values that did not open, and so were not searched.
    """

    places: tuple[Place, ...]
    shared: frozenset[Detail] = frozenset()
    unopened: int = 0

    def __add__(self, other: Found) -> Found:
        """Both together."""
        places = tuple(sorted((*self.places, *other.places)))
        return Found(places, self.shared | other.shared, self.unopened + other.unopened)


def search_rows(
    session: Session, details: Collection[Detail], family_id: UUID | None = None
) -> Found:
    """Look into every column of every row, opened where it is sealed.

    The trail keeps the random keys of what was done: those are the pseudonyms by which it stays,
    and no trace.

    Args:
        session: a session of its own; it reads everything.
        details: what to look for.
        family_id: whose they are, as long as the family is on record. What another family's
            records hold as well is told apart then; later, all that is found is a trace.
    """
    places: Counter[tuple[Kind, str, Whose]] = Counter()
    shared: set[Detail] = set()
    unopened = 0
    for value in _values(session, family_id):
        unopened += value.unopened
        for detail in details:
            if not value.holds(detail):
                continue
            if value.whose is Whose.OTHERS and family_id and not (detail.keys or detail.prints):
                shared.add(detail)
            else:
                places[detail.kind, value.where, value.whose] += 1
    found = (Place(*place, times) for place, times in places.items())
    return Found(tuple(sorted(found)), frozenset(shared), unopened)


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of one row, opened where it is sealed."""

    where: str
    whose: Whose
    text: Text
    raw: bytes
    print: bytes = b""
    unopened: bool = False

    def holds(self, detail: Detail) -> bool:
        """Whether a detail stands in it, in any form."""
        return (
            self.print in detail.prints
            or detail.is_in(self.text)
            or any(piece in self.raw for piece in detail.raw)
        )


def _values(session: Session, family_id: UUID | None) -> Iterator[_Value]:
    """Every value that could hold a detail."""
    theirs = rows_of(family_id or UUID(int=0))
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__tablename__):
        kind, table = mapper.class_, mapper.class_.__table__
        seals = _seals(kind)
        rows = session.execute(
            select(kind, theirs.get(table, literal(value=False)))
            .options(undefer("*"))
            .execution_options(yield_per=AT_A_TIME)
        )
        for row, is_theirs in rows:
            whose = Whose.THEIRS if is_theirs else Whose.OTHERS
            for column in mapper.column_attrs:
                yield _value(
                    row,
                    column.key,
                    seals.get(column.key),
                    f"{table.name}.{column.key}",
                    whose if table in theirs else Whose.NOBODYS,
                )


def _value(row: Any, column: str, seal: str | None, where: str, whose: Whose) -> _Value:
    value = getattr(row, column)
    if seal is not None and value is not None:
        try:
            text = "\n".join(texts_in(getattr(row, seal)))
        except SealBroken:
            return _Value(where, whose, Text(), b"", value[:PRINT], unopened=True)
        return _Value(where, whose, Text.of(text), text.encode(), value[:PRINT])
    match value:
        case bytes():
            return _Value(where, whose, Text(), value)
        case UUID():
            keys = frozenset() if isinstance(row, AuditEvent) else frozenset({value})
            return _Value(where, whose, Text(keys=keys), b"")
        case _:
            text = "\n".join(texts_in(value))
            found = Text.of(text)
            if isinstance(row, AuditEvent):
                found = replace(found, keys=frozenset())
            return _Value(where, whose, found, text.encode())


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a value of JSON's types, the names of its fields among them."""
    match value:
        case str():
            yield value
        case dict():
            for name, one in value.items():
                yield name
                yield from texts_in(one)
        case list():
            for one in value:
                yield from texts_in(one)


def _seals(kind: type[Any]) -> Mapping[str, str]:
    """Each sealed column of a mapped class, with the name by which it is read."""
    return {
        seal.column: name
        for one in kind.__mro__
        for name, seal in vars(one).items()
        if isinstance(seal, Sealed)
    }
