"""A parent picks how they want to be written to."""

from __future__ import annotations

import pytest

from messaging.channels import Channel
from messaging.variants import VariantName
from parentportal.models import Carer, PrintFormat
from segmentation.segments import Segment
from tests.parentportal.account.pages import page_of
from tests.parentportal.counting import statements

AS_IT_IS = {"print_format": "standard", "channel": ""}


def carer_of(database, row):
    with database.reading() as session:
        return session.get_one(Carer, row.carer_id)


def test_four_samples_stand_side_by_side_without_a_name(client, sent):
    row = sent(segment=Segment.SETTLER)
    page = client.get(f"{page_of(row)}/wishes").text
    for letter in "ABCD":
        assert f"Version {letter}" in page
    for name in ("settler", "prospector", "pioneer", "neutral", "segment"):
        assert name not in page.casefold()


@pytest.mark.parametrize(("letter", "voice"), [*zip("abcd", VariantName, strict=True)])
def test_what_a_parent_picks_is_kept_for_good(client, sent, database, letter, voice):
    row = sent(segment=Segment.SETTLER)
    answer = client.post(f"{page_of(row)}/wishes", data={**AS_IT_IS, "voice": letter})
    assert (answer.status_code, answer.location) == (302, page_of(row))
    assert carer_of(database, row).chosen_voice is voice


def test_print_and_way_are_kept_too(client, sent, database):
    row = sent()
    client.post(f"{page_of(row)}/wishes", data={"print_format": "large-print", "channel": "email"})
    carer = carer_of(database, row)
    assert (carer.print_format, carer.preferred_channel, carer.chosen_voice) == (
        PrintFormat.LARGE_PRINT,
        Channel.EMAIL,
        None,
    )


@pytest.mark.parametrize(
    "data",
    [
        {**AS_IT_IS, "voice": "loud"},
        {**AS_IT_IS, "channel": "sms"},  # no number is known
        {"print_format": "tiny", "channel": ""},
    ],
)
def test_what_is_not_on_offer_is_asked_again(client, sent, database, data):
    row = sent()
    answer = client.post(f"{page_of(row)}/wishes", data=data)
    assert answer.status_code == 400
    assert carer_of(database, row).preferred_channel is None


def test_a_link_that_is_not_ours_leads_to_no_wishes(client, council):
    for method in ("GET", "POST"):
        assert client.open("/m/xyz/wishes", method=method).status_code == 404


def test_the_page_reads_from_right_to_left_in_urdu(client, sent):
    row = sent(language="ur")
    assert '<html lang="ur" dir="rtl"' in client.get(f"{page_of(row)}/wishes").text


def test_the_page_asks_few_questions(client, sent, council):
    row = sent()
    client.get("/contact")  # asks for the council, which is then known for a while
    with statements() as seen:
        client.get(f"{page_of(row)}/wishes")
    asked = [one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]
    assert 0 < len(asked) <= 4, asked
