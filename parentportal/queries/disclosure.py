"""Counts fit to be shown: a small one is hidden, and nothing else on the page gives it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALLEST_SHOWN = 5
"""Fewer people than this could be recognised by those who know them."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class PublishedCounts(Generic[K]):
    """A table of counts as it may be read.

    Attributes:
        cells: each count, or none where it is hidden.
        total: their sum; none where it would help to work out a hidden cell.
    """

    cells: Mapping[K, int | None]
    total: int | None


def publish(counts: Mapping[K, int], smallest: int = SMALLEST_SHOWN) -> PublishedCounts[K]:
    """Hide what is small, and enough besides that it cannot be worked out.

    A count below ``smallest``, nought too, is hidden. Whoever knows the total from elsewhere (it is
    the number of letters sent) can add up the hidden cells, so cells that are not small are hidden
    with them as cover: in the order of the table, for a choice by size would itself tell, and until
    the hidden cells add up to enough that the small ones could be anything from nought upwards.
    """
    hidden = {name for name, count in counts.items() if count < smallest}
    if not hidden:
        return PublishedCounts(dict(counts), sum(counts.values()))
    slack = smallest - 1
    covers = [name for name in counts if name not in hidden]
    for number, cover in enumerate(covers, start=1):
        hidden.add(cover)
        if sum(counts[name] for name in hidden) >= number * smallest + slack:
            break
    cells = {name: None if name in hidden else count for name, count in counts.items()}
    return PublishedCounts(cells, None)
