"""The offers that officers opened for children, and what a message about one can say of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.offers import AgeBand, AgeGroup, ChildOffer, Offer
from parentportal.models import Child, OpenOffer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class OpenChild:
    """A child and what is open to it.

    Attributes:
        child: its row.
        decided_by: by offer, the officer who recorded it.
    """

    child: Child
    decided_by: Mapping[Offer, str]

    def also(self, offer: Offer | None) -> tuple[Offer, ...]:
        """What is open beside an offer, in the order offers are printed."""
        return tuple(one for one in Offer if one in self.decided_by and one is not offer)


@dataclass(frozen=True, slots=True)
class Named:
    """The children that a message can name, why others cannot be, and who recorded the offers."""

    children: tuple[ChildOffer, ...] = ()
    refused: tuple[str, ...] = ()
    recorded_by: tuple[str, ...] = ()


def open_children(
    session: Session, *where: ColumnElement[bool], every: bool = False
) -> Mapping[UUID, tuple[OpenChild, ...]]:
    """The children with an open offer, by family, in the order they print; one query.

    Args:
        session: the transaction; the caller owns it.
        where: which children.
        every: those without an open offer as well.
    """
    rows = session.execute(
        select(Child, OpenOffer.offer, OpenOffer.decided_by)
        .join(OpenOffer, isouter=every)
        .where(*where)
        .order_by(Child.created_at, Child.position, Child.id)
    )
    children: dict[UUID, Child] = {}
    decided: dict[UUID, dict[Offer, str]] = defaultdict(dict)
    for child, kind, decided_by in rows:
        children[child.id] = child
        if kind is not None:
            decided[child.id][Offer(kind.value)] = decided_by
    by_family: dict[UUID, list[OpenChild]] = defaultdict(list)
    for key, child in children.items():
        by_family[child.family_id].append(OpenChild(child, decided[key]))
    return {family_id: tuple(found) for family_id, found in by_family.items()}


def named_for(offer: Offer, children: Iterable[OpenChild]) -> Named:
    """What a message about an offer can say of a family's children.

    A child that lacks something is not named, and stops no other. A budget by the mile needs the
    miles; every offer needs a name and the age band, because the law differs at 16.
    """
    named: list[ChildOffer] = []
    refused: list[str] = []
    recorded_by: dict[str, None] = {}  # each once, in the order of their children
    for one in children:
        child = one.child
        if offer not in one.decided_by:
            continue
        if child.age_band is None:
            refused.append("age-band-missing")
        elif offer is Offer.PTB and child.miles is None:
            refused.append("miles-missing")
        elif not child.first_name:
            refused.append("child-name-missing")
        else:
            band = AgeBand.read(child.age_band)
            miles = child.miles if offer is Offer.PTB else None
            group = AgeGroup.of(child.age_band)
            named.append(ChildOffer(child.first_name, band, miles, one.also(offer), group))
            recorded_by[one.decided_by[offer]] = None
    return Named(tuple(named), tuple(refused), tuple(recorded_by))


def named_anyway(children: Iterable[OpenChild]) -> Named:
    """What a message that offers nothing can say of children: their names, and what is open."""
    named = []
    recorded_by: dict[str, None] = {}
    for one in children:
        child = one.child
        if child.first_name:
            band = AgeBand.read(child.age_band) if child.age_band else None
            named.append(ChildOffer(child.first_name, band, None, one.also(None)))
            recorded_by |= dict.fromkeys(one.decided_by.values())
    return Named(tuple(named), (), tuple(recorded_by))


def to_young_person(named: Named) -> Named:
    """The first of a family's children who is written to in person: 16 or more, with an offer."""
    of_age = (
        child
        for child in named.children
        if child.age_band is AgeBand.POST_16 and set(child.also) & {Offer.PTB, Offer.ITT}
    )
    found = next(of_age, None)
    if found is None:
        return Named((), ("no-children",))
    return Named((found,), (), named.recorded_by)


def still_offered(
    offer: Offer | None, told: Iterable[ChildOffer], children: Iterable[OpenChild]
) -> bool:
    """Whether all that a message says of its children's offers still holds.

    An offer that was opened since takes no message back: it says less, and nothing wrong.
    """
    named = named_for(offer, children) if offer else named_anyway(children)
    now = {_fixed(child): child for child in named.children}
    said = told if offer else [child for child in told if child.also]
    return all(_holds(child, now.get(_fixed(child))) for child in said)


def _fixed(child: ChildOffer) -> tuple[object, ...]:
    return (child.first_name, child.age_band, child.miles)


def _holds(told: ChildOffer, now: ChildOffer | None) -> bool:
    """Whether what was told of a child is so still; an earlier release told no finer age."""
    if now is None or not set(told.also) <= set(now.also):
        return False
    return told.age_group is None or told.age_group is now.age_group
