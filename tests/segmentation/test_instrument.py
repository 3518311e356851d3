import re
import tomllib
from dataclasses import FrozenInstanceError
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.instrument import (
    LANGUAGES,
    OFF_SCALE,
    AnswerRefused,
    Answers,
    InstrumentRefused,
    Review,
    load_instrument,
    parse_instrument,
    read_rating,
)
from segmentation.readability import reading_age
from segmentation.scoring import FACETS, VALUES_OF_SEGMENT

CODES = [item.code for item in load_instrument().items]


@pytest.fixture
def document():
    path = files("segmentation") / "instruments" / "travel-values-2.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_bank_has_a_portrait_of_every_facet(instrument):
    assert {item.facet for item in instrument.items} == set(FACETS)


def test_the_portrait_that_is_always_first_comes_first_in_the_bank_too(instrument):
    assert instrument.item(instrument.first) == instrument.items[0]


def test_the_twelve_on_paper_tell_as_much_of_each_segment(instrument):
    values = [item.value for item in instrument.paper_items]
    assert [
        sum(value in of_segment for value in values) for of_segment in VALUES_OF_SEGMENT.values()
    ] == [4, 4, 4]


def test_the_file_says_that_three_languages_were_not_measured_for_reading_age(instrument):
    assert "no formula has measured them" in instrument.provenance["reading"]


def test_every_portrait_and_every_answer_is_worded_once_in_four_languages(instrument):
    assert instrument.languages == LANGUAGES
    for language in LANGUAGES:
        words = {item.wording[language].strip() for item in instrument.items}
        assert len(words) == len(instrument.items)
        assert [rating for rating, _ in instrument.answers(language)] == [1, 2, 3, 4, 5, 6]
        assert len({words for _, words in instrument.answers(language)}) == 6
        assert instrument.stem(language).rstrip().endswith(("?", "؟"))


def test_the_answers_run_from_very_much_like_me_to_not_like_me_at_all(instrument):
    answers = dict(instrument.answers("en_GB"))
    assert (answers[1], answers[6]) == ("Very much like me", "Not like me at all")


def test_wealth_is_never_asked_first_and_no_value_is_asked_twice_in_a_row(instrument):
    for items in (instrument.items, instrument.paper_items):
        facets = [item.facet for item in items]
        assert facets.index("imprich") >= 6
        values = [item.value for item in items]
        assert all(one != following for one, following in pairwise(values))


def test_each_english_portrait_can_be_read_at_eleven(instrument):
    portraits = [item.wording["en_GB"] for item in instrument.items]
    assert {text: age for text in portraits if (age := reading_age(text)) > 11} == {}
    assert reading_age(" ".join(portraits)) <= 10


@pytest.mark.parametrize(
    ("language", "gendered"),
    [
        ("en_GB", r"\b(he|she|him|his|her|hers|mother|father|mum|dad|man|woman)\b"),
        ("cy", r"\b(iddo|iddi|ganddo|ganddi|arno|arni|ato|ati|drosto|drosti|dyn|menyw|mam|tad)\b"),
        ("pl", r"[aeiy]ł(a|by|aby)?\b|\b(on|ona|jego|matka|ojciec|mężczyzna|kobieta)\b"),
        ("ur", r"(تا|تی|تے) (ہے|ہیں|ہو)|\b(گا|گی|ہوگا|ہوگی|ماں|باپ|مرد|عورت)\b"),
    ],
)
def test_no_portrait_says_whether_the_person_is_a_woman_or_a_man(instrument, language, gendered):
    words = [item.wording[language] for item in instrument.items]
    words += [instrument.stem(language), *(text for _, text in instrument.answers(language))]
    assert [text for text in words if re.search(gendered, text, re.IGNORECASE)] == []


def test_no_english_portrait_speaks_of_belief_politics_or_gender(instrument):
    taboo = (
        r"god|faith|relig|church|pray|govern|vote|party|state|nation|immigra|wife|husband|police"
    )
    assert [
        item.code for item in instrument.items if re.search(taboo, item.wording["en_GB"].lower())
    ] == []


def test_the_file_says_which_languages_await_a_native_speaker(instrument):
    for language in ("cy", "pl", "ur"):
        assert instrument.review(language) == "awaiting review by a native speaker"
    assert "no sentence is taken" in instrument.provenance["note"]


def test_a_form_is_read_item_by_item_and_other_fields_are_passed_over(instrument):
    raw = {CODES[0]: "1", CODES[1]: " 6 ", CODES[2]: "", "csrf_token": "x"}
    assert instrument.read(raw) == Answers({CODES[0]: 1, CODES[1]: 6})


@pytest.mark.parametrize(
    "answer", ["0", "7", "-1", "3.5", "x", "1e0", "٣", "²", "12", "nan", "1,0"]
)
def test_an_answer_off_the_scale_is_refused_with_its_item_and_a_code(instrument, answer):
    with pytest.raises(AnswerRefused) as refusal:
        instrument.read({CODES[0]: "2", CODES[1]: answer})
    assert (refusal.value.item, refusal.value.code) == (CODES[1], OFF_SCALE)


@pytest.mark.parametrize(
    ("written", "rating"), [("3", 3), (" 3 ", 3), ("3 ", 3), ("3.0", 3), ("", None), (" \t", None)]
)
def test_space_and_a_spreadsheets_point_zero_do_not_count(written, rating):
    assert read_rating(written) == rating


