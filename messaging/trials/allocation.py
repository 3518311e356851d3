"""Which families get the neutral version by lot: permuted blocks within strata.

A stratum is what a family's carers are taken for: one segment, or mixed. In each stratum families
stand in a row, and every block of the row has one neutral place, drawn anew for each block from
the seed; the share is one in the length of a block. So after any number of families the neutral
ones are exactly the share of them, rounded up or down, and which of the two is by lot, so that
each family's own chance is the share exactly. Blocks go on where the last draw stopped: families
that come later change nobody's arm and the balance holds over all of them. Within a draw families
stand in the order of their tickets, so that the order in which they are listed changes nothing.

Permuted blocks within strata: Pocock, *Clinical Trials* (1983), sections 5.2 and 5.3. Whoever
knew every earlier arm of a block could tell its last ones; nobody who drafts or decides sees arms.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from messaging.variants import Arm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segmentation.segments import Segment

NEUTRAL_SHARES: tuple[int, ...] = (10, 20, 25, 50)
"""Whole per cent of families that may be neutral: one in ten, five, four or two.

Only such shares fill a block with one neutral place, and so keep every stratum exact.
"""


class Stratum(StrEnum):
    """What the carers of a family are taken for, where anything could be tailored to it."""

    SETTLER = "settler"
    PROSPECTOR = "prospector"
    PIONEER = "pioneer"
    MIXED = "mixed"


def stratum_of(tailorable: Iterable[Segment]) -> Stratum | None:
    """The stratum of a family; none for a family that stands apart.

    A family without a carer who could get a tailored version gets the neutral one whatever the
    lot says. It would only dilute the contrast, so it is not in it.

    Args:
        tailorable: the segments of those carers who would be written to in their segment's version.
    """
    found = set(tailorable)
    if not found:
        return None
    return Stratum(found.pop().value) if len(found) == 1 else Stratum.MIXED


@dataclass(frozen=True, slots=True)
class Lot:
    """What a family drew: its place in the row of its stratum, from nought, and so its arm."""

    place: int
    arm: Arm


def draw_lots(
    families: Mapping[str, Stratum],
    *,
    seed: str,
    neutral_share: int,
    drawn_before: Mapping[Stratum, int],
) -> dict[str, Lot]:
    """Draw the arm of each family.

    Args:
        families: a family's key, the same for ever, to its stratum; none was drawn before.
        seed: what the lots are made with; kept, so that anyone can repeat the draw.
        neutral_share: as for :func:`arm_at`.
        drawn_before: how many of each stratum were drawn in earlier draws, the erased among them.
    """
    by_stratum = defaultdict(list)
    for family, stratum in families.items():
        by_stratum[stratum].append(family)
    lots: dict[str, Lot] = {}
    for stratum, members in by_stratum.items():
        members.sort(key=lambda family: _digest(seed, "family", family))
        for place, family in enumerate(members, start=drawn_before.get(stratum, 0)):
            arm = arm_at(place, stratum, seed=seed, neutral_share=neutral_share)
            lots[family] = Lot(place, arm)
    return lots


def arm_at(place: int, stratum: Stratum, *, seed: str, neutral_share: int) -> Arm:
    """The arm of a place in the row of a stratum: what was drawn can be checked by it for ever.

    Args:
        place: from nought.
        stratum: whose row.
        seed: what the lots are made with.
        neutral_share: one of `NEUTRAL_SHARES`; at 0 or 100 there is one arm, and no trial.
    """
    if not neutral_share:
        return Arm.TAILORED
    length = 100 // neutral_share
    block, inside = divmod(place, length)
    neutral = _digest(seed, "block", f"{stratum} {block}") % length
    return Arm.NEUTRAL if inside == neutral else Arm.TAILORED


def _digest(seed: str, kind: str, key: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}|{kind}|{key}".encode()).digest(), "big")
