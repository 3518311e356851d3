"""Segments under a licence: kept apart from our own, and asked for wording only when chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from messaging.printable import fold
from parentportal.models import Carer, Family, HeldLicence, LicensedSegment
from parentportal.operations import trail
from parentportal.refusals import NotThere, Refusal
from segmentation.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer
    from segmentation.licensed import Licence
    from segmentation.segments import Segment


class LicenceOver(Refusal):
    """The licence is not valid any more."""

    code = "licence-over"


def unusable(session: Session, references: Iterable[str]) -> Mapping[str, Fault]:
    """Family references that say of no one carer whom they mean, and why; one query."""
    carers = _carers(session)
    return {
        reference: Fault.NOT_ONE_CARER if carers.get(fold(reference)) else Fault.NOT_OURS
        for reference in references
        if len(carers.get(fold(reference), ())) != 1
    }


def bring_in(
    session: Session,
    licence: Licence,
    segments: Mapping[str, Segment | None],
    *,
    now: datetime,
    by: Officer | None = None,
) -> HeldLicence:
    """Keep segments under a licence, in the place of those it gave the same carers before.

    Args:
        session: the transaction.
        licence: what the council holds.
        segments: by family reference; each family has one carer (see :func:`unusable`).
        now: when.
        by: who brings them in.

    Raises:
        LicenceOver: it is not valid today.
        KeyError: a reference is nobody's.
    """
    if licence.valid_until < now.date():
        raise LicenceOver
    held = session.scalar(
        select(HeldLicence).where(HeldLicence.reference == licence.reference).with_for_update()
    )
    if held is None:
        held = HeldLicence(reference=licence.reference, chooses_wording=False)
        session.add(held)
    held.holder, held.valid_until, held.brought_at = licence.holder, licence.valid_until, now
    session.flush()
    there = {
        row.carer_id: row
        for row in session.scalars(
            select(LicensedSegment).where(LicensedSegment.licence_id == held.id)
        )
    }
    carers = _carers(session)
    for reference, segment in segments.items():
        (carer_id,) = carers[fold(reference)]
        row = there.get(carer_id)
        if row is None:
            row = there[carer_id] = LicensedSegment(licence_id=held.id, carer_id=carer_id)
            session.add(row)
        row.segment, row.brought_at = segment, now
    trail.keep(
        session,
        "bring-in-licensed",
        "licence",
        held.id,
        now=now,
        by=by,
        reference=licence.reference,
        people=len(segments),
    )
    session.flush()
    return held


def choose_wording(
    session: Session, reference: str | None, *, now: datetime, by: Officer | None
) -> None:
    """Let letters be worded by the segments of a licence from now on, or (none) by our own.

    The two are never mixed: whoever has no segment under the licence gets neutral words.

    Raises:
        NotThere: no segments were brought in under this reference.
        LicenceOver: it is not valid today.
    """
    held = None
    if reference is not None:
        held = session.scalar(select(HeldLicence).where(HeldLicence.reference == reference))
        if held is None:
            raise NotThere
        if held.valid_until < now.date():
            raise LicenceOver
    session.execute(update(HeldLicence).values(chooses_wording=False))
    if held is not None:
        session.execute(
            update(HeldLicence).where(HeldLicence.id == held.id).values(chooses_wording=True)
        )
    trail.keep(
        session,
        "choose-wording",
        "licence",
        held.id if held else None,
        now=now,
        by=by,
        source=reference or "ours",
    )


def _carers(session: Session) -> Mapping[str, list[UUID]]:
    """The carers of every family, by its reference without case."""
    found: dict[str, list[UUID]] = {}
    for key, carer_id in session.execute(
        select(Family.reference_key, Carer.id).join(Carer, Carer.family_id == Family.id)
    ):
        found.setdefault(key, []).append(carer_id)
    return found
