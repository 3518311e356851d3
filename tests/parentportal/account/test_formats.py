"""Other formats: sheets for everybody, printed from the council's own facts."""

from dataclasses import replace

import pytest

from messaging.council import demonstration_council
from messaging.wording import written_languages
from parentportal.account.formats import EASY_READ
from parentportal.operations.council import save_council
from tests.paper import words
from tests.parentportal.counting import statements

OFFERS = {"ptb-offer", "itt-offer", "mini-ptb-offer"}


def test_the_survey_invitation_and_every_offer_are_there_in_easy_read():
    assert {"survey-invitation", *OFFERS} <= set(EASY_READ)


@pytest.mark.parametrize("key", EASY_READ)
def test_easy_read_prints_for_anybody_and_bears_nobodys_code(client, council, key):
    assert f"/other-formats/{key}-en_GB.pdf" in client.get("/other-formats").text
    page = client.get(f"/other-formats/{key}-en_GB.pdf")
    assert page.mimetype == "application/pdf"
    assert page.cache_control.public
    said = words(page.data)
    assert "Ali Sample" in said
    assert "ABCD-EFGH" not in said


@pytest.mark.parametrize("language", written_languages("pack"))
def test_schools_get_one_sheet_in_each_language_it_is_written_in(client, council, language):
    address = f"/other-formats/schools-{language}.pdf"
    assert address in client.get("/other-formats").text
    first = client.get(address)
    assert first.data.startswith(b"%PDF")
    assert client.get(address).data == first.data


def test_a_sheet_follows_the_councils_settings_at_once(client, database, council, clock):
    address = "/other-formats/schools-en_GB.pdf"
    before = words(client.get(address).data)
    assert "Independent Travel Training" in before
    fewer = replace(demonstration_council(), independent_travel_training=None)
    with database.transaction() as session:
        save_council(session, fewer, now=clock())
    clock.advance(minutes=1)
    assert "Independent Travel Training" not in words(client.get(address).data)
    page = client.get("/other-formats").text
    assert "itt-offer" not in page
    assert client.get("/other-formats/itt-offer-en_GB.pdf").status_code == 404


def test_a_film_in_sign_language_is_led_to_where_there_is_one(client, database, clock):
    film = "https://exampleshire.example/film"
    for link in (None, film):
        with database.transaction() as session:
            save_council(session, replace(demonstration_council(), bsl_link=link), now=clock())
        clock.advance(minutes=1)
        page = client.get("/other-formats").text
        assert (f'href="{film}"' in page) is (link is not None)
        assert ("interpreter" in page) is (link is None)


@pytest.mark.parametrize("name", ["schools-fr", "travel-review-en_GB", "x-en_GB", "schools-../x"])
def test_a_sheet_that_is_none_is_not_there(client, council, name):
    assert client.get(f"/other-formats/{name}.pdf").status_code == 404


def test_the_page_and_its_sheets_ask_the_database_for_the_council_alone(client, council):
    for address in ("/other-formats", "/other-formats/schools-en_GB.pdf"):
        with statements() as seen:
            assert client.get(address).status_code == 200
        assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= 1, seen
