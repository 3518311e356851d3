import re

import pytest

from messaging.blocks import Grid
from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.facts import facts_of
from messaging.languages import LANGUAGES
from messaging.variants import VariantName
from tests.messaging.families import ROBIN, SAM, message


@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_all_the_blocks_of_the_table_are_there_in_every_language(campaign):
    for language in load_campaign(campaign).languages:
        blocks = message(campaign, language).blocks
        parts = tuple(dict.fromkeys(b.part for b in blocks if b.locked))
        carried = [str(name) for name in load_campaign(campaign).carried]
        assert [part for part in parts if part in carried] == carried


def test_another_amount_gives_other_facts():
    assert facts_of(message()) != facts_of(
        message("ptb-offer", "en_GB", VariantName.NEUTRAL, ROBIN)
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_keeping_the_travel_one_has_stands_first_with_equal_weight(language):
    table = next(b for b in message("ptb-offer", language).blocks if isinstance(b, Grid))
    locked = message("ptb-offer", language)
    assert len(table.head) == 3
    keep, offer = table.rows[0][1:]
    assert "£2,090" not in keep
    assert "£2,090" in offer
    assert keep.count("\n") == offer.count("\n") == 1
    assert locked.blocks.index(table) == 4  # after opening, opening, lead and its heading


def test_each_age_has_its_own_choice_and_both_stand_where_both_are_at_home():
    def choice(*children):
        made = message("ptb-offer", "en_GB", VariantName.NEUTRAL, *children)
        return " ".join(f"{b.title} {b.text}" for b in made.blocks if b.part == "choice")

    assert "mileage payment, an escort or training needs your agreement" in choice(SAM)
    assert "policy statement" not in choice(SAM)
    assert "policy statement" in choice(ROBIN)
    assert "young person's own view" in choice(ROBIN)
    assert "mileage payment" not in choice(ROBIN)
    both = choice(ROBIN, SAM)
    assert "You choose (Sam)." in both
    assert "You choose (Robin)." in both


def test_an_invitation_to_talk_carries_no_stages_of_appeal():
    text = message("focus-group-invitation").plain_text()
    assert "No decision is being made." in text
    assert not re.search(r"appeal|Ombudsman|working days", text, re.IGNORECASE)
