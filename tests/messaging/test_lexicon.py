"""What commits in a text, in each language, and what the locked facts bear out of it."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from messaging.blocks import Listing, Paragraph
from messaging.languages import LANGUAGES
from messaging.lexicon import Kind, NoLexiconError, banned_words, hits, unmatched, vocabulary
from messaging.lexicon.folding import folded_word
from messaging.lexicon.patterns import Phrasebook
from tests.messaging.families import VERSIONS, message

WORDS = st.text(
    st.sampled_from(
        "abcdeimnoprstuwyzłąćâŵاکیےہھن\u200c\u0650 .,;:'£€$%@-–?!/0123456789\n\u2068\u2069"
    ),
    max_size=300,
)
"""Text of the letters and signs of all four languages, in any order."""


def said(text, language="en_GB"):
    return [(str(hit.kind), hit.concept) for hit in hits(text, language)]


def concepts(text, language="en_GB"):
    return {hit.concept for hit in hits(text, language)}


@pytest.mark.parametrize(("campaign", "language", "variant"), VERSIONS)
def test_the_shipped_tone_says_nothing_that_its_own_message_does_not_lock(
    campaign, language, variant
):
    made = message(campaign, language, variant)
    locked = made.plain_text()
    for block in made.blocks:
        if not block.locked and isinstance(block, Paragraph):
            locked = locked.replace(block.text, "")
    for block in made.blocks:
        if not block.locked:
            texts = block.items if isinstance(block, Listing) else (block.text,)
            for text in texts:
                assert unmatched(text.replace("Sam", ""), locked, language) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_knows_the_same_concepts_and_the_same_bans(language):
    assert vocabulary(language).concepts == vocabulary("en_GB").concepts
    assert vocabulary(language).banned_kinds == vocabulary("en_GB").banned_kinds


def test_a_language_without_a_file_is_refused():
    with pytest.raises(NoLexiconError):
        hits("text", "xx")


@pytest.mark.parametrize(
    ("tone", "locked"),
    [
        ("Try it for two weeks.", "You can try it for 2 weeks."),
        ("Try it for a fortnight.", "You can try it for 2 weeks."),
        ("You get twenty-five pounds.", "We pay £25."),
        ("It is £2,090.", "It is £2090 a year."),
        ("That is 55 pence a mile.", "The rate is 55p a mile."),
        ("It begins on 1st of September.", "It holds from 1 September 2024."),
        ("It is until July.", "It is until 31 July 2027."),
        ("It changes on 01/09/2024.", "It changes on 1 September 2024."),
        ("See www.travel.example.", "Look at https://travel.example/ first."),
        ("Ring +44 1632 960100.", "Call 01632 960100."),
        ("You are paid each month.", "We pay monthly, every month."),
        ("You can come back.", "You can ask for the old travel back and return."),
        ("Give us 14 days.", "You give 14 days' notice."),
        ("Within 10 days", "It lasts within 10 school days."),
    ],
)
def test_the_same_term_in_other_words_is_borne_out(tone, locked):
    assert unmatched(tone, locked, "en_GB") == ()


@pytest.mark.parametrize(
    ("tone", "locked"),
    [
        ("Try it for three weeks.", "You can try it for 2 weeks."),
        ("Try it for 2 months.", "You can try it for 2 weeks, each month."),
        ("Try it for a week.", "You can try it for 2 weeks."),
        ("It is £2,091.", "It is £2,090."),
        ("It is €25.", "It is £25."),
        ("You get 25.", "You get £25."),
        ("It begins on 2 September.", "It begins on 1 September 2024."),
        ("It begins on 1 September 2025.", "It begins on 1 September 2024."),
        ("It begins on 1 September 2024.", "It begins on 1 September."),
        ("See https://elsewhere.example.", "See https://travel.example."),
        ("Write to me@elsewhere.example.", "Write to me@travel.example."),
        ("Ring 01632 960101.", "Ring 01632 960100."),
        ("You get 5% more.", "You get 5 more."),
        ("The sign £ alone", "No sign"),
        ("An @ alone", "No sign"),
        ("Answer by Friday.", "Answer by Monday."),
        ("You can appeal.", "You can complain."),
        ("You have a right to it.", "You can ask for it."),
        ("We send a taxi.", "We send a bus."),
        ("You must answer.", "You may answer."),
        ("You cannot stop.", "You can stop."),
        ("Swimming is free.", "Swimming costs nothing."),
        ("You get a free bus pass.", "You get free advice. You may buy a bus pass."),
        ("You have a right to a taxi.", "You have a right to complain. A taxi counts."),
        ("You must pay for fuel.", "You do not need to pay for fuel. You must ask first."),
    ],
)
def test_another_term_is_not_borne_out(tone, locked):
    assert unmatched(tone, locked, "en_GB")


ADDED = {
    "en_GB": (
        "We also give you a free bus pass.",
        "You have the right to appeal to a tribunal.",
        "A nurse comes with your child.",
        "Your child gets a laptop.",
        "You must sign up by Friday.",
        "Respite care is included.",
        "We guarantee it for two years.",
        "The money is yours to keep whatever happens.",
        "You can get a lawyer for free.",
        "Nobody can take it from you.",
        "We pay it in advance.",
        "It lasts until your child leaves school.",
    ),
    "cy": (
        "Cewch docyn bws am ddim.",
        "Mae gennych hawl i apelio i dribiwnlys.",
        "Daw nyrs gyda'ch plentyn.",
        "Caiff eich plentyn liniadur.",
        "Rhaid i chi gofrestru erbyn dydd Gwener.",
        "Mae ein tacsi yn barod.",
        "Rydym yn ei warantu am ddwy flynedd.",
    ),
    "pl": (
        "Dajemy też darmowy bilet.",
        "Mają Państwo prawo do odwołania się do trybunału.",
        "Z dzieckiem jedzie pielęgniarka.",
        "Dziecko dostaje laptopa.",
        "Musza się Państwo zarejestrowac do piatku.",
        "Taksowki czekają.",
        "Gwarantujemy to na dwa lata.",
    ),
    "ur": (
        "ہم مفت ٹکٹ بھی دیتے ہیں۔",
        "آپ کو ٹریبونل میں اپیل کا حق ہے۔",
        "بچے کے ساتھ نرس آتی ہے۔",
        "آپ کے بچے کو لیپ ٹاپ ملتا ہے۔",
        "جمعہ تک رجسٹر کرنا لازمی ہے۔",
        "ٹیکسی آپ کے لیے تیار ہے۔",
        "ہم ۲ سال کی ضمانت دیتے ہیں۔",
    ),
}


@pytest.mark.parametrize(
    ("language", "sentence"), [(key, text) for key, texts in ADDED.items() for text in texts]
)
@pytest.mark.parametrize("campaign", ["ptb-offer", "focus-group-invitation"])
def test_a_right_or_a_service_added_to_tone_is_not_borne_out(campaign, language, sentence):
    locked = "\n".join(
        message(campaign, language).plain_text().split("\n\n")
    )  # even with the tone counted in
    assert unmatched(sentence, locked, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("cy", "dalu", "taliad"),
        ("cy", "trwy rannu", "Cewch rannu taith; rhannwch"),
        ("cy", "eich cytundeb", "fy nghytundeb, ei gytundeb a'i chytundeb"),
        ("cy", "thrioedd talwn tri mis", "dalu tri mis; drioedd"),
        ("cy", "am ddau fis", "am 2 fis"),
        ("cy", "yn ol", "yn ôl"),
        ("cy", "1 Medi", "o 1 Medi 2024"),
        ("pl", "dwóch tygodni", "2 tygodnie"),
        ("pl", "zwracamy koszty", "kosztów; zwrotu"),
        ("pl", "zgoda", "bez Państwa zgody"),
        ("pl", "mozna", "można"),
        ("pl", "1 września", "od 1 września 2024"),
        ("ur", "دو ہفتے", "۲ ہفتوں"),
        ("ur", "ادائيگي", "ادائیگی"),
        ("ur", "ادا\u200cئیگی", "ادائیگی"),
        ("ur", "رضامندي کے بغير", "رضامندی"),
        ("ur", "1 ستمبر", "\u20681 ستمبر، 2024\u2069"),
    ],
)
def test_inflections_mutations_and_spellings_say_the_same(language, one, other):
    assert unmatched(one, other, language) == ()


def test_one_counts_only_beside_a_unit_or_a_sum():
    assert said("You can do one of these.") == [("commitment", "can")]
    assert said("Wait one month.") == [("number", "1 month")]
    assert said("It costs one pound.") == [("amount", "GBP 1")]
    assert said("There is 1.") == [("number", "1")]


def test_whoever_need_not_is_not_told_that_they_must():
    assert concepts("You do not need to call.") == {"need-not", "call"}
    assert concepts("You need to call.") == {"must", "call"}


def test_a_clause_of_its_own_is_held_against_the_facts_alone():
    locked = "Nothing changes unless you agree. A trainer helps."
    assert (
        unmatched("A trainer helps, and nothing changes unless you agree.", locked, "en_GB") == ()
    )
    assert unmatched("Unless you agree a trainer helps.", locked, "en_GB")


def test_may_is_a_month_only_beside_a_date():
    assert said("You may come.") == [("commitment", "may")]
    assert said("Come in May.") == [("date", "--05")]
    assert said("Come on 5 May 2027.") == [("date", "2027-05-05")]


def test_a_hit_says_where_it_stands_as_it_was_written():
    text = "Ça va: «Ŷou» may\u200b pay £2,090."
    for hit in hits(text, "en_GB"):
        assert text[hit.start : hit.end] == hit.matched
    assert [hit.matched for hit in hits(text, "en_GB")] == ["may", "pay", "£2,090"]


def test_a_phrase_does_not_reach_over_the_end_of_a_sentence():
    assert "right" in concepts("You have a right to it.")
    assert "right" not in concepts("That is right. To it we come.")


def test_no_phrase_begins_with_a_gap():
    with pytest.raises(ValueError, match="gap"):
        Phrasebook({"x": ["… word"]}, lambda word: [word])


@pytest.mark.parametrize(
    "banned", ["Hurry!", "You MUST do it", "don’t miss it", "sav­ing the council"]
)
def test_what_presses_is_banned_however_it_is_written(banned):
    assert banned_words(banned, "en_GB")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["settler", "Prospectors", "PIONEER"])
def test_the_names_of_segments_are_banned_in_every_language(language, name):
    (found,) = banned_words(f"x {name} x", language)
    assert found.kind == "segments"


@given(WORDS, st.sampled_from(LANGUAGES))
def test_a_text_bears_itself_out_and_every_hit_stands_in_it(text, language):
    assert unmatched(text, text, language) == ()
    for hit in hits(text, language):
        assert text[hit.start : hit.end] == hit.matched


@given(WORDS, st.sampled_from(LANGUAGES))
def test_no_digit_and_no_sign_of_a_sum_escapes(text, language):
    covered = {n for hit in hits(text, language) for n in range(hit.start, hit.end)}
    assert all(n in covered for n, letter in enumerate(text) if letter in "0123456789£€$%@")


@given(st.decimals(0, 99_999, places=2), st.decimals(0, 99_999, places=2))
def test_a_sum_is_borne_out_by_the_same_sum_alone(one, other):
    text, locked = f"£{one:,}", f"{other} pounds"
    assert (unmatched(text, locked, "en_GB") == ()) == (Decimal(one) == Decimal(other))


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.sampled_from(LANGUAGES),
)
def test_a_date_is_borne_out_by_the_same_day_alone(one, other, language):
    text, locked = (format_date(day, "long", locale=language) for day in (one, other))
    assert said(text, language) == [(str(Kind.DATE), one.isoformat())]
    assert (unmatched(text, locked, language) == ()) == (one == other)


@given(WORDS)
def test_folding_is_the_same_for_composed_and_decomposed_letters(text):
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    for language in LANGUAGES:
        letters = vocabulary(language).letters
        assert folded_word(composed, letters) == folded_word(apart, letters)
