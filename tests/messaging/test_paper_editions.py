"""Large print, letters in two languages, and the sides that the price allows."""

import io
import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pdfplumber
import pikepdf
import pytest

from messaging.council import demonstration_council
from messaging.languages import LANGUAGES, language_tag
from messaging.letters import LetterPress, Stationery
from messaging.message import Edition
from messaging.offers import AgeBand, ChildOffer
from messaging.paper import paper_wording
from messaging.press import NotPrintable
from messaging.sides import USUAL_SIDES, MostSides
from messaging.squares import qr_code
from messaging.variants import VariantName
from tests.messaging.families import ROBIN, SAM, VERSIONS, message
from tests.paper import MM, is_tagged, pages, squares, strays, words

OFFERS = [version for version in VERSIONS if version[0] == "ptb-offer"]
FOUR = (
    SAM,
    ROBIN,
    ChildOffer("Charlie", AgeBand.UNDER_16, Decimal("12.75")),
    ChildOffer("Kim", AgeBand.POST_16, Decimal("7.25")),
)
BESIDE = "cy"
NEUTRAL = VariantName.NEUTRAL


@pytest.fixture(scope="module")
def press():
    return LetterPress(Stationery.of(demonstration_council()))


def large(made):
    beside = made.beside and replace(made.beside, edition=Edition.LARGE_PRINT)
    return replace(made, edition=Edition.LARGE_PRINT, beside=beside)


@pytest.fixture(scope="module")
def in_large_print(press):
    @cache
    def render(language):
        return press.render(large(message("ptb-offer", language, NEUTRAL, SAM, ROBIN)))

    return render


@pytest.mark.parametrize(("campaign", "language", "variant"), OFFERS)
def test_four_children_take_no_more_sides_than_one(press, campaign, language, variant):
    made = message(campaign, language, variant, *FOUR)
    printed = press.render(made)
    assert printed.pages <= USUAL_SIDES.of(made)
    assert strays(printed.pdf) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_large_print_stands_inside_the_zones_too(in_large_print, language):
    printed = in_large_print(language)
    assert strays(printed.pdf) == []
    assert 2 < printed.pages <= USUAL_SIDES.large_print
    assert is_tagged(printed.pdf)


def test_large_print_is_large_in_all_that_is_read(in_large_print):
    with pdfplumber.open(io.BytesIO(in_large_print("en_GB").pdf)) as document:
        body = [
            character["size"]
            for page in document.pages
            for character in page.chars
            if page.page_number > 1 or character["top"] > 95 * MM
        ]
        first = document.pages[0].chars
        contact = [c["size"] for c in first if c["x0"] > 125 * MM and c["top"] < 60 * MM]
        window = [c["size"] for c in first if c["x1"] < 120 * MM and 39 < c["top"] / MM < 67]
    assert min(body) >= 17.99
    assert min(contact) >= 17.99
    assert min(window) >= 12


@pytest.mark.parametrize("language", ["en_GB", "pl"])
def test_large_print_says_all_that_the_letter_says(press, language):
    made = large(message("ptb-offer", language, NEUTRAL, *FOUR))
    paper = squeezed(words(press.render(made).pdf))
    for block in made.blocks:
        for text in (
            getattr(block, "text", ""),
            *getattr(block, "items", ()),
            *(
                line
                for row in getattr(block, "rows", ())
                for cell in row
                for line in cell.split("\n")
            ),
        ):
            assert "".join(text.split()) in paper
    sender = made.sender
    for line in (sender.phone, sender.email, sender.opening_hours, *sender.reply_address):
        assert "".join(line.split()) in paper


def test_a_letter_in_two_languages_says_all_of_both_each_under_its_own_heading(press):
    made = message("ptb-offer", BESIDE, NEUTRAL, SAM)
    printed = press.render(made)
    assert printed.pages == 3
    with pikepdf.open(io.BytesIO(printed.pdf)) as document:
        assert str(document.Root.Lang) == language_tag(BESIDE)
    said = words(printed.pdf)
    assert said.index(made.subject) < said.index(made.beside.subject)
    paper = squeezed(said)
    for part in (made, made.beside):
        for block in part.blocks:
            assert "".join(getattr(block, "text", "").split()) in paper
    assert "Tudalen 3 o 3 · Page 3 of 3" in " ".join(said.split())


def test_the_second_language_begins_on_a_side_of_its_own_where_there_is_room(press):
    made = message("ptb-offer", BESIDE, NEUTRAL, SAM)
    short = replace(made, blocks=made.blocks[:2])
    printed = press.render(replace(short, beside=replace(made.beside, blocks=made.blocks[:2])))
    with pdfplumber.open(io.BytesIO(printed.pdf)) as document:
        assert len(document.pages) == 2
        assert document.pages[1].extract_text().startswith(made.beside.subject)


def test_a_letter_longer_than_the_price_allows_is_told_with_its_sides_and_not_printed():
    press = LetterPress(Stationery(most_sides=MostSides(standard=1)))
    with pytest.raises(NotPrintable, match="2 sides, and 1 are allowed") as refused:
        press.render(message())
    assert refused.value.code == "too-many-pages"
    assert press.sides(message()) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("edition", Edition)
def test_the_square_is_the_link_and_can_be_read_by_a_camera(press, language, edition):
    made = message("ptb-offer", language, NEUTRAL, SAM)
    made = large(made) if edition is Edition.LARGE_PRINT else made
    expected = [[bool(module) for module in row] for row in qr_code(made.link).matrix]
    pdf = press.render(made).pdf
    (square,) = squares(pdf, len(expected))
    assert square.dark == expected
    assert square.width >= 24.99
    assert paper_wording(language)["caption"].split()[0] in words(pdf) or language == "ur"
    quiet = square.width * 4 / len(expected)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        near = [
            character["text"]
            for character in document.pages[square.page - 1].chars
            if character["x1"] / MM > square.left - quiet
            and character["x0"] / MM < square.left + square.width + quiet
            and character["bottom"] / MM > square.top - quiet + 1
            and character["top"] / MM < square.top + square.width + quiet - 1
            and "NotoSans" in character["fontname"]
        ]
    assert near == []


def test_the_square_says_where_it_leads_to_whoever_cannot_see_it(press):
    made = message()
    assert f"QR code that leads to {made.link}" in alternatives(press.render(made).pdf)


def test_a_message_that_leads_nowhere_has_no_square(press):
    made = replace(message(), link="")
    assert not [alt for alt in alternatives(press.render(made).pdf) if alt.startswith("QR")]
    assert pages(press.render(made).pdf) == 2


def squeezed(said):
    """Words without blanks, and without what stands at the foot of each side."""
    return re.sub(r"((Page|Strona|Tudalen)[0-9]+(of|z|o)[0-9]+·?)+", "", "".join(said.split()))


def alternatives(pdf):
    """The words that stand for each drawing."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [
            str(thing.Alt)
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