@given(st.text())
def test_a_rating_is_one_of_six_or_nothing_or_refused(written):
    allowed = {"": None} | {f"{n}{end}": n for n in range(1, 7) for end in ("", ".0")}
    if written.strip() in allowed:
        assert read_rating(written) == allowed[written.strip()]
    else:
        with pytest.raises(ValueError, match=OFF_SCALE):
            read_rating(written)


def test_facet_ratings_become_answers_to_our_own_items(instrument):
    answers = instrument.from_facets({"impsafe": 2, "imprich": 6, "no-facet-of-ours": 1})
    assert answers == Answers({"feeling-safe": 2, "being-well-off": 6})


def test_a_facet_rating_off_the_scale_is_refused(instrument):
    with pytest.raises(AnswerRefused):
        instrument.from_facets({"impsafe": 9})


def test_answers_cannot_be_changed_once_read(instrument):
    source = {CODES[0]: 1}
    answers = Answers(source)
    source[CODES[0]] = 6
    assert answers.ratings[CODES[0]] == 1
    with pytest.raises(TypeError):
        answers.ratings[CODES[0]] = 2
    with pytest.raises(FrozenInstanceError):
        answers.ratings = {}


def test_an_item_is_found_by_its_code_and_an_unknown_one_is_not(instrument):
    assert instrument.item("feeling-safe").facet == "impsafe"
    with pytest.raises(KeyError):
        instrument.item("impsafe")


def test_an_instrument_is_loaded_once():
    assert load_instrument() is load_instrument()
    with pytest.raises(FileNotFoundError):
        load_instrument("no-such-version")


def without_a_translation(document):
    del document["items"][3]["wording"]["ur"]


def with_five_answers(document):
    document["languages"]["cy"]["answers"].pop()


def with_a_code_twice(document):
    document["items"][1]["code"] = document["items"][0]["code"]


def with_an_unknown_facet(document):
    document["items"][0]["facet"] = "ipxxxx"


def with_a_facets_code_for_another_item(document):
    document["items"][0]["code"] = "imprich"


def without_items(document):
    document["items"] = []


def without_a_review_of_one_wording(document):
    del document["items"][2]["review"]["pl"]


def with_a_review_nobody_knows(document):
    document["items"][2]["review"]["pl"] = "fine"


def with_an_empty_wording(document):
    document["items"][2]["wording"]["pl"] = " "


def without_a_version_of_an_item(document):
    document["items"][2]["version"] = 0


def without_provenance_of_an_item(document):
    document["items"][2]["provenance"] = ""


def with_wealth_first(document):
    document["first"] = "being-well-off"


def with_wealth_first_on_paper(document):
    document["paper"].remove("being-well-off")
    document["paper"].insert(0, "being-well-off")


def with_an_unknown_item_first(document):
    document["first"] = "no-such-item"


def with_an_unknown_item_on_paper(document):
    document["paper"][1] = "no-such-item"


def with_an_item_twice_on_paper(document):
    document["paper"][1] = document["paper"][0]


def without_a_paper_form(document):
    document["paper"] = []


@pytest.mark.parametrize(
    "spoil",
    [
        without_a_translation,
        with_five_answers,
        with_a_code_twice,
        with_an_unknown_facet,
        with_a_facets_code_for_another_item,
        without_items,
        without_a_review_of_one_wording,
        with_a_review_nobody_knows,
        with_an_empty_wording,
        without_a_version_of_an_item,
        without_provenance_of_an_item,
        with_wealth_first,
        with_wealth_first_on_paper,
        with_an_unknown_item_first,
        with_an_unknown_item_on_paper,
        with_an_item_twice_on_paper,
        without_a_paper_form,
    ],
)
def test_an_instrument_that_cannot_be_asked_is_refused(document, spoil):
    parse_instrument(document)
    spoil(document)
    with pytest.raises(InstrumentRefused):
        parse_instrument(document)


def test_a_facet_may_have_a_spare_portrait_and_its_rating_counts_once(document):
    feeling_safe = next(item for item in document["items"] if item["code"] == "feeling-safe")
    document["items"].append({**feeling_safe, "code": "spare-feeling-safe"})
    instrument = parse_instrument(document)
    assert instrument.item("spare-feeling-safe").facet == "impsafe"
    assert instrument.from_facets({"impsafe": 2}) == Answers({"feeling-safe": 2})


def test_the_paper_form_keeps_its_own_order(document):
    document["paper"] = ["thrills", "own-ideas"]
    on_paper = parse_instrument(document).paper_items
    assert [item.facet for item in on_paper] == ["ipadvnt", "ipcrtiv"]


def test_a_language_stands_no_further_than_its_least_settled_words(document):
    document["languages"]["cy"]["review"] = Review.REVIEWED
    for item in document["items"]:
        item["review"]["cy"] = Review.REVIEWED
    assert parse_instrument(document).review("cy") == Review.REVIEWED
    document["items"][-1]["review"]["cy"] = Review.AWAITING_REVIEW
    assert parse_instrument(document).review("cy") == Review.AWAITING_REVIEW
    document["items"][-1]["review"]["cy"] = Review.REVIEWED
    document["languages"]["cy"]["review"] = Review.AWAITING_REVIEW
    assert parse_instrument(document).review("cy") == Review.AWAITING_REVIEW
