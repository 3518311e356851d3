from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.offers import LONGEST_JOURNEY, AgeGroup, ChildOffer
from messaging.schemes.journeys import ANY_AGE, Journey, Measure, ages_of
from messaging.schemes.kinds import (
    AgeReduction,
    Band,
    BandScheme,
    DaysAYear,
    MileageScheme,
    MonthsAYear,
    Per,
    Scheme,
    WeeksAYear,
)
from messaging.schemes.money import PENNY
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import (
    BandAmount,
    Edge,
    LessForAge,
    NotBelowNothing,
    Part,
    Product,
    Unit,
)
from messaging.schemes.timeline import scheme_on, work_out_on
from messaging.settings import written
from tests.messaging.schemes import published as seen
from tests.messaging.schemes.published import document, problems, read, scheme

ALL = {name: text for name, text in vars(seen).items() if name.isupper() and "kind" in text}
ALL.pop("DAYS_190")

miles = st.decimals("0.01", LONGEST_JOURNEY, places=2)
ages = st.sampled_from(AgeGroup).map(lambda group: frozenset({group}))
journeys = st.builds(Journey, miles, ages, st.booleans())
schemes = st.sampled_from(sorted(ALL)).map(lambda name: scheme(ALL[name]))
odd_mileage = st.builds(
    MileageScheme,
    valid_from=st.dates(),
    valid_to=st.dates(),
    measured=st.sampled_from(Measure),
    pence_per_mile=st.decimals("0.1", "200", places=1),
    trips_a_day=st.integers(1, 6),
    year=st.one_of(
        st.builds(DaysAYear, st.integers(1, 366)),
        st.builds(WeeksAYear, st.integers(1, 52), st.integers(1, 7)),
        st.builds(MonthsAYear, st.integers(1, 12), st.integers(1, 31)),
    ),
    age_reductions=st.just((AgeReduction((AgeGroup.FROM_16,), Decimal("660.50")),)),
)


@given(odd_mileage | schemes, journeys)
def test_the_lines_of_a_sum_add_up_to_the_penny_and_never_below_nothing(one, journey):
    payment = one.work_out(journey)
    assert sum(step.pounds for step in payment.steps) == payment.pounds_a_year >= 0
    assert all(step.pounds % PENNY == 0 for step in payment.steps)


@given(odd_mileage, journeys)
def test_rounding_each_line_is_the_same_as_rounding_once_at_the_end(one, journey):
    days = one.year.parts()
    exact = journey.miles * one.pence_per_mile * one.trips_a_day / 100
    for part in days:
        exact *= part.number
    if AgeGroup.FROM_16 in journey.ages:
        exact = max(exact - Decimal("660.50"), Decimal(0))
    assert one.work_out(journey).pounds_a_year == exact.quantize(PENNY, ROUND_HALF_UP)


@given(schemes, miles, miles, ages, st.booleans())
def test_the_longer_journey_is_never_paid_less(one, some, other, child, higher):
    nearer, farther = sorted((some, other))
    assert (
        one.work_out(Journey(nearer, child, higher)).pounds_a_year
        <= one.work_out(Journey(farther, child, higher)).pounds_a_year
    )


@given(schemes, miles, ages)
def test_the_higher_amount_is_never_less(one, distance, child):
    assert (
        one.work_out(Journey(distance, child, higher=True)).pounds_a_year
        >= one.work_out(Journey(distance, child)).pounds_a_year
    )


def test_a_sum_says_its_parts_so_that_nobody_computes_them_again():
    (line,) = scheme(seen.HERTFORDSHIRE).work_out(Journey(Decimal(5))).steps
    assert line == Product(
        (
            Part(Unit.MILES, Decimal(5)),
            Part(Unit.PENCE_A_MILE, Decimal(55)),
            Part(Unit.TRIPS_A_DAY, Decimal(4)),
            Part(Unit.DAYS_A_YEAR, Decimal(190)),
        )
    )
    assert line.pounds == Decimal("2090.00")


