"""How much of a year is left from a day on: three rules, and a page names the one it used."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from messaging.schemes.calendars import MONTHS_A_YEAR, Term

SCHOOL_WEEKS_A_YEAR = 39
MONDAYS_A_YEAR = 52
_MONDAY = 0
_DAYS_TO_FRIDAY = timedelta(days=4)


class PartYear(StrEnum):
    """The rules (domain/benefits.md, "Rule")."""

    MONTHS = "months"
    SCHOOL_WEEKS = "school-weeks"
    MONDAYS = "mondays"


def share_left(rule: PartYear, since: date, until: date, terms: Iterable[Term] = ()) -> Fraction:
    """The share of a year that lies between two days, both counted.

    Months are those that begin in between, of 12; Mondays those in between, of 52; school weeks
    those whose Monday lies in between and which have a day of term, of 39.

    Args:
        rule: how to count.
        since: the first day.
        until: the last day of the year.
        terms: for school weeks: the year's half terms, so that holidays between them do not count.

    Returns:
        From 0 to 1: a year with a 53rd Monday is still one year.
    """
    days = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    mondays = [day for day in days if day.weekday() == _MONDAY]
    match rule:
        case PartYear.MONTHS:
            share = Fraction(sum(day.day == 1 for day in days), MONTHS_A_YEAR)
        case PartYear.MONDAYS:
            share = Fraction(len(mondays), MONDAYS_A_YEAR)
        case PartYear.SCHOOL_WEEKS:
            known = tuple(terms)
            weeks = sum(any(_meets(monday, term) for term in known) for monday in mondays)
            share = Fraction(weeks, SCHOOL_WEEKS_A_YEAR)
    return min(share, Fraction(1))


def _meets(monday: date, term: Term) -> bool:
    return monday <= term.ends and monday + _DAYS_TO_FRIDAY >= term.begins
