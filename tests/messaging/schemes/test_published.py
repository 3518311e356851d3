"""Every published example of domain/benefits.md and of the councils' pages, to the penny."""

from decimal import Decimal

import pytest

from messaging.offers import AgeGroup
from messaging.schemes.journeys import Journey
from messaging.schemes.money import shared_out
from tests.messaging.schemes import published as seen
from tests.messaging.schemes.published import scheme

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
