"""What a provider says, later, became of a message it had accepted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class ReportOutcome(StrEnum):
    """What became of it, in the words GOV.UK Notify has for it."""

    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"  # it did not arrive; the address may be good
    PERMANENT_FAILURE = "permanent-failure"  # the address is dead: no such mailbox, no such number
    RETURNED = "returned"  # a letter came back by post


@dataclass(frozen=True, slots=True)
class Report:
    """One report; a provider may send the same twice, and reports in any order.

    Attributes:
        reference: the message's own key, under which it went.
        provider_id: what the provider calls it; empty where it calls it nothing.
        outcome: what became of it.
        at: when it became so, by the provider's clock, in UTC.
        code: the provider's own word for why, such as `5.1.1`; never an address or a number.
    """

    reference: UUID
    provider_id: str
    outcome: ReportOutcome
    at: datetime
    code: str