def test_a_daily_allowance_has_a_line_of_its_own():
    daily, mileage = scheme(seen.LIVERPOOL).work_out(Journey(Decimal(5))).steps
    assert (daily.pounds, mileage.pounds) == (Decimal(570), Decimal(1710))


def test_a_band_says_where_it_begins_and_ends_and_what_comes_off():
    (line, less) = (
        scheme(seen.LEICESTERSHIRE)
        .work_out(Journey(Decimal(6), frozenset({AgeGroup.FROM_16})))
        .steps
    )
    assert isinstance(line, BandAmount)
    assert (line.beyond.miles, line.beyond.edge) == (5, Edge.EXCLUSIVE)
    assert (line.upto.miles, line.upto.edge) == (11, Edge.EXCLUSIVE)
    assert less == LessForAge((AgeGroup.FROM_16,), Decimal(-660))


def test_an_amount_below_what_comes_off_is_nothing_and_not_a_debt():
    one = scheme(seen.LEICESTERSHIRE.replace('"660"', '"1200"'))
    payment = one.work_out(Journey(Decimal(1), frozenset({AgeGroup.FROM_16})))
    assert payment.pounds_a_year == 0
    assert payment.steps[-1] == NotBelowNothing(Decimal(200))


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (DaysAYear(190), 190),
        (WeeksAYear(38, 5), 190),
        (WeeksAYear(47, 5), 235),
        (MonthsAYear(10, 19), 190),
    ],
)
def test_a_year_is_days_weeks_or_months(year, days):
    one = MileageScheme(
        valid_from=scheme(seen.YORK).valid_from,
        valid_to=scheme(seen.YORK).valid_to,
        measured=Measure.BY_ROAD,
        pence_per_mile=Decimal(60),
        trips_a_day=4,
        year=year,
    )
    expected = Decimal(4) * 60 * 4 * days / 100
    assert one.work_out(Journey(Decimal(4))).pounds_a_year == expected


def test_a_band_may_be_of_a_month_and_have_a_higher_amount():
    one = BandScheme(
        valid_from=scheme(seen.YORK).valid_from,
        valid_to=scheme(seen.YORK).valid_to,
        measured=Measure.STRAIGHT_LINE,
        bands=(Band(pounds=Decimal("150.50"), higher_pounds=Decimal(200)),),
        per=Per.MONTH,
        times_a_year=11,
    )
    assert one.work_out(Journey(Decimal(4))).pounds_a_year == Decimal("1655.50")
    (line,) = one.work_out(Journey(Decimal(4), higher=True)).steps
    assert line.higher
    assert line.pounds == 2200


def test_an_age_that_decides_must_be_known():
    one = scheme(seen.LEICESTERSHIRE)
    for unsure in ("post-16", ""):
        with pytest.raises(WorkingOutRefused) as refused:
            one.work_out(Journey(Decimal(3), ages_of(ChildOffer.read("Sam", unsure))))
        assert refused.value.code == "age-needed"
    for known, amount in (("under-16", 1500), ("8-10", 1500), ("16-18", 840), ("19-25", 1500)):
        journey = Journey(Decimal(3), ages_of(ChildOffer.read("Sam", known)))
        assert one.work_out(journey).pounds_a_year == amount
    assert scheme(seen.KENT).work_out(Journey(Decimal(3), ANY_AGE)).pounds_a_year == 2000


def test_miles_counted_in_another_way_than_the_scheme_asks_are_refused():
    one = scheme(seen.CENTRAL_BEDFORDSHIRE)
    with pytest.raises(WorkingOutRefused) as refused:
        one.work_out(Journey(Decimal(3), measured=Measure.BY_ROAD))
    assert refused.value.code == "measured-otherwise"
    assert one.work_out(Journey(Decimal(3), measured=Measure.STRAIGHT_LINE)).pounds_a_year == 2000


