"""Who of a file is who on record, and what the file says differently of them.

Everybody on record is taken at most once, by the surest sign first; a sign that two people share on
either side decides nothing, for a wrong match would put one person's record under another's name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

from messaging.printable import fold
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from messaging.address import PostalAddress
    from parentportal.intake.rows import CarerEntry, ChildEntry
    from parentportal.models import Carer, Child

Known = TypeVar("Known")
Told = TypeVar("Told")


def match_carers(
    known: Sequence[Carer], told: Sequence[CarerEntry]
) -> tuple[list[tuple[Carer, CarerEntry]], list[CarerEntry]]:
    """Carers of a family by name; a corrected name by email, or by telephone and postcode.

    Returns:
        Each carer on record with what the file says of them, and the carers who are new.
    """
    return _match(
        known,
        told,
        (lambda carer: carer.name_key, name_key),
        (
            lambda carer: fold(carer.email) if carer.email else None,
            lambda entry: fold(entry.email) if entry.email else None,
        ),
        (
            lambda carer: _telephone_at(carer.phone, carer.postcode_key),
            lambda entry: _telephone_at(
                entry.phone, postcode_key(entry.address) if entry.address else None
            ),
        ),
    )


def match_children(
    known: Sequence[Child], told: Sequence[ChildEntry]
) -> tuple[list[tuple[Child, ChildEntry]], list[ChildEntry]]:
    """Children of a family by reference; by first name where one side has no reference.

    Returns:
        Each child on record with what the file says of it, and the children who are new.
    """
    return _match(
        known,
        told,
        (lambda child: child.match_key, lambda one: child_key(one.key)),
        (lambda child: _name(child, referred=False), lambda one: _name(one, referred=True)),
        (lambda child: _name(child, referred=True), lambda one: _name(one, referred=False)),
    )


def carer_cells(carer: Carer, told: CarerEntry) -> Iterator[tuple[str, Any]]:
    """What differs of a carer; a blank cell says nothing."""
    for column in ("phone", "email", "language"):
        value = getattr(told, column)
        if value is not None and value != getattr(carer, column):
            yield column, value
    name, lines = carer.name, carer.address_lines
    if told.name != name:
        yield "name", told.name
        yield "name_key", name_key(told)
    if told.address is not None:
        if list(told.address.lines) != lines:
            yield "address_lines", list(told.address.lines)
            yield "postcode_key", postcode_key(told.address)
    elif told.name != name and lines and lines[0] == name:  # the name prints as the first line
        yield "address_lines", [told.name, *lines[1:]]


def child_cells(child: Child, one: ChildEntry) -> Iterator[tuple[str, Any]]:
    """What differs of a child; a blank cell says nothing."""
    for column in (
        "reference",
        "first_name",
        "age_band",
        "school",
        "present_travel",
        "annual_cost",
        "miles",
    ):
        value = getattr(one, column)
        if value is not None and value != getattr(child, column):
            yield column, value
            if column == "reference":
                yield "match_key", child_key(one.key)


def name_key(carer: CarerEntry) -> bytes:
    """The digest that tells the carers of a family apart."""
    return keyring_in_use().digest("carer", carer.key)


def child_key(key: str) -> bytes:
    """The digest that tells the children of a family apart, of :attr:`ChildEntry.key`."""
    return keyring_in_use().digest("child", key)


def postcode_key(address: PostalAddress) -> bytes | None:
    """The digest by which a parent confirms the postcode; none for an address abroad."""
    return keyring_in_use().digest("postcode", address.postcode) if address.postcode else None


def _match(
    known: Sequence[Known],
    told: Sequence[Told],
    *signs: tuple[Callable[[Known], Hashable | None], Callable[[Told], Hashable | None]],
) -> tuple[list[tuple[Known, Told]], list[Told]]:
    """Pair off by one sign after the other, each time whoever alone has it on both sides."""
    pairs: list[tuple[Known, Told]] = []
    left, new = list(known), list(told)
    for of_known, of_told in signs:
        if not (left and new):
            break
        here, there = _alone(left, of_known), _alone(new, of_told)
        found = [(here[sign], there[sign]) for sign in there if sign in here]
        pairs += found
        left = [one for one in left if all(one is not taken for taken, _ in found)]
        new = [one for one in new if all(one is not taken for _, taken in found)]
    return pairs, new


def _alone(people: Sequence[Told], of: Callable[[Told], Hashable | None]) -> dict[Hashable, Told]:
    """Whoever has a sign that nobody else of them has."""
    signs = [of(one) for one in people]
    times = Counter(signs)
    return {
        sign: one
        for sign, one in zip(signs, people, strict=True)
        if sign is not None and times[sign] == 1
    }


def _telephone_at(phone: str | None, postcode: bytes | None) -> tuple[str, bytes] | None:
    return (phone, postcode) if phone and postcode else None


def _name(child: Child | ChildEntry, *, referred: bool) -> str | None:
    """The first name to compare by, of a child that has a reference, or that has none."""
    if bool(child.reference) is not referred or not child.first_name:
        return None
    return fold(child.first_name)
