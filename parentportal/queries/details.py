"""Which rows are a family's, and everything in them that could tell it, to be searched for.

Whose a row is follows from its foreign keys, and what is sealed from its columns' names, so that a
new table is erased, and searched for, without being listed here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import Table, or_, select

from messaging.printable import fold
from parentportal.access_codes import AccessCode, CodeMistyped
from parentportal.models import (
    Answer,
    Assignment,
    Base,
    Carer,
    Child,
    EarlierAssignment,
    Family,
    Invitation,
    TrialFamily,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

PRINT = 24
"""So many bytes at the start of a sealed value are no other's: its key's name and its nonce."""

FEWEST = 6
"""Bytes: fewer than that stand by chance in any file."""

_GAPS = re.compile(r"[\s\-\u2010-\u2015()./]+")
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ANSWERS = {kind.__tablename__ for kind in (Answer, Assignment, EarlierAssignment)}
_COUNTS = Base.metadata.tables[TrialFamily.__tablename__]
"""What stays of a family in a trial, without its name: its row's key is no family's."""
_NATIONAL = 10
"""Digits of a telephone number after +44 or the first nought: the same however it is written."""


class Kind(StrEnum):
    """What of a family can be found somewhere."""

    REFERENCE = "reference"
    NAME = "name"
    ADDRESS = "address"
    POSTCODE = "postcode"
    TELEPHONE = "telephone"
    EMAIL = "email"
    CODE = "code"
    ANSWERS = "answers"
    """Ratings, scores and segments, as they are sealed."""
    RECORD = "sealed record"
    """Whatever else is sealed: names, messages, what they wrote."""
    KEY = "random key"
    """The key of one of their rows, or of a message to them."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the forms that details are looked for in."""

    folded: str = ""
    closed: str = ""
    keys: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, text: str) -> Self:
        """Without case and doubled blanks; the same without any gap; and the keys in it."""
        folded = fold(text)
        return cls(folded, _GAPS.sub("", folded), frozenset(map(UUID, _KEY.findall(folded))))


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail of a family, in every form in which it could stand somewhere.

    Attributes:
        kind: what it is.
        words: folded; a trace where they stand as words of their own.
        runs: folded and without gaps; a trace wherever they stand so: a code with hyphens, a
            telephone number with blanks.
        raw: bytes as they lie in a database file or any other.
        prints: the first bytes of sealed values, which are no other's.
        keys: random keys.
    """

    kind: Kind
    words: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    raw: tuple[bytes, ...] = ()
    prints: frozenset[bytes] = frozenset()
    keys: frozenset[UUID] = frozenset()

    def is_in(self, text: Text) -> bool:
        """Whether a text holds it."""
        return (
            not self.keys.isdisjoint(text.keys)
            or any(run in text.closed for run in self.runs)
            or any(_stands_in(word, text.folded) for word in self.words)
        )

    def document(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "kind": self.kind,
            "words": self.words,
            "runs": self.runs,
            "raw": [piece.hex() for piece in self.raw],
            "prints": [piece.hex() for piece in self.prints],
            "keys": [str(key) for key in self.keys],
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The detail that :meth:`document` wrote down."""
        return cls(
            Kind(document["kind"]),
            tuple(document["words"]),
            tuple(document["runs"]),
            tuple(map(bytes.fromhex, document["raw"])),
            frozenset(map(bytes.fromhex, document["prints"])),
            frozenset(map(UUID, document["keys"])),
        )


def rows_of(family_id: UUID) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables are a family's, parents before children.

    A row is theirs that refers to one of theirs, by any foreign key.
    """
    family = Base.metadata.tables[Family.__tablename__]
    found: dict[Table, ColumnElement[bool]] = {family: family.c.id == family_id}
    for table in Base.metadata.sorted_tables:
        ways = [
            key.parent.in_(select(key.column).where(found[key.column.table]))
            for key in table.foreign_keys
            if key.column.table in found
        ]
        if ways:
            found[table] = or_(*ways)
    return found


def details_of(session: Session, family_id: UUID) -> tuple[Detail, ...]:
    """Everything that could tell this family, as the record stands."""
    family = session.get_one(Family, family_id)
    carers = session.scalars(select(Carer).where(Carer.family_id == family_id)).all()
    children = session.scalars(select(Child).where(Child.family_id == family_id)).all()
    codes = session.scalars(
        select(Invitation).join(Carer).where(Carer.family_id == family_id)
    ).all()
    found = [*_words(Kind.REFERENCE, family.reference)]
    for child in children:
        found += _words(Kind.REFERENCE, child.reference)
        found += _words(Kind.NAME, child.first_name)
        found.append(Detail(Kind.NAME, raw=(child.match_key,)))
    for carer in carers:
        found += [*_words(Kind.NAME, carer.name), Detail(Kind.NAME, raw=(carer.name_key,))]
        *lines, postcode = carer.address_lines or [""]
        for line in lines:
            found += _words(Kind.ADDRESS, line)
        found += [*_words(Kind.POSTCODE, postcode), *_words(Kind.EMAIL, carer.email)]
        if carer.postcode_key:
            found.append(Detail(Kind.POSTCODE, raw=(carer.postcode_key,)))
        found.append(_telephone(carer.phone))
    for row in codes:
        found += _code(row)
    keys, sealed = _kept_for(session, family_id)
    found += [Detail(Kind.KEY, keys=frozenset(keys)), *sealed]
    return tuple(dict.fromkeys(one for one in found if one != Detail(one.kind)))


def _stands_in(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(word, at + 1)
    return False


def _words(kind: Kind, text: str | None) -> Iterator[Detail]:
    """A text as words, and as a file may hold it: one may be another family's, and not the other.

    Few bytes stand everywhere by chance.
    """
    if text and fold(text):
        words = {fold(text)}
        if kind is Kind.POSTCODE:
            words.add(fold(text).replace(" ", ""))
        yield Detail(kind, tuple(sorted(words)))
        written = sorted({text, text.casefold(), json.dumps(text)[1:-1]})
        raw = (one.encode() for one in written)
        yield Detail(kind, raw=tuple(piece for piece in raw if len(piece) >= FEWEST))


def _telephone(phone: str | None) -> Detail:
    run = re.sub(r"\D", "", phone or "")[-_NATIONAL:]
    if len(run) < FEWEST:
        return Detail(Kind.TELEPHONE)
    return Detail(Kind.TELEPHONE, runs=(run,), raw=(run.encode(),))


def _code(row: Invitation) -> Iterator[Detail]:
    yield Detail(Kind.CODE, raw=(row.code_key,))
    try:
        code = AccessCode.parse(row.code)
    except CodeMistyped:
        return
    written = (code.characters.encode(), str(code).encode())
    yield Detail(Kind.CODE, runs=(fold(code.characters),), raw=written)


def _kept_for(session: Session, family_id: UUID) -> tuple[set[UUID], list[Detail]]:
    """The keys of their rows, and each table's sealed values as they lie in the database."""
    keys: set[UUID] = set()
    sealed: list[Detail] = []
    for table, mine in rows_of(family_id).items():
        for column in table.primary_key if table is not _COUNTS else ():
            found = session.scalars(select(column).where(mine)).all()
            keys |= {one for one in found if isinstance(one, UUID)}
        kind = Kind.ANSWERS if table.name in _ANSWERS else Kind.RECORD
        for column in table.columns:
            if column.name.endswith("_sealed"):
                values = session.scalars(select(column).where(mine, column.is_not(None))).all()
                sealed.append(Detail(kind, prints=frozenset(value[:PRINT] for value in values)))
    return keys, sealed
