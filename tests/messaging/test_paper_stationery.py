"""A council's logo and signature on its letters."""

import io
from dataclasses import replace

import pdfplumber
import pytest

from messaging.council import demonstration_council
from messaging.drawings import Drawing
from messaging.letters import LetterPress, Stationery
from tests.messaging.families import message
from tests.messaging.test_paper_editions import alternatives
from tests.paper import MM, is_tagged, strays

STATIONERY = Stationery.of(demonstration_council())


@pytest.fixture(scope="module")
def press():
    return LetterPress(STATIONERY)


def test_the_logo_stands_in_its_zone_with_the_councils_name_for_whoever_cannot_see_it(press):
    pdf = press.render(message()).pdf
    assert strays(pdf) == []
    assert is_tagged(pdf)
    assert message().sender.council in alternatives(pdf)
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        drawn = [c for c in document.pages[0].curves if c["top"] < 35 * MM]
        assert drawn
        assert all(c["x1"] <= 125 * MM and c["top"] >= 5 * MM for c in drawn)
        assert all(c["bottom"] <= 30 * MM for c in drawn)


@pytest.mark.parametrize("aspect", [0.2, 1, 6, 15])
def test_a_logo_of_any_proportions_stays_in_its_zone(aspect):
    box = f'viewBox="0 0 {100 * aspect:g} 100"'
    shape = f'<rect width="{100 * aspect:g}" height="100" fill="#12436d"/>'
    drawing = Drawing.parse(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{shape}</svg>')
    pdf = LetterPress(replace(STATIONERY, logo=drawing)).render(message()).pdf
    assert strays(pdf) == []


def test_without_a_logo_the_councils_name_stands_in_its_place():
    made = message()
    with pdfplumber.open(io.BytesIO(LetterPress().render(made).pdf)) as document:
        zone = document.pages[0].crop((15 * MM, 5 * MM, 125 * MM, 30 * MM))
        assert made.sender.council in zone.extract_text()


def test_a_signature_stands_above_the_name_of_the_one_whose_it_is(press):
    assert "Signature of Morgan Sample" in alternatives(press.render(message()).pdf)


def test_nobody_elses_letter_carries_it(press):
    made = message()
    other = replace(made, sender=replace(made.sender, name="Robin Sample"))
    assert not [alt for alt in alternatives(press.render(other).pdf) if "Signature" in alt]
