"""What a trial is to find out, fixed before anything is sent."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from messaging.trials.allocation import NEUTRAL_SHARES

if TYPE_CHECKING:
    from datetime import date

NEUTRAL_SHARE = 20
"""Whole per cent of families in the neutral arm, unless the plan says otherwise."""


class Outcome(StrEnum):
    """What a family does that is counted; one for a trial, whichever of its carers does it."""

    CALL_ASKED = "call-asked"
    INTEREST_REGISTERED = "interest-registered"
    SURVEY_ANSWERED = "survey-answered"
    INVITATION_ACCEPTED = "invitation-accepted"


class PlanRefused(ValueError):
    """A plan that would not give the comparison it promises; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """The one comparison a campaign is to make.

    Attributes:
        campaign: the campaign's key.
        outcome: what is counted.
        counted_until: the last day on which it counts.
        neutral_share: whole per cent of families in the neutral arm, one of `NEUTRAL_SHARES`.
        seed: what arms are drawn with.

    Raises:
        PlanRefused: ``share-not-drawable`` or ``seed-missing``.
    """

    campaign: str
    outcome: Outcome
    counted_until: date
    neutral_share: int
    seed: str

    def __post_init__(self) -> None:
        if self.neutral_share not in NEUTRAL_SHARES:
            raise PlanRefused("share-not-drawable")
        if not self.seed:
            raise PlanRefused("seed-missing")

    def fingerprint(self) -> str:
        """The SHA-256 of the plan, in hexadecimal digits.

        It is taken over the plan as JSON with its names sorted and nothing between, so that anyone
        can work it out again and no two plans have the same text.
        """
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def is_as_locked(self, fingerprint: str) -> bool:
        """Whether this is still the plan that had that fingerprint when it was locked."""
        return hmac.compare_digest(self.fingerprint(), fingerprint)
