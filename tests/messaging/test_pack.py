from dataclasses import replace

import pytest

from messaging.blocks import Fact, Heading, Paragraph
from messaging.council import demonstration_council
from messaging.pack import build_pack
from messaging.sheets import PackPress
from messaging.variants import VariantName
from messaging.wording import written_languages
from segmentation.readability import reading_age
from tests.messaging.families import DATED, message

COUNCIL = demonstration_council()
LANGUAGES = written_languages("pack")


def texts(pack, kind):
    return [block.text for block in pack.blocks if isinstance(block, kind)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("campaign", ["ptb-offer", "itt-offer", "mini-ptb-offer"])
def test_a_school_reads_the_facts_of_the_letters_in_the_same_words(campaign, language):
    pack = build_pack(COUNCIL, language, dated=DATED)
    letter = message(campaign, language, VariantName.NEUTRAL)
    for block in letter.blocks:
        if isinstance(block, Fact) and block.part in {"terms", "choice", "answers", "help"}:
            assert block.text in texts(pack, Fact)


def test_the_travel_a_family_has_stands_before_every_offer():
    pack = build_pack(COUNCIL, "en_GB", dated=DATED)
    kinds = [type(block) for block in pack.blocks]
    assert "Each family may keep the travel it has now." in pack.blocks[1].text
    assert kinds.index(Heading) == 2
    assert texts(pack, Heading) == [
        "Personal Transport Budget",
        "Independent Travel Training",
        "One-off travel payment",
    ]
    assert any("55p a mile" in text for text in texts(pack, Paragraph))


def test_an_offer_that_a_council_does_not_make_is_not_on_its_sheet():
    without = replace(COUNCIL, independent_travel_training=None, mini_budget=None)
    pack = build_pack(without, "en_GB", dated=DATED)
    assert texts(pack, Heading) == ["Personal Transport Budget"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints_on_one_sheet(language):
    assert PackPress().render(build_pack(COUNCIL, language, dated=DATED)).pages <= 2


def test_a_twelve_year_old_could_read_it():
    said = " ".join(block.text for block in build_pack(COUNCIL, "en_GB", dated=DATED).blocks)
    assert reading_age(said) <= 12
