"""The forest plot as an SVG picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.trials.intervals import Interval
from parentportal.programme.forest import ForestRow, Scale, forest_plot
from parentportal.programme.picture import Look

SVG = "{http://www.w3.org/2000/svg}"
SCALE = Scale("fewer & fewer", "more", str)
ROWS = [
    ForestRow("A & <b>", "+4 (−8 to +16)", Interval(0.04, -0.08, 0.16), 200),
    ForestRow("Small", "−10 (−30 to +20)", Interval(-0.10, -0.30, 0.20), 50),
    ForestRow("Hidden", "hidden", None, 9),
    ForestRow("All", "+2 (−6 to +10)", Interval(0.02, -0.06, 0.10), 259, overall=True),
]


def drawn(rows=ROWS, **how):
    return ET.fromstring(forest_plot("T", rows, SCALE, Look("#12436d", "en-GB", **how)))


def squares(picture):
    return [box for box in picture.iter(f"{SVG}rect") if box.get("x") and box.get("fill") != "none"]


def diamond(picture):
    [points] = [shape.get("points") for shape in picture.iter(f"{SVG}polygon")]
    return [tuple(map(float, point.split(","))) for point in points.split()]


def nought(picture):
    [line] = [path.get("d") for path in picture.iter(f"{SVG}path") if path.get("class") == "nought"]
    return float(line[1:].split()[0])


intervals = st.lists(st.floats(-1, 1), min_size=3, max_size=3).map(
    lambda ends: Interval(sorted(ends)[1], min(ends), max(ends))
)


@given(st.lists(intervals, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_everything_stands_inside_the_picture(found, right_to_left, narrow):
    rows = [
        ForestRow("L", "W", interval, 10 * place, overall=not place)
        for place, interval in enumerate(found)
    ]
    picture = drawn(rows, right_to_left=right_to_left, narrow=narrow)
    width, height = int(picture.get("width")), int(picture.get("height"))

    for box in picture.iter(f"{SVG}rect"):
        x, y = float(box.get("x", 0)), float(box.get("y", 0))
        assert 0 <= x <= x + float(box.get("width")) <= width
        assert 0 <= y <= y + float(box.get("height")) <= height
    assert all(0 <= x <= width and 0 <= y <= height for x, y in diamond(picture))
    for text in picture.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= width
        assert 0 <= float(text.get("y")) <= height


def test_a_diamond_reaches_from_one_end_of_its_interval_to_the_other():
    picture = drawn()
    left, top, right, _ = (x for x, _ in diamond(picture))

    assert left < nought(picture) < top < right
    assert (right - nought(picture)) / (top - nought(picture)) == pytest.approx(5, rel=0.05)


def test_a_square_is_as_large_as_the_families_behind_it():
    big, small = squares(drawn())

    areas = [float(box.get("width")) ** 2 for box in (big, small)]
    assert areas[0] / areas[1] == pytest.approx(4)


def test_a_hidden_difference_gives_nothing_away():
    stubs = [
        next(
            box.attrib
            for box in drawn([*ROWS[:2], ForestRow("Hidden", "hidden", None, families)]).iter(
                f"{SVG}rect"
            )
            if box.get("stroke-dasharray")
        )
        for families in (2, 400)
    ]

    assert stubs[0] == stubs[1]


def test_the_scale_is_the_same_on_both_sides_and_holds_every_interval():
    marks = [
        int(text.text) for text in drawn().iter(f"{SVG}text") if text.text.lstrip("-").isdecimal()
    ]

    assert marks == [-30, -20, -10, 0, 10, 20, 30]


def test_without_any_difference_there_is_still_a_line_at_nought():
    picture = drawn([ForestRow("Hidden", "hidden", None, 9)])

    assert nought(picture) > 0
    assert not squares(picture)


def test_words_are_escaped():
    words = [text.text for text in drawn().iter(f"{SVG}text")]

    assert {"A & <b>", "fewer & fewer"} <= set(words)


def test_right_to_left_is_the_mirror_image():
    there, back = drawn(), drawn(right_to_left=True)
    width = int(there.get("width"))

    for one, other in zip(there.iter(f"{SVG}text"), back.iter(f"{SVG}text"), strict=True):
        assert float(one.get("x")) + float(other.get("x")) == pytest.approx(width)
    for (x, _), (mirrored, _) in zip(diamond(there), diamond(back), strict=True):
        assert x + mirrored == pytest.approx(width)
