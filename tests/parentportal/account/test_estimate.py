"""What a travel budget might come to: the scheme's own sum, on a page that keeps nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from messaging.council import demonstration_council
from messaging.languages import LANGUAGES
from messaging.offers import LONGEST_JOURNEY, AgeGroup
from messaging.schemes.kinds import AgeReduction, Band, BandScheme, Per
from messaging.schemes.money import format_pounds, to_the_penny
from messaging.schemes.sums import Edge
from parentportal.models import AuditEvent
from parentportal.operations.council import save_council
from tests.parentportal.account.pages import text_of
from tests.parentportal.counting import statements

ADDRESS = "/travel-budget"
JOURNEY = {"miles": "5", "age": "8-10", "days": "5", "children": "1"}


def test_the_sum_stands_line_by_line_beside_the_travel_there_is(client, council):
    page = text_of(client.post(ADDRESS, data=JOURNEY))
    assert "5 miles × 55p × 4 × 190 days £2,090" in page
    assert page.index("Keep the travel you have now") < page.index("About £2,090 a year")
    assert "The way back." in page
    assert "Half of the families who asked had it back within 9 days. The longest took 21" in page


@pytest.mark.parametrize("typed", ["", "far", "0", "-3", "1e3", "151", "5 miles", "=1+1"])
def test_a_distance_that_is_none_is_said_kindly_and_kept_in_its_field(client, council, typed):
    answer = client.post(ADDRESS, data=JOURNEY | {"miles": typed})
    assert answer.status_code == 400
    assert "Type the miles one way, as a number up to 150, such as 4.5" in text_of(answer)
    assert "a year" not in text_of(answer).split("How many miles")[0]


def test_a_comma_is_a_point(client, council):
    assert "4.5 miles" in text_of(client.post(ADDRESS, data=JOURNEY | {"miles": "4,5"}))


@pytest.mark.parametrize("field", ["age", "days", "children"])
def test_what_is_not_on_offer_is_refused(client, council, field):
    assert client.post(ADDRESS, data=JOURNEY | {field: "99"}).status_code == 400


def test_a_table_that_ends_and_an_age_that_counts_are_asked_for(client, database, clock):
    council = demonstration_council()
    scheme = council.personal_transport_budget.scheme
    bands = BandScheme(
        valid_from=scheme.valid_from,
        valid_to=scheme.valid_to,
        measured=scheme.measured,
        bands=(Band(pounds=Decimal(1000), upper_miles=Decimal(10), upper=Edge.INCLUSIVE),),
        per=Per.YEAR,
        age_reductions=(AgeReduction((AgeGroup.FROM_16,), Decimal(600)),),
    )
    budget = replace(council.personal_transport_budget, scheme=bands)
    with database.transaction() as session:
        save_council(session, replace(council, personal_transport_budget=budget), now=clock())
    far = client.post(ADDRESS, data=JOURNEY | {"miles": "11"})
    assert far.status_code == 400
    assert "Our table does not go that far" in text_of(far)
    unsaid = client.post(ADDRESS, data=JOURNEY | {"age": ""})
    assert unsaid.status_code == 400
    assert "Choose your child’s age" in text_of(unsaid)
    assert "About £400 a year" in text_of(client.post(ADDRESS, data=JOURNEY | {"age": "16-18"}))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    miles=st.decimals(Decimal("0.1"), LONGEST_JOURNEY, places=1),
    days=st.integers(1, 5),
    children=st.integers(1, 6),
)
def test_it_is_the_schemes_own_sum_for_every_journey(client, council, miles, days, children):
    data = {"miles": str(miles), "age": "", "days": str(days), "children": str(children)}
    a_child = to_the_penny(to_the_penny(miles * Decimal("0.55") * 4 * 190) * days / 5)
    page = text_of(client.post(ADDRESS, data=data))
    assert f"About {format_pounds(a_child * children)} a year" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_each_language_and_asks_the_database_for_the_council_alone(
    client, database, council, language
):
    client.get(ADDRESS, query_string={"language": language})
    with statements() as asked:
        page = client.post(ADDRESS, data=JOURNEY)
    assert page.status_code == 200
    assert "2,090" in page.text
    assert len(asked) <= 1


def test_nothing_is_kept(client, database, council):
    def events():
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(AuditEvent))

    before = events()
    client.post(ADDRESS, data=JOURNEY)
    assert events() == before
