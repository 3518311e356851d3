"""What parents asked for and nobody has seen to yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from parentportal.models import Carer, CarerRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def open_requests(session: Session) -> Sequence[CarerRequest]:
    """Each with its carer and family; the nearest promised day first, then by asking; one query."""
    return session.scalars(
        select(CarerRequest)
        .where(CarerRequest.ended_at.is_(None))
        .options(joinedload(CarerRequest.carer, innerjoin=True).joinedload(Carer.family))
        .order_by(CarerRequest.due_on.is_(None), CarerRequest.due_on, CarerRequest.asked_at)
    ).all()
