"""Drawings from outside: what is kept of them, and what is refused."""

import re
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.council import Council, CouncilRefused, demonstration_council, load_council
from messaging.drawings import DEEPEST, LARGEST, MOST_SHAPES, Drawing

SHAPE = '<path d="M0 0h9v9z" fill="#12436d"/>'


def svg(inside=SHAPE, attributes='viewBox="0 0 20 10"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


def test_a_drawing_of_shapes_in_flat_colours_is_kept_with_its_proportions():
    drawing = Drawing.parse(svg(f'<g transform="scale(2)" style="fill:none">{SHAPE}</g>'))
    assert drawing.aspect == 2
    assert 'd="M0 0h9v9z"' in drawing.svg
    assert 'style="fill:none"' in drawing.svg


def test_what_was_read_once_reads_the_same_again():
    drawing = Drawing.parse(svg(f"<title>A & B</title>{SHAPE}".replace("&", "&amp;")))
    assert Drawing.parse(str(drawing)) == drawing


def test_what_only_a_drawing_program_reads_is_left_out():
    own = 'xmlns:i="http://example.org/i" viewBox="0 0 20 10" id="top" i:version="3"'
    inside = (
        f'<metadata><x xmlns="urn:x">y</x></metadata><i:grid/><g id="a" i:label="b">{SHAPE}</g>'
    )
    kept = Drawing.parse(svg(inside, own)).svg
    assert not re.search("metadata|grid|label|version|id=", kept)


def test_without_a_box_the_width_and_height_tell_the_proportions():
    assert Drawing.parse(svg(attributes='width="300px" height="100px"')).aspect == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no drawing", "is no SVG drawing"),
        ("<html/>", "cannot be printed safely: html"),
        ("<svg>" + SHAPE + "</svg>", "cannot be printed safely: svg"),
        (svg(""), "has no shape"),
        (svg(attributes=""), "has no viewBox"),
        (svg(attributes='viewBox="0 0 nan 10"'), "has no viewBox"),
        (svg(attributes='viewBox="0 0 inf 10"'), "has no viewBox"),
        (svg(attributes='viewBox="0 0 0 10"'), "has no viewBox"),
        (svg(attributes='viewBox="0 0 900 1"'), "far too wide"),
        (svg(f"<script>alert(1)</script>{SHAPE}"), "safely: script"),
        (svg(f"<defs><script>alert(1)</script></defs>{SHAPE}"), "safely: script"),
        (svg(f"<style>@import url(x)</style>{SHAPE}"), "safely: style"),
        (svg(f'<image href="file:///etc/passwd"/>{SHAPE}'), "safely: image"),
        (svg(f'<use href="#a"/>{SHAPE}'), "safely: use"),
        (svg(f"<foreignObject/>{SHAPE}"), "safely: foreignObject"),
        (svg(f"<text>Exampleshire</text>{SHAPE}"), "safely: text"),
        (svg(f"<defs><linearGradient/></defs>{SHAPE}"), "safely: linearGradient"),
        (svg(f"<svg>{SHAPE}</svg>"), "one svg element"),
        (svg('<path d="M0 0h9" fill="url(#a)"/>'), "flat colours"),
        (svg('<path d="M0 0h9" fill="URL(http://x.example)"/>'), "flat colours"),
        (svg('<path d="M0 0h9" style="fill:url(#a)"/>'), "flat colours"),
        (svg('<path d="M0 0h9" style="mask:none"/>'), "safely: mask"),
        (svg('<path d="M0 0h9" filter="none"/>'), "safely: filter"),
        (svg('<path d="M0 0h9" onload="alert(1)"/>'), "fetch or run something: onload"),
        (svg('<path d="M0 0h9" fill="red;@x{}"/>'), "safely, in fill"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(), "must not declare entities"),
        (svg(f"&a;{SHAPE}"), "is no SVG drawing"),
        ('<?xml-stylesheet href="x.css"?>' + svg(), "instructions to other programs"),
        (svg("<g>" * DEEPEST + SHAPE + "</g>" * DEEPEST), "groups within each other"),
        (svg('<path d="M0"/>' * (MOST_SHAPES + 1)), "has more than 5000 shapes"),
        (svg(f"<desc>{'x' * LARGEST}</desc>{SHAPE}"), "at most 200 kB"),
    ],
)
def test_what_could_run_fetch_or_hang_is_refused_with_its_name(text, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        Drawing.parse(text)


def test_a_reference_in_the_older_way_is_refused():
    own = 'viewBox="0 0 20 10" xmlns:xlink="http://www.w3.org/1999/xlink"'
    with pytest.raises(ValueError, match="fetch or run something: href"):
        Drawing.parse(svg('<path d="M0 0h9" xlink:href="#a"/>', own))


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_any_text_is_a_drawing_or_refused_with_words(text):
    for candidate in (text, svg(text), svg(f'<path d="{text}"/>')):
        kept = read_or_refused(candidate)
        assert kept
        assert not kept.startswith("<svg ") or read_or_refused(kept) == kept


def read_or_refused(text):
    """The drawing that is kept, or else the reason why none is."""
    try:
        return Drawing.parse(text).svg
    except ValueError as refused:
        return str(refused)


@pytest.fixture
def settings(tmp_path):
    shipped = files("messaging") / "demonstration" / "council.toml"
    path = tmp_path / "council.toml"

    def write(name, drawing=None):
        text = shipped.read_text(encoding="utf-8")
        own = text.replace("reply_weeks", f'logo = {{ file = "{name}" }}\nreply_weeks', 1)
        path.write_text(own, encoding="utf-8")
        if drawing is not None:
            (tmp_path / name).write_text(drawing, encoding="utf-8")
        return path

    return write


def test_a_council_names_a_drawing_beside_its_settings_and_keeps_its_text(settings):
    council = load_council(settings("own.svg", svg()))
    assert council.logo == Drawing.parse(svg())
    assert council.document()["logo"] == council.logo.svg
    assert Council.from_document(council.document()) == council


@pytest.mark.parametrize(
    ("name", "drawing", "why"),
    [
        ("gone.svg", None, "cannot be read"),
        ("../own.svg", None, "the name of an SVG file in the same folder"),
        ("/etc/passwd", None, "the name of an SVG file in the same folder"),
        ("own.svg", svg("<script/>"), "script"),
        ("own.svg", svg(f"<desc>{'x' * 2 * LARGEST}</desc>{SHAPE}"), "at most 200 kB"),
    ],
)
def test_a_drawing_that_cannot_be_had_is_told_with_its_place(settings, name, drawing, why):
    with pytest.raises(CouncilRefused, match=why) as refused:
        load_council(settings(name, drawing))
    assert refused.value.problems[0][0].startswith("logo")


def test_the_demonstration_council_has_its_own_drawings():
    council = demonstration_council()
    assert council.logo
    assert council.contact.signature
    assert council.logo.aspect > 1
