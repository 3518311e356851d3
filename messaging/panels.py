"""Who is invited to a discussion: a lottery that anyone can repeat with the seed and the pool.

Every entrant has a ticket, the SHA-256 of the seed and their own key, and the lowest tickets win.
So the order in which a pool is listed changes nothing, the result is the same on every machine and
in every version of Python, and whoever is next after the panel is known without another draw.
One person per household: first households are drawn, then one person within each.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SHOW_RATE = Fraction(7, 10)
"""The share of those booked who come, as a rule of thumb of the trade."""
SURE_ENOUGH = Fraction(9, 10)
"""How likely enough people are to come before a booking counts as enough."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """Somebody who may be drawn.

    Attributes:
        key: what tells this person from all others, such as a row's key; never a name.
        household: the same for all who live together.
    """

    key: str
    household: str


class PoolTooSmall(ValueError):
    """More people were asked for than there are households."""


def draw_panel(pool: Iterable[Entrant], size: int, seed: str) -> tuple[Entrant, ...]:
    """Draw so many people, each of another household; the one with the lowest ticket first.

    Every household has the same chance, and within it every person.

    Args:
        pool: all who may be drawn, in any order.
        size: how many people.
        seed: what the tickets are made with; logged, so that the draw can be repeated.

    Raises:
        PoolTooSmall: when there are fewer households than ``size``.
    """
    chosen: dict[str, Entrant] = {}
    for entrant in sorted(pool, key=lambda entrant: _ticket(seed, "person", entrant.key)):
        chosen.setdefault(entrant.household, entrant)
    if size > len(chosen):
        raise PoolTooSmall(f"{size} of {len(chosen)}")
    winners = sorted(chosen, key=lambda household: _ticket(seed, "household", household))
    return tuple(chosen[household] for household in winners[:size])


def chances(pool: Collection[Entrant], size: int) -> dict[Entrant, Fraction]:
    """Everybody's chance of being drawn, exactly."""
    at_home = Counter(entrant.household for entrant in pool)
    drawn = Fraction(min(size, len(at_home)), max(len(at_home), 1))
    return {entrant: drawn / at_home[entrant.household] for entrant in pool}


def pool_listing(pool: Iterable[Entrant]) -> str:
    """A pool as text, ``household key`` on each line: the same for the same people in any order."""
    return "".join(sorted(f"{entrant.household} {entrant.key}\n" for entrant in pool))


def pool_digest(pool: Iterable[Entrant]) -> str:
    """The SHA-256 of a pool's listing, in hexadecimal digits."""
    return hashlib.sha256(pool_listing(pool).encode()).hexdigest()


def chance_of_filling(seats: int, booked: int, rate: Fraction = SHOW_RATE) -> float:
    """How likely at least ``seats`` of the ``booked`` come, each on their own (binomial)."""
    miss = 1 - rate
    return float(
        sum(comb(booked, k) * rate**k * miss ** (booked - k) for k in range(seats, booked + 1))
    )


def bookings_needed(seats: int, rate: Fraction = SHOW_RATE, sure: Fraction = SURE_ENOUGH) -> int:
    """The fewest to book so that at least ``seats`` come as surely as wanted."""
    return next(n for n in count(seats) if chance_of_filling(seats, n, rate) >= sure)


def _ticket(seed: str, kind: str, key: str) -> bytes:
    return hashlib.sha256(f"{seed}|{kind}|{key}".encode()).digest()