def test_a_journey_beyond_the_last_band_has_no_amount():
    stated = document(seen.KENT)
    one = read(Scheme, stated | {"bands": stated["bands"][:2]})
    with pytest.raises(WorkingOutRefused) as refused:
        one.work_out(Journey(Decimal("10.01")))
    assert refused.value.code == "beyond-the-bands"


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_scheme_comes_back_from_its_document_as_it_was(name):
    one = scheme(ALL[name])
    assert read(Scheme, written(one)) == one


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ({"kind": "flat"}, "kind"),
        ({"kind": 7}, "kind"),
        ({"per": "fortnight"}, "per"),
        ({"measured": "by-crow"}, "measured"),
        ({"times_a_year": 11}, "times_a_year"),
        ({"per": "month"}, "times_a_year"),
        ({"valid_to": "2020-01-01"}, "valid_to"),
        ({"bands": []}, "bands"),
        ({"bands": [{"pounds": "1"}] * 101}, "bands"),
        ({"bands": "all"}, "bands"),
        ({"bands": [{"pounds": "1.005"}]}, "bands[0].pounds"),
        ({"bands": [{"pounds": "2", "higher_pounds": "1"}]}, "bands[0].higher_pounds"),
        ({"bands": [{"pounds": "2", "higher_pounds": "2.999"}]}, "bands[0].higher_pounds"),
        ({"bands": [{"pounds": "1", "upper_miles": "3"}]}, "bands[0].upper"),
        ({"bands": [{"pounds": "1", "miles": "3"}]}, "bands[0].miles"),
        ({"bands": [{"pounds": "1"}, {"pounds": "2"}]}, "bands[1]"),
        ({"age_reductions": [{"ages": ["16-18"], "pounds_a_year": "-1"}]}, None),
        ({"age_reductions": [{"ages": ["17"], "pounds_a_year": "1"}]}, None),
        ({"age_reductions": [{"ages": ["16-18"], "pounds_a_year": "1"}] * 2}, "age_reductions"),
        ({"age_reductions": [{"ages": ["16-18"], "pounds_a_year": "1.001"}]}, None),
        ({"rate": "5"}, "rate"),
    ],
)
def test_an_impossible_scheme_is_refused_at_its_place(setting, place):
    found = problems(Scheme, document(seen.LEICESTERSHIRE) | setting)
    if place is None:
        assert [where.split("[")[0] for where in found] == ["age_reductions"]
    else:
        assert list(found) == [place]


def test_bands_that_do_not_rise_are_refused():
    text = seen.KENT.replace('"10"', '"5"')
    assert problems(Scheme, text) == {"bands[1].upper_miles": "does not lie beyond the band before"}


def test_a_scheme_without_a_kind_or_that_is_no_table_is_refused():
    assert problems(Scheme, {"pounds": 3}) == {"kind": "is missing"}
    reader_says = problems(Scheme, {"kind": "mileage", "pence_per_mile": "x", "trips_a_day": True})
    assert set(reader_says) == {
        "pence_per_mile",
        "trips_a_day",
        "year",
        "valid_from",
        "valid_to",
        "measured",
    }


def test_the_scheme_of_a_day_is_the_one_in_force_then():
    before = scheme(seen.SWINDON)
    after = scheme(seen.mileage("45").replace("2026-09", "2027-09").replace("2027-08", "2028-08"))
    both = (before, after)
    for day in (before.valid_from, before.valid_to):
        assert scheme_on(both, day) is before
    assert scheme_on(both, after.valid_from) is after
    journey = Journey(Decimal(5))
    assert work_out_on(both, journey, before.valid_to).pounds_a_year == 2090
    assert work_out_on(both, journey, after.valid_from).pounds_a_year == 1710


@pytest.mark.parametrize(
    ("day", "code"), [("2026-08-31", "rate-not-begun"), ("2027-09-01", "rate-has-ended")]
)
def test_a_rate_that_is_not_in_force_pays_nobody(day, code):
    with pytest.raises(WorkingOutRefused) as refused:
        scheme_on((scheme(seen.YORK),), date.fromisoformat(day))
    assert refused.value.code == code
