"""Who is in the cohort, and which files came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import defer, selectinload

from parentportal.models import (
    Child,
    Family,
    ImportBatch,
    Invitation,
    Response,
)
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

PAGE = 50
RECENT = 10


@dataclass(frozen=True, slots=True)
class CarerLine:
    """A carer as the list shows one: whether they answered, never what."""

    name: str
    language: str
    answered: bool


@dataclass(frozen=True, slots=True)
class ChildLine:
    """A child as the list shows one; ``offers`` are the words of the open offers."""

    name: str
    age_band: str
    school: str
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """A family as the list shows one."""

    reference: str
    flags: tuple[str, ...]
    carers: tuple[CarerLine, ...]
    children: tuple[ChildLine, ...]


@dataclass(frozen=True, slots=True)
class FamilyPage:
    """One page of the list.

    Attributes:
        lines: the families, by reference.
        total: how many families there are on all pages.
        number: of this page, from 1.
        pages: how many there are, at least 1.
    """

    lines: tuple[FamilyLine, ...]
    total: int
    number: int
    pages: int


def family_page(session: Session, search: str = "", number: int = 1) -> FamilyPage:
    """A page of families whose reference holds ``search`` (6 queries, whatever the page).

    A number beyond the last page gives the last page.
    """
    wanted = select(Family)
    if search:
        wanted = wanted.where(Family.reference.icontains(search, autoescape=True))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    families = session.scalars(
        wanted.order_by(Family.reference)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
        .options(
            selectinload(Family.carers),
            selectinload(Family.children).selectinload(Child.offers),
        )
    ).all()
    carers = [carer.id for family in families for carer in family.carers]
    answered = set(
        session.scalars(
            select(Invitation.carer_id)
            .join(Response, Response.invitation_id == Invitation.id)
            .where(Response.submitted_at.is_not(None), Invitation.carer_id.in_(carers))
        )
    )
    return FamilyPage(tuple(_line(family, answered) for family in families), total, number, pages)


def import_batch(session: Session, batch_id: UUID) -> ImportBatch:
    """One import.

    Raises:
        NotThere: when there is none.
    """
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotThere
    return batch


def recent_imports(session: Session) -> list[ImportBatch]:
    """The latest imports, newest first, without their files."""
    return list(
        session.scalars(
            select(ImportBatch)
            .order_by(ImportBatch.uploaded_at.desc())
            .limit(RECENT)
            .options(defer(ImportBatch.file_sealed))
        )
    )


def _line(family: Family, answered: set[UUID]) -> FamilyLine:
    return FamilyLine(
        reference=family.reference,
        flags=tuple(family.flags),
        carers=tuple(
            CarerLine(carer.name, carer.language, carer.id in answered) for carer in family.carers
        ),
        children=tuple(
            ChildLine(
                child.first_name or child.reference or "",
                child.age_band or "",
                child.school or "",
                tuple(offer.offer.value.upper() for offer in child.offers),
            )
            for child in family.children
        ),
    )
