"""The public page of every version: lettered, never named, and the same facts once."""

import re

import pytest

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.council import demonstration_council
from messaging.languages import LANGUAGES
from messaging.variants import VariantName, load_variant, voices
from parentportal.models import Role
from parentportal.operations import copy
from tests.parentportal.counting import statements

NAMES_OF_SEGMENTS = re.compile(r"settler|prospector|pioneer|neutral|segment", re.IGNORECASE)


@pytest.mark.parametrize("key", CAMPAIGN_KEYS)
def test_every_version_in_use_is_shown_to_anybody_and_none_is_named(client, council, key):
    page = client.get(f"/versions/{key}")
    assert page.status_code == 200
    assert not NAMES_OF_SEGMENTS.search(page.text)
    for name in voices(load_campaign(key)):
        first = load_variant(key, "en_GB", name).opening.split("((")[0].split("\n")[0]
        assert first.strip().replace("'", "&#x27;") in page.text.replace("&#39;", "&#x27;")
    lettered = len(voices(load_campaign(key))) > 1
    assert ("Version D" in page.text) is lettered
    assert page.text.count(demonstration_council().sendiass.phone) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_leads_to_each_in_every_language(client, council, language):
    page = client.get("/versions", query_string={"language": language})
    assert page.status_code == 200
    assert page.text.count("/versions/") >= len(CAMPAIGN_KEYS)
    assert not NAMES_OF_SEGMENTS.search(page.text)


def test_what_a_council_puts_in_use_is_shown_from_then_on(
    client, database, council, officers, clock
):
    words = "Here is a closing of our own, and I am glad to help."
    by, second = officers[Role.OFFICER], officers[Role.APPROVER]
    with database.transaction() as session:
        row = copy.begin_edit(
            session, "ptb-offer", "en_GB", VariantName.PIONEER, now=clock(), by=by
        )
        copy.save_words(session, row.id, {**row.tone, "closing": words}, now=clock(), by=by)
    assert words not in client.get("/versions/ptb-offer").text
    with database.transaction() as session:
        copy.check(session, row.id, now=clock(), by=by)
        copy.approve(session, row.id, now=clock(), by=second)
        copy.put_in_use(session, row.id, now=clock(), by=by)
    assert words in client.get("/versions/ptb-offer").text


def test_a_campaign_that_is_none_is_not_there(client, council):
    assert client.get("/versions/no-such-thing").status_code == 404


def test_the_pages_ask_the_database_little(client, council):
    client.get("/versions/ptb-offer")
    for address, most in (("/versions", 2), ("/versions/ptb-offer", 3)):
        with statements() as seen:
            assert client.get(address).status_code == 200
        assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= most, seen
