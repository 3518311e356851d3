"""The pages for parents before a school is named: the letter's own facts, for everybody."""

import re
from dataclasses import replace
from datetime import date

import pytest

from messaging.blocks import Grid
from messaging.campaigns import LockedBlock
from messaging.channels import Channel
from messaging.composition import Recipient, compose
from messaging.council import demonstration_council
from messaging.languages import LANGUAGES, language_tag
from messaging.shown import html
from messaging.variants import VariantName, load_variant
from parentportal.operations.council import save_council
from tests.parentportal.counting import statements

PAGES = {
    "/before-you-name-a-school": LockedBlock.SCHOOL,
    "/how-long-travel-takes": LockedBlock.TIMELINE,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", PAGES)
def test_page_and_letter_state_the_same_facts_in_every_language(client, council, address, language):
    email = compose(
        load_variant("naming-a-school", language, VariantName.NEUTRAL, Channel.EMAIL),
        Recipient("Ali Sample", language),
        council,
        dated=date(2026, 11, 23),
    )
    tables = [
        block for block in email.blocks if isinstance(block, Grid) and block.part == PAGES[address]
    ]
    assert tables
    page = client.get(address, query_string={"language": language})
    assert page.status_code == 200
    for table in tables:
        stated = re.search("<table.*?</table>", html("", "", [table], language), re.DOTALL)
        assert stated is not None
        assert stated[0] in page.text
    assert f'lang="{language_tag(language)}"' in page.text


def test_the_address_that_the_letter_prints_is_that_of_its_page(client, council):
    letter = compose(
        load_variant("naming-a-school", "en_GB", VariantName.NEUTRAL, Channel.EMAIL),
        Recipient("Ali Sample", "en_GB"),
        council,
        dated=date(2026, 11, 23),
        portal_link="https://travel.example/m/AbC",
    )
    (found,) = re.findall(r"https://travel.example(/before\S+?)[.]?\s", letter.plain_text())
    assert client.get(found).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_council_that_has_set_nothing_says_so_and_whom_to_ask(client, database, clock, address):
    bare = replace(demonstration_council(), school_choice=None, timeline=None)
    with database.transaction() as session:
        save_council(session, bare, now=clock())
    page = client.get(address)
    assert page.status_code == 200
    assert "here yet" in page.text
    assert bare.contact.name in page.text
    assert bare.sendiass.name in page.text


def test_every_page_leads_to_both_and_they_name_no_group(client, council):
    start = client.get("/").text
    for address in PAGES:
        assert f'href="{address}"' in start
        named = re.search(
            "settler|prospector|pioneer|segment", client.get(address).text, re.IGNORECASE
        )
        assert named is None


@pytest.mark.parametrize("address", PAGES)
def test_they_ask_the_database_for_the_council_alone(client, council, address):
    with statements() as seen:
        assert client.get(address).status_code == 200
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= 1, seen
