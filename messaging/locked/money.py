"""The money in words: the worked sum, what it rests on, when it is paid, what absence does to it.

Nothing is computed here: every number stands in the payment, the scheme, the calendar or the rule.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date

from messaging.languages import isolated, listed
from messaging.offers import AgeGroup
from messaging.placeholders import fill
from messaging.schemes.attendance import AttendanceRule, NoThreshold, Threshold
from messaging.schemes.calendars import Monthly, PaidIn, PaymentCalendar, school_year_of
from messaging.schemes.kinds import AllowanceScheme, BandScheme, MileageScheme, PaidYear, Scheme
from messaging.schemes.money import format_miles, format_pence, format_pounds
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import (
    BandAmount,
    Edge,
    LessForAge,
    Limit,
    NotBelowNothing,
    Part,
    Payment,
    Step,
    Unit,
)
from messaging.wording import locked_wording

MOST_DAYS_NAMED = 3

_WORD_AFTER: Mapping[Unit, str] = {
    Unit.MILES: "mile",
    Unit.DAYS_A_YEAR: "day",
    Unit.DAYS_A_WEEK: "day",
    Unit.DAYS_A_MONTH: "day",
    Unit.WEEKS_A_YEAR: "week",
    Unit.MONTHS_A_YEAR: "month",
    Unit.TERMS_A_YEAR: "term",
}


def printed_sum(payment: Payment, language: str) -> str:
    """The whole sum on one line: `£3 × 190 days + 5 miles × 45p × 4 × 190 days`."""
    first, *others = payment.steps
    return printed_step(first, language) + "".join(
        f" {printed_step(step, language)}"
        if isinstance(step, LessForAge | NotBelowNothing)
        else f" + {printed_step(step, language)}"
        for step in others
    )


def printed_lines(payment: Payment, language: str) -> tuple[tuple[str, str], ...]:
    """Each line of the sum with what it comes to."""
    return tuple(
        (printed_step(step, language), _pounds(step.pounds, language)) for step in payment.steps
    )


def printed_step(step: Step, language: str) -> str:
    """One line of a sum, without what it comes to."""
    words = _words(language)
    match step:
        case LessForAge(ages, pounds):
            said = {"ages": _ages(ages, language)}
            return fill(words["less"], {"pounds": format_pounds(-pounds)}, language, said)
        case NotBelowNothing():
            return fill(words["floor"], {"pounds": format_pounds(Decimal(0))}, language)
        case BandAmount():
            distance = _distance(step.beyond, step.upto, language)
            named = words["higher_band"] if step.higher else words["band"]
            amount = _product(step.parts, language)
            return fill(named, {}, language, {"distance": distance, "amount": amount})
        case _:
            return _product(step.parts, language)


def printed_scheme(scheme: Scheme, language: str) -> str:
    """How amounts are worked out and from when to when, in sentences."""
    words = _words(language)
    values = {
        "valid_from": format_date(scheme.valid_from, "long", locale=language),
        "valid_to": format_date(scheme.valid_to, "long", locale=language),
    }
    said = {"measured": words["measured"][scheme.measured]}
    match scheme:
        case MileageScheme() | AllowanceScheme():
            values |= {
                "rate": format_pence(scheme.pence_per_mile),
                "trips": str(scheme.trips_a_day),
            }
            said["year"] = _year(scheme.year, language)
            if isinstance(scheme, AllowanceScheme):
                values["daily"] = format_pounds(scheme.pounds_a_day)
        case BandScheme():
            said["bands"] = _bands(scheme, language)
    sentences = [fill(words["scheme"][scheme.kind], values, language, said)]
    if isinstance(scheme, MileageScheme) and scheme.higher_pence_per_mile:
        higher = {"higher": format_pence(scheme.higher_pence_per_mile)}
        sentences.append(fill(words["higher_rate"], higher, language))
    if isinstance(scheme, BandScheme) and scheme.times_a_year:
        times = {"times": str(scheme.times_a_year)}
        sentences.append(fill(words["times"][scheme.per], times, language))
    sentences += [
        fill(
            words["taken_off"],
            {"pounds": format_pounds(one.pounds_a_year)},
            language,
            {"ages": _ages(one.ages, language)},
        )
        for one in scheme.age_reductions
    ]
    return " ".join(sentences)


def printed_calendar(calendar: PaymentCalendar, dated: date, language: str) -> str:
    """When the money comes, with the next days of a calendar that goes by terms."""
    words = _words(language)["paid"]
    if isinstance(calendar, Monthly):
        return _printed_months(calendar, language)
    how = words[calendar.kind][calendar.timing]
    unit = unit_word("working_day", calendar.working_days, language)
    sentence = fill(how, {"days": str(calendar.working_days)}, language, {"unit": unit})
    due = [format_date(day, "long", locale=language) for day in _next_days(calendar, dated)]
    if not due:
        return sentence
    dates = listed([isolated(day, language) for day in due], language)
    return f"{sentence} {fill(words['next'], {}, language, {'dates': dates})}"


def printed_attendance(rule: AttendanceRule, language: str) -> str:
    """What absence does to the payment, illness and disability first."""
    words = _words(language)["attendance"]
    if isinstance(rule, NoThreshold):
        return str(words["none"])
    share = {"per_cent": f"{rule.per_cent}%"}
    if not _counts_illness(rule):
        return f"{words['illness']} {fill(words[rule.effect], share, language)}"
    return f"{_signed_off(rule, language)} {fill(words['all'][rule.effect], share, language)}"


def unit_word(name: str, number: Decimal | int, language: str) -> str:
    """The word that follows a number (`1 mile`, `2 miles`), by CLDR's plural rules."""
    forms = locked_wording(language)["units"][name]
    return str(forms.get(Locale.parse(language).plural_form(number), forms["other"]))


