import re
from importlib.resources import files

import pytest

from messaging.composition import CompositionRefused, terms_of
from messaging.council import demonstration_council
from messaging.easy_read import build_easy_read
from messaging.facts import locked_text
from messaging.lexicon import Kind, unmatched
from messaging.locked import SurveyDetails
from messaging.offers import ChildOffer
from messaging.sheets import EasyReadPress
from messaging.variants import VariantName
from messaging.wording import written_languages
from segmentation.readability import reading_age
from tests.messaging.families import DATED, ROBIN, SAM, SURVEY, message, recipient

CAMPAIGNS = ("survey-invitation", "ptb-offer", "itt-offer", "mini-ptb-offer")
WRITTEN = [(key, lang) for key in CAMPAIGNS for lang in written_languages(f"{key}/easy-read")]
PICTURES = {
    file.name.removesuffix(".svg")
    for file in (files("messaging") / "layout" / "pictures").iterdir()
}
MOST_WORDS = 12
VALUES = {Kind.AMOUNT, Kind.DATE, Kind.NUMBER, Kind.LINK}


def sheet(campaign="ptb-offer", language="en_GB", *children, details=SURVEY):
    to = recipient(*(children or (SAM, ROBIN)), language=language)
    terms = terms_of(
        campaign,
        language,
        to,
        demonstration_council(),
        dated=DATED,
        details=details if campaign == "survey-invitation" else None,
    )
    return build_easy_read(terms, to)


@pytest.mark.parametrize(("campaign", "language"), WRITTEN)
def test_each_line_has_a_picture_and_one_short_sentence_or_two(campaign, language):
    lines = sheet(campaign, language).lines
    assert {picture for picture, _ in lines} <= PICTURES
    for _, text in lines:
        sentences = re.split(r"(?<=[.?!۔؟])\s+", text)
        assert len(sentences) <= 2
        assert all(len(sentence.split()) <= MOST_WORDS for sentence in sentences), text
        assert "((" not in text


@pytest.mark.parametrize(("campaign", "language"), WRITTEN)
def test_every_sum_number_day_and_link_is_the_letters(campaign, language):
    children = (SAM, ROBIN)
    letter = locked_text(message(campaign, language, VariantName.NEUTRAL, *children))
    for _, text in sheet(campaign, language, *children).lines:
        strange = [hit for hit in unmatched(text, letter, language) if hit.kind in VALUES]
        assert strange == [], text


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_easy_read_is_easier_than_the_letter(campaign):
    words = [re.sub(r"https?://\S+|[0-9 ]{11,}", "", text) for _, text in sheet(campaign).lines]
    assert reading_age(" ".join(words)) <= 9


@pytest.mark.parametrize("campaign", CAMPAIGNS[1:])
def test_the_travel_one_has_comes_before_what_is_offered_and_saying_no_is_there(campaign):
    texts = [text for _, text in sheet(campaign).lines]
    keep = texts.index("You can keep the travel you have now.")
    offered = next(place for place, text in enumerate(texts) if text.startswith("Or "))
    assert keep < offered
    assert any(text.startswith("You can say no.") for text in texts)


def test_each_child_has_a_line_with_its_amount():
    texts = [text for _, text in sheet().lines]
    assert "For Sam it is £2,090 a year." in texts
    assert "For Robin it is £3,030.50 a year." in texts
    with pytest.raises(CompositionRefused):
        sheet("ptb-offer", "en_GB", ChildOffer("Sam"))


def test_what_only_some_need_stands_for_them_alone():
    def says(words, *more, **details):
        return any(words in text for _, text in sheet(*more, **details).lines)

    assert says("From 16", "ptb-offer", "en_GB", ROBIN)
    assert not says("From 16", "ptb-offer", "en_GB", SAM)
    assert says("Your code is", "survey-invitation")
    no_code = SurveyDetails("", SURVEY.closes)
    assert not says("Your code is", "survey-invitation", details=no_code)


def test_a_film_in_sign_language_goes_with_it():
    assert sheet().bsl_link == "https://films.exampleshire.example/bsl"


@pytest.mark.parametrize(("campaign", "language"), WRITTEN)
def test_it_prints_on_four_sides_at_most(campaign, language):
    assert EasyReadPress().render(sheet(campaign, language)).pages <= 4


def test_a_campaign_without_easy_read_is_said_to_have_none():
    with pytest.raises(LookupError):
        sheet("travel-review")
