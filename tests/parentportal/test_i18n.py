"""Which language a visitor reads, and how they change it."""

from __future__ import annotations

import pytest
from babel import Locale
from flask import Flask, session
from flask_babel import force_locale, format_date

from parentportal import i18n
from parentportal.i18n import LANGUAGES, Direction, choose_language, language_links, page_language


@pytest.fixture
def speaking() -> Flask:
    app = Flask("parentportal")
    app.secret_key = "for tests alone"
    i18n.register(app)

    @app.get("/page")
    def page() -> str:
        return page_language().code

    return app


def test_english_is_spoken_until_somebody_asks_for_another_language(speaking):
    assert speaking.test_client().get("/page").text == "en_GB"


def test_what_the_browser_prefers_is_not_asked(speaking):
    answer = speaking.test_client().get("/page", headers={"Accept-Language": "pl"})
    assert answer.text == "en_GB"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_once_asked_for_is_kept_on_the_pages_after(speaking, code):
    client = speaking.test_client()
    assert client.get(f"/page?language={code}").text == code
    assert client.get("/page").text == code


def test_the_address_wins_over_what_was_chosen_before(speaking):
    client = speaking.test_client()
    client.get("/page?language=cy")
    assert client.get("/page?language=pl").text == "pl"


@pytest.mark.parametrize("asked", ["xx", "", "../../etc", "en", "UR", "cy\x00"])
def test_a_language_that_is_not_offered_changes_nothing(speaking, asked):
    client = speaking.test_client()
    client.get("/page?language=ur")
    with client:
        assert client.get("/page", query_string={"language": asked}).text == "ur"
        assert session["language"] == "ur"


def test_a_language_that_is_remembered_but_offered_no_more_gives_way_to_english():
    assert choose_language(None, "fr", ("en_GB", "cy")) == "en_GB"


def test_a_language_nobody_has_described_cannot_be_offered():
    with pytest.raises(KeyError):
        i18n.register(Flask("parentportal"), ["en_GB", "tlh"])


def test_the_switch_keeps_the_page_and_its_other_parameters():
    links = language_links(LANGUAGES, "en_GB", [("page", "3"), ("language", "cy"), ("q", "a&b")])
    assert [link.address for link in links] == [
        f"?page=3&q=a%26b&language={code}" for code in ("en_GB", "cy", "pl", "ur")
    ]
    assert [link.current for link in links] == [True, False, False, False]


def test_each_language_is_shown_in_its_own_name_and_direction():
    assert [language.own_name for language in LANGUAGES.values()] == [
        "English", "Cymraeg", "Polski", "اردو",
    ]  # fmt: skip
    for code, language in LANGUAGES.items():
        locale = Locale.parse(code)
        assert language.direction == locale.text_direction
        assert language.tag == code.replace("_", "-")
    assert LANGUAGES["ur"].direction is Direction.RIGHT_TO_LEFT


def test_dates_are_written_the_british_way_in_english(speaking):
    from datetime import date

    with speaking.test_request_context("/page"):
        assert format_date(date(2026, 11, 2), "long") == "2 November 2026"
        with force_locale("cy"):
            assert format_date(date(2026, 11, 2), "long") == "2 Tachwedd 2026"


def test_outside_a_page_words_are_english():
    assert page_language().code == "en_GB"
