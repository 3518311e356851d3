"""The bar chart as an SVG picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from parentportal.programme.chart import Bar, bar_chart
from parentportal.programme.picture import Look

SVG = "{http://www.w3.org/2000/svg}"
BARS = [Bar("A & <b>", 40, "40"), Bar("Half", 20, "20"), Bar("None", 0, "0"), Bar("?", None, "–")]


def drawn(bars=BARS, **how):
    return ET.fromstring(bar_chart("T", bars, Look("#12436d", "en-GB", **how)))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("right_to_left", [False, True])
def test_everything_stands_inside_the_picture(narrow, right_to_left):
    picture = drawn(narrow=narrow, right_to_left=right_to_left)
    width, height = int(picture.get("width")), int(picture.get("height"))

    for shape in picture.iter(f"{SVG}rect"):
        x, y = float(shape.get("x", 0)), float(shape.get("y", 0))
        assert 0 <= x <= x + float(shape.get("width")) <= width
        assert 0 <= y <= y + float(shape.get("height")) <= height
    assert all(0 <= float(text.get("x")) <= width for text in picture.iter(f"{SVG}text"))


def test_bars_are_as_long_as_their_numbers_say():
    lengths = [int(bar.get("width")) for bar in drawn().iter(f"{SVG}rect") if bar.get("x")]

    assert lengths[0] == 2 * lengths[1] > 0 == lengths[2]


def test_a_hidden_number_gives_no_length_away():
    others = [Bar("?", None, "–"), Bar("B", 7, "7")]
    more = [Bar("?", None, "–"), Bar("B", 700, "700")]

    stubs = [[bar.attrib for bar in drawn(bars).iter(f"{SVG}rect")][1] for bars in (others, more)]
    assert stubs[0] == stubs[1]
    assert "stroke-dasharray" in stubs[0]


def test_words_are_escaped():
    assert next(drawn().iter(f"{SVG}text")).text == "A & <b>"


def test_right_to_left_is_the_mirror_image():
    there, back = drawn(), drawn(right_to_left=True)
    width = int(there.get("width"))

    for one, other in zip(there.iter(f"{SVG}text"), back.iter(f"{SVG}text"), strict=True):
        assert float(one.get("x")) + float(other.get("x")) == width
