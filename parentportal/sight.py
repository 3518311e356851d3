"""What a visit may see: a visit is one browser that has entered one code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sight:
    """What a visit may see and change: what it gave itself, or all once it is confirmed.

    Attributes:
        visit_id: the random number of the visit; none where no visit is involved.
        confirmed: whether the postcode was confirmed in this visit.
    """

    visit_id: UUID | None
    confirmed: bool

    def covers(self, visit_id: UUID | None) -> bool:
        """Whether something given in that visit may be seen and changed."""
        return self.confirmed or (visit_id is not None and visit_id == self.visit_id)


EVERYTHING: Final = Sight(None, confirmed=True)
"""For an officer's keying, a replay and tests: no visit is involved."""
