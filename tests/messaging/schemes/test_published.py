"""Every published example of domain/benefits.md and of the councils' pages, to the penny."""

from decimal import Decimal

import pytest

from messaging.council import Council, demonstration_council
from messaging.offers import AgeGroup
from messaging.schemes.calendars import instalments
from messaging.schemes.journeys import Journey
from messaging.schemes.money import shared_out
from tests.messaging.schemes import published as seen
from tests.messaging.schemes.published import document, scheme

PENCE = 100


def pounds(written, miles, **journey):
    return scheme(written).work_out(Journey(Decimal(miles), **journey)).pounds_a_year


def aged(group):
    return {"ages": frozenset({group})}


def test_hertfordshire_pays_2090_pounds_for_5_miles_and_about_697_a_term():
    assert pounds(seen.HERTFORDSHIRE, 5) == Decimal("2090.00")
    assert all(round(term) == 697 for term in shared_out(Decimal("2090.00"), 3))


def test_liverpool_pays_2280_pounds_for_5_miles():
    assert pounds(seen.LIVERPOOL, 5) == Decimal("2280.00")


def test_york_pays_1824_pounds_for_4_miles_in_three_terms_of_608():
    # its page says "£6.90 x 190" where £9.60 is meant: an example is computed, never typed
    assert pounds(seen.YORK, 4) == Decimal("1824.00")
    assert shared_out(Decimal("1824.00"), 3) == (Decimal(608),) * 3


@pytest.mark.parametrize("miles", ["0.5", "3", "7.25", "41.9"])
def test_yorks_formula_is_60_pence_times_4_times_190(miles):
    assert pounds(seen.YORK, miles) * PENCE == Decimal(miles) * 60 * 4 * 190


@pytest.mark.parametrize(("written", "pence"), [(seen.SWINDON, 55), (seen.BUCKINGHAMSHIRE, 45)])
@pytest.mark.parametrize("miles", ["2", "6.4"])
def test_swindon_and_buckinghamshire_pay_4_trips_of_each_day(written, pence, miles):
    assert pounds(written, miles) * PENCE == Decimal(miles) * pence * 4 * 190


def test_durham_pays_its_higher_rate_only_where_that_is_recorded():
    assert pounds(seen.DURHAM, 5) == Decimal("1710.00")
    assert pounds(seen.DURHAM, 5, higher=True) == Decimal("2850.00")


@pytest.mark.parametrize(
    ("miles", "amount"),
    [
        ("1.99", 1000),
        ("2", 1500),
        ("4.99", 1500),
        ("5", 3000),
        ("10.99", 3000),
        ("11", 4000),
        ("15.99", 4000),
        ("16", 5000),
        ("80", 5000),
    ],
)
def test_leicestershires_bands_and_its_660_pounds_less_from_16_to_18(miles, amount):
    assert pounds(seen.LEICESTERSHIRE, miles, **aged(AgeGroup.FROM_14)) == amount
    assert pounds(seen.LEICESTERSHIRE, miles, **aged(AgeGroup.FROM_16)) == amount - 660
    assert pounds(seen.LEICESTERSHIRE, miles, **aged(AgeGroup.FROM_19)) == amount


@pytest.mark.parametrize(
    ("miles", "amount"),
    [("4.99", 2000), ("5", 3000), ("9", 3000), ("10", 5000), ("19.9", 5000), ("20", 8000)],
)
def test_central_bedfordshires_bands_as_the_crow_flies(miles, amount):
    assert pounds(seen.CENTRAL_BEDFORDSHIRE, miles) == amount


@pytest.mark.parametrize(
    ("miles", "amount"), [("4.99", 2000), ("5", 3000), ("10", 3000), ("10.01", 5000)]
)
def test_kents_bands_end_without_5_miles_and_with_10(miles, amount):
    assert pounds(seen.KENT, miles) == amount


def test_kent_pays_in_11_instalments_that_add_up():
    parts = shared_out(Decimal(2000), 11)
    assert len(parts) == 11
    assert sum(parts) == 2000


TERMS = """terms = [
  { begins = 2026-09-02, ends = 2026-12-18 },
  { begins = 2027-01-04, ends = 2027-03-25 },
  { begins = 2027-04-12, ends = 2027-07-21 },
]
"""
BEFORE_EACH_TERM = f'kind = "termly"\ntiming = "advance"\nworking_days = 1\n{TERMS}'
LOOKED_AT = 'kind = "threshold"\neffect = "talk"\nper_cent = '


def monthly(months, more=""):
    return f'kind = "monthly"\npaid_in = "same-month"\nmonths = {months}\n{more}'


@pytest.mark.parametrize(
    ("written", "calendar", "attendance", "notice", "miles", "paid"),
    [
        (seen.YORK, BEFORE_EACH_TERM, None, 14, 4, (3, "608")),
        (seen.HERTFORDSHIRE, BEFORE_EACH_TERM, None, 14, 5, (3, "696.67")),
        (seen.SWINDON, monthly(11), None, 14, 5, (11, "190")),
        (seen.BUCKINGHAMSHIRE, monthly(12), LOOKED_AT + "90", 28, 5, (12, "142.50")),
        (seen.LIVERPOOL, monthly(10), LOOKED_AT + "80", 14, 5, (10, "228")),
        (seen.LEICESTERSHIRE, monthly(12), None, 14, 6, (12, "250")),
        (seen.CENTRAL_BEDFORDSHIRE, monthly(10), None, 14, 6, (10, "300")),
        (seen.KENT, monthly(11, "day_of_month = 15\n"), None, 14, 6, (11, "272.73")),
    ],
)
def test_each_published_scheme_can_be_set_by_a_council_as_it_stands(
    written, calendar, attendance, notice, miles, paid
):
    stated = demonstration_council().document()
    stated["personal_transport_budget"] |= {
        "scheme": document(written),
        "calendar": document(calendar),
        "attendance": document(attendance or 'kind = "none"'),
        "notice_days": notice,
    }
    budget = Council.from_document(stated).personal_transport_budget
    year = budget.scheme.work_out(Journey(Decimal(miles), **aged(AgeGroup.FROM_8)))
    parts = instalments(year.pounds_a_year, budget.calendar.periods(2026))
    assert (len(parts), parts[0].pounds) == (paid[0], Decimal(paid[1]))
    assert sum(part.pounds for part in parts) == year.pounds_a_year
    assert budget.notice_days == notice
