"""From one scheme to the next: what each holder of a budget had, has then, and from when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from messaging.schemes.calendars import Term
from messaging.schemes.journeys import Journey
from messaging.schemes.kinds import Scheme
from messaging.schemes.money import to_the_penny
from messaging.schemes.part_years import PartYear, share_left
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import Payment


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody paid a budget now.

    Attributes:
        key: what tells this holder from all others; never a name.
        journey: what the present amount rests on.
        journey_then: what the new amount rests on, where that is not the same: a birthday, or
            miles counted in another way.
    """

    key: str
    journey: Journey
    journey_then: Journey | None = None


@dataclass(frozen=True, slots=True)
class Rebanded:
    """One holder before and after.

    Attributes:
        key: the holder's.
        before: the payment of a whole year by the scheme before.
        after: the payment of a whole year by the scheme after.
        since: first day of the new amount.
        share: how much of the year is left then.
    """

    key: str
    before: Payment
    after: Payment
    since: date
    share: Fraction

    @property
    def difference(self) -> Decimal:
        """Pounds a whole year; negative where the holder gets less."""
        return self.after.pounds_a_year - self.before.pounds_a_year

    @property
    def difference_this_year(self) -> Decimal:
        """The difference over what is left of this year, to the penny."""
        return to_the_penny(self.difference * self.share.numerator / self.share.denominator)


@dataclass(frozen=True, slots=True)
class NotRebanded:
    """A holder whose amounts cannot be worked out, and why (a code of `WorkingOutRefused`)."""

    key: str
    code: str


@dataclass(frozen=True, slots=True)
class Rebanding:
    """All holders, and totals that are sums of their rows.

    Attributes:
        since: first day of the new scheme.
        until: last day of the year the part-year is counted in.
        rule: how the part-year was counted.
        rows: every holder whose amounts are known.
        refused: every other one.
    """

    since: date
    until: date
    rule: PartYear
    rows: tuple[Rebanded, ...]
    refused: tuple[NotRebanded, ...]

    @property
    def before(self) -> Decimal:
        """Pounds a year before, all rows."""
        return sum((row.before.pounds_a_year for row in self.rows), Decimal(0))

    @property
    def after(self) -> Decimal:
        """Pounds a year after, all rows."""
        return sum((row.after.pounds_a_year for row in self.rows), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """Pounds a year more or less, all rows."""
        return sum((row.difference for row in self.rows), Decimal(0))

    @property
    def difference_this_year(self) -> Decimal:
        """Pounds more or less in what is left of this year, all rows."""
        return sum((row.difference_this_year for row in self.rows), Decimal(0))


def reband(
    holders: Iterable[Holder],
    before: Scheme,
    after: Scheme,
    *,
    until: date,
    rule: PartYear,
    terms: Iterable[Term] = (),
) -> Rebanding:
    """What the step from one scheme to the next means for each holder.

    Args:
        holders: everyone who is paid now.
        before: the scheme they are paid by.
        after: the scheme that follows, in force from its own first day.
        until: last day of the year the part-year is counted in.
        rule: how it is counted.
        terms: for a rule that counts school weeks.
    """
    since = after.valid_from
    share = share_left(rule, since, until, terms)
    rows: list[Rebanded] = []
    refused: list[NotRebanded] = []
    for holder in holders:
        try:
            then = _journey_then(holder, before, after)
            amounts = before.work_out(holder.journey), after.work_out(then)
            rows.append(Rebanded(holder.key, *amounts, since, share))
        except WorkingOutRefused as why:
            refused.append(NotRebanded(holder.key, why.code))
    return Rebanding(since, until, rule, tuple(rows), tuple(refused))


def _journey_then(holder: Holder, before: Scheme, after: Scheme) -> Journey:
    if holder.journey_then is not None:
        return holder.journey_then
    if before.measured is not after.measured:
        raise WorkingOutRefused("measured-otherwise", wanted=after.measured)
    return holder.journey
