"""What absence does to a payment, and what it never does.

Absence through illness or disability counts as attendance: to pay less for it would treat a child
unfavourably because of something that arises from a disability (Equality Act 2010, section 15).
Only a council that has its lawyer's recorded sign-off can set it otherwise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from messaging.schemes.money import to_the_penny
from messaging.settings import Line, Problem

WHOLE = 100


class Effect(StrEnum):
    """What happens when attendance falls below the threshold."""

    TALK = "talk"
    PAUSE = "pause"
    DAYS_ATTENDED = "days-attended"


@dataclass(frozen=True, slots=True)
class LegalSignOff:
    """Who answers in law for it that illness or disability may reduce a payment.

    Attributes:
        name: the person who signed.
        role: what they are, such as the monitoring officer.
        signed_on: the day.
        reference: where the advice is on file.
    """

    name: Line
    role: Line
    signed_on: date
    reference: Line


@dataclass(frozen=True, slots=True)
class NoThreshold:
    """Attendance is not looked at: every instalment is paid whole."""

    kind: ClassVar[str] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A share of the school days below which something happens.

    Attributes:
        per_cent: the share; the effect begins below it.
        effect: what happens then.
        illness_counts: whether absence through illness or disability counts as absence.
        legal_sign_off: without which it cannot.
    """

    kind: ClassVar[str] = "threshold"
    per_cent: int
    effect: Effect
    illness_counts: bool = False
    legal_sign_off: LegalSignOff | None = None

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if self.per_cent > WHOLE:
            yield "per_cent", f"must be at most {WHOLE}"
        if self.illness_counts and self.legal_sign_off is None:
            yield (
                "legal_sign_off",
                "is missing: absence through illness or disability reduces no payment without it",
            )


AttendanceRule = NoThreshold | Threshold


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """A child's days of one instalment.

    Attributes:
        open: days on which the school was open to the child.
        ill: those missed through illness or disability.
        other: those missed for any other reason.
    """

    open: int
    ill: int
    other: int


@dataclass(frozen=True, slots=True)
class Payable:
    """What is paid of an instalment.

    Attributes:
        pounds: the sum.
        attended: the share of days that count as attended.
        effect: what the rule does; none where nothing happens.
    """

    pounds: Decimal
    attended: Fraction
    effect: Effect | None


def payable(pounds: Decimal, days: SchoolDays, rule: AttendanceRule) -> Payable:
    """What is paid of an instalment of so many pounds.

    `talk` pays it whole, and an officer rings; `pause` keeps it back until they have; only
    `days-attended` pays a part, to the penny.
    """
    attended = _share_attended(days, rule)
    if isinstance(rule, NoThreshold) or attended >= Fraction(rule.per_cent, WHOLE):
        return Payable(pounds, attended, None)
    match rule.effect:
        case Effect.TALK:
            paid = pounds
        case Effect.PAUSE:
            paid = Decimal(0)
        case Effect.DAYS_ATTENDED:
            paid = to_the_penny(pounds * attended.numerator / attended.denominator)
    return Payable(paid, attended, rule.effect)


def _share_attended(days: SchoolDays, rule: AttendanceRule) -> Fraction:
    signed_off = isinstance(rule, Threshold) and rule.legal_sign_off is not None
    ill_counts = isinstance(rule, Threshold) and rule.illness_counts and signed_off
    missed = days.other + (days.ill if ill_counts else 0)
    return Fraction(days.open - missed, days.open) if days.open else Fraction(1)