def _words(language: str) -> Mapping[str, Any]:
    words: Mapping[str, Any] = locked_wording(language)["money"]
    return words


def _pounds(pounds: Decimal, language: str) -> str:
    sign = "−" if pounds < 0 else ""
    return isolated(f"{sign}{format_pounds(abs(pounds))}", language)


def _product(parts: Sequence[Part], language: str) -> str:
    return " × ".join(_part(part, language) for part in parts)


def _part(part: Part, language: str) -> str:
    if part.unit is Unit.PENCE_A_MILE:
        return isolated(format_pence(part.number), language)
    if part.unit.startswith("pounds"):
        return isolated(format_pounds(part.number), language)
    number = isolated(format_miles(part.number), language)
    if part.unit not in _WORD_AFTER:
        return number
    return f"{number} {unit_word(_WORD_AFTER[part.unit], part.number, language)}"


def _distance(beyond: Limit | None, upto: Limit | None, language: str) -> str:
    """Where a band begins and ends: `from 5, under 11 miles`."""
    words = _words(language)["distance"]
    if beyond is None and upto is None:
        return str(words["any"])
    limits, last = [], Decimal(0)
    if beyond is not None:
        begins = words["over"] if beyond.edge is Edge.INCLUSIVE else words["from"]
        limits.append(fill(begins, {"miles": format_miles(beyond.miles)}, language))
        last = beyond.miles
    if upto is not None:
        ends = words["up_to"] if upto.edge is Edge.INCLUSIVE else words["under"]
        limits.append(fill(ends, {"miles": format_miles(upto.miles)}, language))
        last = upto.miles
    said = {"limits": words["between"].join(limits), "unit": unit_word("mile", last, language)}
    return fill(words["of"], {}, language, said)


def _bands(scheme: BandScheme, language: str) -> str:
    """The whole table in one sentence, so that everybody sees what others get."""
    words = _words(language)
    rows, beyond = [], None
    for band in scheme.bands:
        said = {"distance": _distance(beyond, band.limit, language)}
        values = {"pounds": format_pounds(band.pounds)}
        form = words["row"]
        if band.higher_pounds is not None:
            values["higher"] = format_pounds(band.higher_pounds)
            form = words["row_higher"]
        rows.append(fill(form, values, language, said))
        beyond = band.limit
    return str(words["between_rows"]).join(rows)


def _ages(ages: Sequence[AgeGroup], language: str) -> str:
    """Ages as they print: `16 to 18`."""
    form = _words(language)["ages"]
    spans = [dict(zip(("from", "to"), age.split("-"), strict=True)) for age in ages]
    return listed([fill(form, span, language) for span in spans], language)


def _year(year: PaidYear, language: str) -> str:
    values = {part.unit.split("-")[0]: format_miles(part.number) for part in year.parts()}
    return fill(_words(language)["year"][year.kind], values, language)


def _printed_months(calendar: Monthly, language: str) -> str:
    words = _words(language)["paid"]
    due = [period.due for period in calendar.periods(school_year=2000)]
    first, last = (format_date(day, "MMMM", locale=language) for day in (due[0], due[-1]))
    said = {"first": first, "last": last}
    if calendar.day_of_month is None:
        sentence = fill(words["last-working-day"], {}, language, said)
    else:
        day = {"day": str(calendar.day_of_month)}
        sentence = fill(words["day-of-month"], day, language, said)
    if calendar.paid_in is PaidIn.SAME_MONTH:
        return sentence
    return f"{sentence} {words[calendar.paid_in]}"


def _next_days(calendar: PaymentCalendar, dated: date) -> list[date]:
    """The next payment days from a date on, of that school year and the one after."""
    days: list[date] = []
    for year in (school_year_of(dated), school_year_of(dated) + 1):
        try:
            days += [period.due for period in calendar.periods(year) if period.due >= dated]
        except WorkingOutRefused:
            continue  # nobody has set the terms of that year yet
    return days[:MOST_DAYS_NAMED]


def _counts_illness(rule: Threshold) -> bool:
    return rule.illness_counts and rule.legal_sign_off is not None


def _signed_off(rule: Threshold, language: str) -> str:
    """That illness counts, and who answers for it."""
    signed = rule.legal_sign_off
    if signed is None:
        return ""
    values = {
        "name": signed.name,
        "role": signed.role,
        "date": format_date(signed.signed_on, "long", locale=language),
        "reference": signed.reference,
    }
    return fill(_words(language)["attendance"]["counts"], values, language)
