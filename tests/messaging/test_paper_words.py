"""What stays in one piece on paper, and which letters a figure is set in."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pdfplumber
import pytest

from messaging.languages import LANGUAGES
from messaging.letters import LetterPress
from messaging.message import Edition
from messaging.offers import AgeBand, ChildOffer
from messaging.variants import VariantName
from tests.messaging.families import SAM, message
from tests.paper import words

LINK = "https://travel.exampleshire.example/m/udaw77y7tbmkbh4q"
MUHAMMAD = ChildOffer("Muhammad-Abdullah", AgeBand.UNDER_16, Decimal(9))


@pytest.fixture(scope="module")
def letter():
    press = LetterPress()

    @cache
    def pdf_of(language, edition, campaign="ptb-offer"):
        made = message(campaign, language, VariantName.NEUTRAL, SAM, MUHAMMAD, portal_link=LINK)
        return press.render(replace(made, edition=edition)).pdf

    return pdf_of


def figures_in_nastaliq(pdf):
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [
            char["text"]
            for page in document.pages
            for char in page.chars
            if "Nastaliq" in char["fontname"] and re.match("[0-9A-Za-z]", char["text"])
        ]


@pytest.mark.parametrize("campaign", ["ptb-offer", "survey-invitation"])
@pytest.mark.parametrize("edition", Edition)
def test_figures_and_latin_words_of_an_urdu_letter_are_not_in_nastaliq(letter, edition, campaign):
    """Those of the copy and of the page numbers too: Nastaliq has them as a bold Roman."""
    assert figures_in_nastaliq(letter("ur", edition, campaign)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_telephone_number_is_in_one_piece_in_large_print(letter, language):
    on_paper = words(letter(language, Edition.LARGE_PRINT))
    assert "01632 960100" in on_paper
    assert not re.search(r"01632\n", on_paper)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_web_address_that_is_too_wide_breaks_after_a_stroke(letter, language):
    on_paper = re.sub("[\u200b\u2066-\u2069]", "", words(letter(language, Edition.LARGE_PRINT)))
    assert "https://travel.exampleshire.example/versions" in on_paper
    assert "https://travel.exampleshire.example/" in on_paper
    assert "udaw77y7tbmkbh4q" in on_paper


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_name_breaks_at_its_hyphen(letter, language):
    on_paper = words(letter(language, Edition.STANDARD)).replace("Muhammad-Abdullah", "")
    assert "Muhammad" in on_paper
    assert "Abdullah" in on_paper
