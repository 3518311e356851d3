"""The pages' looks: brand, frame, components."""

from __future__ import annotations

import gzip
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.colour import READABLE, WHITE, Colour
from parentportal.app import create_app
from parentportal.presentation import Brand, brand_stylesheet

STATIC = files("parentportal") / "static"
parts = st.integers(0, 255)
colours = st.builds(Colour, parts, parts, parts)


def test_contrast_is_what_the_standard_says():
    black, white = Colour.parse("#000000"), Colour.parse("#ffffff")
    assert black.contrast(white) == pytest.approx(21)
    assert white.contrast(white) == pytest.approx(1)
    assert Colour.parse("#777777").contrast(white) == pytest.approx(4.48, abs=0.01)


@given(colours)
def test_text_on_any_councils_colour_can_be_read(colour):
    sheet = brand_stylesheet(colour)
    text = Colour.parse(sheet.split("--portal-on-brand:")[1][:7])
    assert colour.contrast(text) >= READABLE


@given(colours)
def test_links_take_only_a_colour_that_can_be_read_on_white(colour):
    if "--govuk-link-colour" in brand_stylesheet(colour):
        assert colour.contrast(WHITE) >= READABLE


@given(colours)
def test_a_colour_survives_its_own_name(colour):
    assert Colour.parse(str(colour)) == colour
    assert Colour.parse(Brand(colour=colour).colour_name) == colour


@pytest.mark.parametrize(
    "text", ["red", "#12", "#1234567", "12436d}", "#12436d;", "", "１２３４５６"]
)
def test_nothing_but_a_colour_gets_into_a_stylesheet(text):
    with pytest.raises(ValueError, match="not a colour"):
        Colour.parse(text)


@pytest.fixture
def page(app, council):
    """The page that is not there, which has the frame of all others."""
    return app.test_client().get("/no-such-page?language=ur")


def test_a_page_says_its_language_and_direction(page):
    assert '<html lang="ur" dir="rtl"' in page.text
    assert "govuk-frontend-rtl.css" in page.text


def test_a_page_carries_the_name_of_its_council(page, council):
    assert page.text.count(council.name) >= 3


def test_a_page_has_no_style_of_its_own_and_each_script_in_it_a_nonce(page):
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert page.text.count("<script") == page.text.count("<script nonce=") + page.text.count(
        '<script type="module" src='
    )


def test_a_council_is_not_gov_uk(page):
    sheets = "".join((STATIC / "vendor" / name).read_text("utf-8") for name in (
        "govuk-frontend.css", "govuk-frontend-rtl.css"))  # fmt: skip
    for trace in ("GDS Transport", "@font-face", "crest", "crown", "gov.uk"):
        assert trace not in sheets.split("*/", 1)[1]
        assert trace not in page.text


def test_a_page_costs_a_parent_less_than_25_kilobytes():
    names = ("vendor/govuk-frontend-rtl.css", "vendor/govuk-frontend.js", "portal.css", "app.js")
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names) < 25_000


def test_what_never_changes_is_kept_and_pages_are_not(app, council):
    client = app.test_client()
    sheet = client.get("/brand/12436d.css")
    assert (sheet.status_code, sheet.mimetype) == (200, "text/css")
    assert sheet.cache_control.max_age > 1_000_000
    assert client.get("/brand/no-colour.css").status_code == 404
    address = client.get("/no-such-page").text.split('href="/static/portal.css')[1].split('"')[0]
    with client.get(f"/static/portal.css{address}") as answer:
        assert answer.cache_control.max_age > 1_000_000
    with client.get("/static/portal.css") as answer:
        assert answer.cache_control.max_age is None


def test_every_template_compiles(app):
    names = [name for name in app.jinja_env.list_templates() if name.endswith((".html", ".txt"))]
    assert "base.html" in names
    for name in names:
        app.jinja_env.get_template(name)


def test_an_error_page_stands_even_where_there_is_no_database(settings, tmp_path):
    from dataclasses import replace

    missing = replace(settings, database_url=f"sqlite:///{tmp_path / 'nowhere' / 'at-all'}")
    answer = create_app(missing).test_client().get("/no-such-page")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
