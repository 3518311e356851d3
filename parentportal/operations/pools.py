"""Who may be asked to a discussion group, and why others are not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from messaging.panels import Entrant
from parentportal.models import Carer, Family, Invitee
from parentportal.models.standing import newest_assignments, stands_in
from parentportal.operations.recipients import SUPPRESSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from segmentation.segments import Segment


class KeptOut(StrEnum):
    """Why somebody of a group's kind is not in its pool; the first that holds is the reason."""

    NOT_TO_CONTACT = "not-to-contact"
    ALREADY_INVITED = "already-invited"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Pool:
    """Who may be drawn for a group.

    Attributes:
        entrants: everyone who may be asked, by the keys of carer and family.
        kept_out: how many carers are not in it, by reason; every reason has a count.
    """

    entrants: tuple[Entrant, ...]
    kept_out: Mapping[KeptOut, int]

    @property
    def households(self) -> int:
        """How many families those in the pool belong to: one of each can be drawn."""
        return len({entrant.household for entrant in self.entrants})


def pool_for(session: Session, segment: Segment | None) -> Pool:
    """The pool of a segment's group, or (none) of the mixed group; two queries.

    Nobody's name or address is opened for it.
    """
    invited = set(session.scalars(select(Carer.family_id).join(Invitee).distinct()))
    newest = newest_assignments()
    rows = session.execute(
        select(
            Carer.id,
            Carer.family_id,
            Family.flags,
            or_(Carer.address_sealed.is_not(None), Carer.email_sealed.is_not(None)),
        )
        .join(Family, Family.id == Carer.family_id)
        .outerjoin(newest, newest.c.carer_id == Carer.id)
        .where(stands_in(newest, segment))
        .order_by(Carer.id)
    )
    entrants: list[Entrant] = []
    kept_out = Counter(dict.fromkeys(KeptOut, 0))
    for carer_id, family_id, flags, reachable in rows:
        reason = _reason(flags, family_id in invited, reachable)
        if reason:
            kept_out[reason] += 1
        else:
            entrants.append(Entrant(str(carer_id), str(family_id)))
    return Pool(tuple(entrants), kept_out)


def _reason(flags: list[str], invited: bool, reachable: bool) -> KeptOut | None:  # noqa: FBT001
    if any(flag in SUPPRESSING for flag in flags):
        return KeptOut.NOT_TO_CONTACT
    if invited:
        return KeptOut.ALREADY_INVITED
    return None if reachable else KeptOut.UNREACHABLE
