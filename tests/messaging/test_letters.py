"""Real PDFs, measured: `letters.md` of the print houses in mm from the top left of A4."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pdfplumber
import pikepdf
import pytest

from messaging.campaigns import load_campaign
from messaging.languages import LANGUAGES, language_beside
from messaging.letters import LetterPress, Stationery
from messaging.offers import AgeBand, ChildOffer
from messaging.press import NotPrintable
from messaging.sides import MostSides
from messaging.variants import VariantName, voices
from tests.messaging.families import COPIES, MEETING, ROBIN, SAM, message
from tests.paper import MM, pages, strays

LETTERS = [
    (campaign, language, names[number % len(names)])
    for number, (campaign, language) in enumerate(COPIES)
    for names in [voices(load_campaign(campaign))]
]
"""One version of every copy, the versions in turn."""


def children_of(campaign):
    """Two children, or the young person whom a letter goes to."""
    return () if campaign == "young-person" else (SAM, ROBIN)


@pytest.fixture(scope="module")
def press():
    return LetterPress()


@pytest.fixture(scope="module")
def printed(press):
    @cache
    def pdf_of(*args, **kwargs):
        return press.render(message(*args, **kwargs)).pdf

    return pdf_of


@pytest.mark.parametrize(("campaign", "language", "variant"), LETTERS)
def test_everything_stands_inside_the_zones_on_two_sides(printed, campaign, language, variant):
    """Two sides, or three for a letter in two languages."""
    pdf = printed(campaign, language, variant, *children_of(campaign))
    assert strays(pdf) == []
    assert pages(pdf) <= (3 if language_beside(language) else 2)


@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_the_longest_names_and_links_stay_inside_the_zones(language):
    press = LetterPress(Stationery(most_sides=MostSides(standard=3)))
    child = ChildOffer("Wolfeschlegelsteinhausen" * 5, AgeBand.UNDER_16, Decimal("149.99"))
    made = message("ptb-offer", language, VariantName.NEUTRAL, child)
    lines = ("A" * 40, *(f"{n} Invented Road With A Long Name" for n in range(5)), "EX1 1ZZ")
    letter = press.render(replace(made, address=lines))
    assert strays(letter.pdf) == []


def test_the_zones_would_notice_a_stray_glyph(press):
    made = message()
    wide = replace(made.sender, council="Exampleshire " * 12)
    assert strays(press.render(replace(made, sender=wide)).pdf) != []


@pytest.mark.parametrize(("campaign", "language", "variant"), LETTERS)
def test_the_file_is_tagged_and_says_its_language_and_title(printed, campaign, language, variant):
    with pikepdf.open(
        io.BytesIO(printed(campaign, language, variant, *children_of(campaign)))
    ) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert "/StructTreeRoot" in root
        assert str(root.Lang) == language.partition("_")[0]
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_is_embedded(printed, language):
    with pikepdf.open(io.BytesIO(printed("ptb-offer", language))) as document:
        fonts = [
            font.DescendantFonts[0].FontDescriptor
            for page in document.pages
            for font in page.Resources.Font.values()
        ]
        assert fonts
        assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
        assert all(re.search(r"NotoSans|NotoNastaliqUrdu", str(f.FontName)) for f in fonts)


def test_sizes_are_big_enough_to_read(printed):
    with pdfplumber.open(io.BytesIO(printed())) as document:
        first, second = document.pages
        body = [c["size"] for c in first.chars if 95 * MM < c["top"] < 283 * MM]
        body += [c["size"] for c in second.chars if c["top"] < 283 * MM]
        window = [
            c["size"] for c in first.chars if c["x1"] < 120 * MM and 39 * MM < c["top"] < 67 * MM
        ]
    assert min(body) >= 11.99
    assert min(window) >= 9


def test_the_address_prints_as_it_is_line_by_line(press):
    made = message()
    seven = ("Ali Sample", *(f"{n} Invented Road" for n in range(5)), "EX1 1ZZ")
    with pdfplumber.open(io.BytesIO(press.render(replace(made, address=seven)).pdf)) as document:
        window = document.pages[0].crop((24 * MM, 39 * MM, 121 * MM, 67 * MM))
        assert tuple(window.extract_text().splitlines()) == seven


@pytest.mark.parametrize("language", ["en_GB", "cy", "pl"])
def test_all_the_words_of_the_message_are_on_the_paper(printed, language):
    made = message("focus-group-invitation", language, details=MEETING)
    pdf = printed("focus-group-invitation", language, details=MEETING)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        paper = "".join("".join(c["text"] for c in page.chars) for page in document.pages)
    squeezed = re.sub(r"\s", "", paper)
    for block in made.blocks:
        for text in (getattr(block, "text", ""), *getattr(block, "items", ())):
            assert re.sub(r"\s", "", text) in squeezed


def test_the_same_message_gives_the_same_bytes_from_any_press(press):
    assert press.render(message()).pdf == LetterPress().render(message()).pdf


@pytest.mark.parametrize(
    "value",
    [
        '#read("letter.typ") #panic() *b* _i_ $x^2$ @ref <label> // gone /* gone */ `c` \\',
        "{{ 7 * 7 }} {% raw %}",
        "<script>alert(1)</script>",
        "../../etc/passwd",
    ],
)
def test_hostile_values_print_literally(printed, value):
    child = replace(SAM, first_name=value)
    with pdfplumber.open(
        io.BytesIO(printed("ptb-offer", "en_GB", VariantName.NEUTRAL, child))
    ) as d:
        paper = "".join(c["text"] for c in d.pages[0].chars)
    assert re.sub(r"\s", "", value) in re.sub(r"\s", "", paper)


def test_a_character_that_no_font_has_is_refused_and_the_press_goes_on(press):
    odd = message("ptb-offer", "en_GB", VariantName.NEUTRAL, replace(SAM, first_name="Sam 😀"))
    with pytest.raises(NotPrintable) as refused:
        press.render(odd)
    assert refused.value.code == "character-not-in-fonts"
    assert press.render(message()).pages == 2


def test_an_address_too_wide_for_the_window_is_refused(press):
    with pytest.raises(NotPrintable) as refused:
        press.render(replace(message(), address=("W" * 80, "2 Invented Road", "EX1 1ZZ")))
    assert refused.value.code == "address-too-wide"


def test_more_contact_lines_than_there_is_room_for_are_refused(press):
    made = message()
    crowded = replace(made.sender, reply_address=("Invented House",) * 30)
    with pytest.raises(NotPrintable) as refused:
        press.render(replace(made, sender=crowded))
    assert refused.value.code == "contact-too-tall"


def test_a_print_run_starts_every_letter_on_a_right_hand_page(press):
    bilingual = message("ptb-offer", "cy", VariantName.PIONEER)
    assert press.render(bilingual).pages == 3
    run = press.merge([message(), bilingual, message("ptb-offer", "pl")])
    with pdfplumber.open(io.BytesIO(run)) as document:
        texts = [page.extract_text() or "" for page in document.pages]
    assert len(texts) == 8
    assert texts[5] == ""
    assert "Page 1 of 2" in texts[0]
    assert "Page 2 of 2" in texts[1]
    assert "Strona 1 z 2" in texts[6]
    with pikepdf.open(io.BytesIO(run)) as document:
        assert "/StructTreeRoot" in document.Root


def test_a_print_run_of_nothing_is_an_error(press):
    with pytest.raises(ValueError, match="needs a letter"):
        press.merge([])
