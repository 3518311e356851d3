"""Easy Read and the pack for schools as real PDFs."""

import io
from dataclasses import replace
from importlib.resources import files

import pdfplumber
import pytest

from messaging.blocks import Fact, Signature
from messaging.council import demonstration_council
from messaging.drawings import Drawing
from messaging.easy_read import EasyRead
from messaging.languages import LANGUAGES
from messaging.pack import Pack
from messaging.paper import paper_wording
from messaging.press import NotPrintable
from messaging.sheets import EasyReadPress, PackPress
from messaging.squares import qr_code
from tests.messaging.families import DATED, SAM, message
from tests.messaging.test_paper_editions import alternatives, squeezed
from tests.paper import MM, fonts, is_tagged, squares, words

LOGO = demonstration_council().logo
LINK = "https://travel.exampleshire.example/x/AbCdEf"
FILM = "https://films.exampleshire.example/bsl"
PICTURES = tuple(paper_wording("en_GB")["pictures"])
DRAWN = files("messaging") / "layout" / "pictures"


@pytest.fixture(scope="module")
def press():
    return EasyReadPress(LOGO)


def sheet(language="en_GB", pictures=PICTURES, bsl_link=""):
    said = paper_wording(language)["pictures"]
    return EasyRead(
        title=message("ptb-offer", language).subject,
        lines=tuple((picture, f"{said[picture]}.") for picture in pictures),
        sender=message("ptb-offer", language).sender,
        language=language,
        dated=DATED,
        link=LINK,
        bsl_link=bsl_link,
    )


def test_every_picture_is_drawn_and_named_in_every_language():
    drawn = {path.name.removesuffix(".svg") for path in DRAWN.iterdir()}
    for language in LANGUAGES:
        assert set(paper_wording(language)["pictures"]) == drawn


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_of_shapes_in_flat_colours(picture):
    assert Drawing.parse((DRAWN / f"{picture}.svg").read_text(encoding="utf-8")).aspect == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_easy_read_is_tagged_and_each_picture_says_what_it_shows(press, language):
    printed = press.render(sheet(language))
    assert is_tagged(printed.pdf)
    assert all(fonts(printed.pdf).values())
    assert printed.pages <= 4
    said = alternatives(printed.pdf)
    assert set(paper_wording(language)["pictures"].values()) <= set(said)


def test_a_picture_stands_left_of_its_one_sentence_and_the_words_are_large(press):
    with pdfplumber.open(io.BytesIO(press.render(sheet()).pdf)) as document:
        page = document.pages[0]
        words_of_rows = [c for c in page.chars if c["size"] < 20 and c["top"] < 270 * MM]
        drawn = [c for c in page.curves + page.rects if c["top"] > 40 * MM]
        assert min(c["x0"] for c in words_of_rows) > max(d["x1"] for d in drawn)
        assert min(c["size"] for c in words_of_rows) >= 15.99
        assert all(c["x1"] < 195 * MM for c in page.chars)


def test_both_squares_lead_where_they_say(press):
    printed = press.render(sheet(pictures=PICTURES[:3], bsl_link=FILM))
    for at, link in enumerate((LINK, FILM)):
        expected = [[bool(module) for module in row] for row in qr_code(link).matrix]
        assert squares(printed.pdf, len(expected))[at].dark == expected
    assert "British Sign Language" in " ".join(words(printed.pdf).split())


def test_a_picture_nobody_has_drawn_is_refused(press):
    with pytest.raises(NotPrintable) as refused:
        press.render(replace(sheet(), lines=(("../letter", "No."),)))
    assert refused.value.code == "unknown-picture"


def test_more_sentences_than_four_sides_hold_are_refused(press):
    with pytest.raises(NotPrintable) as refused:
        press.render(sheet(pictures=PICTURES * 3))
    assert refused.value.code == "too-many-pages"


def pack(language, times=1):
    made = message("ptb-offer", language)
    blocks = tuple(b for b in made.blocks if b.locked and not isinstance(b, Signature))
    return Pack(made.subject, blocks * times, made.sender, language, DATED, LINK)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_facts_of_a_letter_go_on_one_side_for_schools(language):
    printed = PackPress(LOGO).render(pack(language))
    assert printed.pages == 1
    assert is_tagged(printed.pdf)
    with pdfplumber.open(io.BytesIO(printed.pdf)) as document:
        assert min(c["size"] for c in document.pages[0].chars) >= 8.99


def test_the_pack_says_the_facts_in_the_same_words():
    made = pack("en_GB")
    paper = squeezed(words(PackPress(LOGO).render(made).pdf))
    titles = [block.title for block in made.blocks if isinstance(block, Fact)]
    assert titles
    for title in titles:  # two columns are read line by line across, so only short runs stay whole
        assert title.split()[0] in paper
    assert SAM.first_name in paper


def test_a_pack_of_more_than_one_sheet_is_refused():
    with pytest.raises(NotPrintable) as refused:
        PackPress().render(pack("en_GB", times=5))
    assert refused.value.code == "too-many-pages"
