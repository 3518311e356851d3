"""What parents read of the money, in every language, from the values alone."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.blocks import Fact, Grid
from messaging.composition import CompositionRefused
from messaging.council import demonstration_council
from messaging.languages import LANGUAGES, is_right_to_left
from messaging.locked.money import (
    printed_attendance,
    printed_calendar,
    printed_lines,
    printed_scheme,
    printed_sum,
)
from messaging.offers import LONGEST_JOURNEY, AgeBand, AgeGroup, ChildOffer
from messaging.schemes.attendance import AttendanceRule, Effect, LegalSignOff, Threshold
from messaging.schemes.calendars import Monthly, PaidIn, PaymentCalendar
from messaging.schemes.journeys import Journey
from messaging.schemes.money import format_pounds
from messaging.variants import VariantName
from tests.messaging.families import message
from tests.messaging.schemes import published as seen
from tests.messaging.schemes.published import read, scheme
from tests.messaging.schemes.test_calendars import KENT, YORK

WRITTEN = {
    "mileage": seen.HERTFORDSHIRE,
    "higher mileage": seen.DURHAM,
    "allowance": seen.LIVERPOOL,
    "bands": seen.LEICESTERSHIRE,
    "open bands": seen.KENT,
    "monthly bands": (
        'kind = "distance-bands"\nmeasured = "straight-line"\nper = "month"\ntimes_a_year = 11\n'
        f'{seen.YEAR}bands = [{{ pounds = "150.50", higher_pounds = "200" }}]\n'
    ),
}
SIGNED = LegalSignOff("Robin Sample", "Monitoring Officer", date(2026, 6, 1), "LEGAL/14")
DAY = date(2026, 11, 23)
OF_16 = frozenset({AgeGroup.FROM_16})

miles = st.decimals("0.01", LONGEST_JOURNEY, places=2)


def worked(name, distance, **journey):
    return scheme(WRITTEN[name]).work_out(Journey(Decimal(distance), **journey))


@pytest.mark.parametrize(
    ("name", "distance", "journey", "printed"),
    [
        ("mileage", 5, {}, "5 miles × 55p × 4 × 190 days"),
        ("mileage", 1, {}, "1 mile × 55p × 4 × 190 days"),
        ("higher mileage", 5, {"higher": True}, "5 miles × 75p × 4 × 190 days"),
        ("allowance", 5, {}, "£3 × 190 days + 5 miles × 45p × 4 × 190 days"),
        ("bands", 1, {"ages": OF_16}, "under 2 miles: £1,000 −\u00a0£660 (ages 16 to 18)"),
        (
            "bands",
            6,
            {"ages": OF_16},
            "from 5 but under 11 miles: £3,000 −\u00a0£660 (ages 16 to 18)",
        ),
        ("bands", 60, {"ages": OF_16}, "from 16 miles: £5,000 −\u00a0£660 (ages 16 to 18)"),
        ("open bands", 10, {}, "from 5 but up to 10 miles: £3,000"),
        ("open bands", 11, {}, "over 10 miles: £5,000"),
        ("monthly bands", 3, {}, "any distance: £150.50 × 11 months"),
        (
            "monthly bands",
            3,
            {"higher": True},
            "any distance, the higher amount: £200 × 11 months",
        ),
    ],
)
def test_a_sum_prints_on_one_line(name, distance, journey, printed):
    assert printed_sum(worked(name, distance, **journey), "en_GB") == printed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WRITTEN)
def test_every_kind_of_scheme_prints_the_same_numbers_in_every_language(name, language):
    def numbers(text):
        return sorted(re.findall(r"[0-9][0-9,.–]*[0-9p]|[0-9]", text))

    payment = worked(name, "7.25", ages=OF_16, higher=True)
    for printed in (
        lambda of: printed_sum(payment, of),
        lambda of: " ".join(" ".join(line) for line in printed_lines(payment, of)),
    ):
        assert numbers(printed(language)) == numbers(printed("en_GB"))
    terms = printed_scheme(scheme(WRITTEN[name]), language)
    assert numbers(terms) == numbers(printed_scheme(scheme(WRITTEN[name]), "en_GB"))
    assert "((" not in terms


@given(st.sampled_from(sorted(WRITTEN)), miles, st.booleans())
def test_the_printed_lines_add_up_to_the_printed_year(name, distance, higher):
    payment = worked(name, distance, ages=OF_16, higher=higher)
    lines = [pounds for _, pounds in printed_lines(payment, "en_GB")]
    sums = [Decimal(re.sub("[£,]", "", pounds).replace("−", "-")) for pounds in lines]
    assert format_pounds(sum(sums)) == format_pounds(payment.pounds_a_year)


def test_a_sum_that_would_fall_below_nothing_says_so():
    text = WRITTEN["bands"].replace('"660"', '"1200"')
    payment = scheme(text).work_out(Journey(Decimal(1), OF_16))
    assert printed_sum(payment, "en_GB") == (
        "under 2 miles: £1,000 −\u00a0£1,200 (ages 16 to 18) (never below £0)"
    )


def test_a_table_of_bands_is_printed_whole():
    assert printed_scheme(scheme(WRITTEN["bands"]), "en_GB") == (
        "The amount goes by the miles one way by road: under 2 miles £1,000; "
        "from 2 but under 5 miles £1,500; from 5 but under 11 miles £3,000; "
        "from 11 but under 16 miles £4,000; from 16 miles £5,000. "
        "It holds from 1 September 2026 to 31 August 2027. "
        "We take off £660 a year at ages 16 to 18."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_it_is_paid_comes_from_the_calendar(language):
    for text in (YORK, YORK.replace("advance", "arrears"), KENT):
        sentence = printed_calendar(read(PaymentCalendar, text), DAY, language)
        assert "((" not in sentence
        assert sentence.count("\u2068") == sentence.count("\u2069")


def test_terms_are_paid_on_days_that_are_named():
    assert printed_calendar(read(PaymentCalendar, YORK), DAY, "en_GB") == (
        "We pay once a term, 1 working day before it begins. "
        "Next: 31 December 2026 and 9 April 2027."
    )
    over = date(2028, 1, 1)
    assert printed_calendar(read(PaymentCalendar, YORK), over, "en_GB") == (
        "We pay once a term, 1 working day before it begins."
    )


def test_months_are_named_by_when_they_are_paid():
    monthly = Monthly(months=10, paid_in=PaidIn.MONTH_AFTER)
    assert printed_calendar(monthly, DAY, "en_GB") == (
        "We pay on the last working day of each month, from October to July. "
        "Each payment is for the month before it."
    )
    assert "day 15 of each month" in printed_calendar(read(PaymentCalendar, KENT), DAY, "en_GB")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("counts", [False, True])
def test_every_rule_on_absence_is_said_in_every_language(language, effect, counts):
    rule = Threshold(
        per_cent=80,
        effect=effect,
        illness_counts=counts,
        legal_sign_off=SIGNED if counts else None,
    )
    text = printed_attendance(rule, language)
    assert "80%" in text
    assert ("Robin Sample" in text) is counts
    kept = printed_attendance(Threshold(per_cent=80, effect=Effect.TALK), language).split(".")[0]
    assert text.startswith(kept.split("۔")[0]) is not counts


def test_without_a_threshold_no_absence_cuts_the_payment():
    text = printed_attendance(read(AttendanceRule, 'kind = "none"'), "en_GB")
    assert text.startswith("We do not cut the payment when your child is away")


def letter(by, child, language="en_GB", **settings):
    council = demonstration_council()
    budget = replace(council.personal_transport_budget, scheme=by, **settings)
    return message(
        "ptb-offer",
        language,
        VariantName.NEUTRAL,
        child,
        council=replace(council, personal_transport_budget=budget),
    )


ROBIN = ChildOffer("Robin", AgeBand.POST_16, Decimal(6), age_group=AgeGroup.FROM_16)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_offers_by_bands_with_the_age_taken_off(language):
    table = next(
        b
        for b in letter(scheme(WRITTEN["bands"]), ROBIN, language=language).blocks
        if isinstance(b, Grid)
    )
    keep, offer = table.rows[0][1:]
    assert "£2,340" in offer
    assert "£660" in offer
    assert keep.count("\n") == offer.count("\n") == 1
    if is_right_to_left(language):
        assert offer.count("\u2068") == offer.count("\u2069") > 3


def test_a_letter_by_bands_is_refused_where_the_age_decides_and_is_not_known():
    with pytest.raises(CompositionRefused) as refused:
        letter(scheme(WRITTEN["bands"]), replace(ROBIN, age_group=None))
    assert refused.value.code == "age-needed"


def test_a_letter_beyond_the_last_band_is_refused():
    whole = scheme(WRITTEN["open bands"])
    short = replace(whole, bands=whole.bands[:2])
    with pytest.raises(CompositionRefused) as refused:
        letter(short, replace(ROBIN, miles=Decimal(11)))
    assert refused.value.code == "beyond-the-bands"


def test_a_letter_takes_the_scheme_of_its_own_date():
    first = replace(
        scheme(WRITTEN["mileage"]), valid_from=date(2024, 9, 1), valid_to=date(2026, 10, 31)
    )
    then = replace(scheme(WRITTEN["allowance"]), valid_from=date(2026, 11, 1))
    sam = ChildOffer("Sam", AgeBand.UNDER_16, Decimal(5))
    made = letter(first, sam, later_schemes=(then,))
    assert "£2,280 a year" in made.plain_text()
    assert "We pay £3 a school day and 45p a mile." in made.plain_text()


def test_the_councils_own_words_stand_beside_the_calendar_and_the_rule():
    own = dict.fromkeys(LANGUAGES, "It comes on a payment card.")
    also = dict.fromkeys(LANGUAGES, "Tell us when your child is away for long.")
    made = letter(scheme(WRITTEN["mileage"]), ROBIN, payments=own, absence=also)
    assert "from September to July. It comes on a payment card. You can keep" in made.plain_text()
    away = next(b for b in made.blocks if isinstance(b, Fact) and "away" in b.title)
    assert away.text.endswith(
        "The payment stays the same. Tell us when your child is away for long."
    )
