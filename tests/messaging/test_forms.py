"""The paper form as a real PDF: its words, its code, its square, its sides."""

import io
import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import groupby, product

import pdfplumber
import pypdfium2
import pytest

from messaging.council import demonstration_council
from messaging.forms import Access, Edition, FormPress, Questions, form_wording, qr_square
from messaging.languages import LANGUAGES, is_right_to_left
from messaging.lexicon import banned_words
from messaging.placeholders import blanks_in
from messaging.press import NotPrintable
from segmentation.readability import reading_age
from tests.messaging.test_copy import NAMES_OF_SEGMENTS, OLDEST_READER
from tests.paper import MM, fonts, is_tagged, pages, words

COUNCIL = demonstration_council()
DAYS = {"send_by": date(2027, 3, 31), "dated": date(2027, 3, 1)}
LINK = "https://travel.exampleshire.example/s/ABCD-EFGH-JKLM"
ACCESS = Access("ABCD-EFGH-JKLM", LINK)
LATIN = [language for language in LANGUAGES if not is_right_to_left(language)]
SOFT = tuple(part / 255 for part in (0x50, 0x5A, 0x5F))
EVERY = list(product(LANGUAGES, Edition))
ANSWERS = {
    "en_GB": ("Very much", "Much", "Partly", "A little", "Not", "Not at all"),
    "cy": ("Debyg iawn", "Debyg", "Rhannol", "Ychydig", "Ddim", "Ddim o gwbl"),
    "pl": (
        "Bardzo podobna do mnie",
        "Podobna",
        "Częściowo",
        "Trochę",
        "Nie",
        "Zupełnie niepodobna",
    ),
    "ur": ("بہت مشابہ", "مشابہ", "کسی حد تک", "کم", "نہیں", "بالکل نہیں"),
}
STATEMENT = {
    "en_GB": "Person {} wants to be there when a friend or neighbour needs a hand in a hurry.",
    "cy": "Mae person {} eisiau bod yno pan fydd angen help ar ffrind neu rywun gerllaw.",
    "pl": "Osoba {} chce być na miejscu, kiedy ktoś z przyjaciół lub sąsiadów potrzebuje.",
    "ur": "شخص {} کے لیے دوست یا پڑوسی کا ساتھ دینا اہم ہے جب اسے مدد چاہیے ہو۔",
}


def questions(language="en_GB"):
    statements = tuple(STATEMENT[language].format(number) for number in range(101, 113))
    return Questions(language, "How much?", ANSWERS[language], statements)


@pytest.fixture(scope="module")
def press():
    return FormPress()


@pytest.fixture(scope="module")
def printed(press):
    @cache
    def pdf_of(language="en_GB", edition=Edition.A4, access=ACCESS, freepost=COUNCIL.freepost):
        asked, council = questions(language), replace(COUNCIL, freepost=freepost)
        return press.forms(asked, council, edition, **DAYS, accesses=[access]).pdf

    return pdf_of


@pytest.mark.parametrize(("language", "edition"), EVERY)
def test_the_twelve_statements_stand_in_order_each_with_its_six_numbers(printed, language, edition):
    text = words(printed(language, edition))
    places = [text.index(str(number)) for number in range(101, 113)]
    assert places == sorted(places)
    assert numbers_beside_boxes(printed(language, edition), language, edition) == ["123456"] * 12


def is_soft(mark):
    return mark["non_stroking_color"] == pytest.approx(SOFT, abs=0.001)


def numbers_beside_boxes(pdf, language, edition):
    """The numbers of each statement's boxes, in the order in which its answers are read."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        figures = [
            c
            for page in document.pages
            for c in page.chars
            if c["text"] in "123456" and c["top"] < 280 * MM and is_soft(c)
        ]
    if edition is Edition.LARGE:  # one below the other
        return ["".join(c["text"] for c in figures[at : at + 6]) for at in range(0, 72, 6)]
    rows = []
    for _, row in groupby(figures, key=lambda c: (c["page_number"], round(c["top"]))):
        across = sorted(row, key=lambda c: c["x0"], reverse=is_right_to_left(language))
        rows.append("".join(c["text"] for c in across))
    return rows


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("access", [ACCESS, None])
def test_a_form_has_two_sides_and_in_large_print_three_sheets_or_four(printed, language, access):
    assert pages(printed(language, Edition.A4, access)) == 2
    assert pages(printed(language, Edition.LARGE, access)) in {6, 8}


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_sides_are_enough_where_the_return_address_has_five_lines(printed, language):
    pdf = printed(language, Edition.A4, ACCESS, None)
    assert pages(pdf) == 2
    assert "1 Invented Square" in words(pdf)
    assert form_wording(language)["no_stamp"] not in words(pdf)


@pytest.mark.parametrize(("language", "edition"), EVERY)
def test_a_form_is_tagged_and_its_fonts_are_in_it(printed, language, edition):
    pdf = printed(language, edition)
    assert is_tagged(pdf)
    embedded = fonts(pdf)
    assert embedded
    assert all(embedded.values())
    assert all("Noto" in name for name in embedded)


@pytest.mark.parametrize(("language", "edition"), EVERY)
def test_the_code_stands_on_every_side_of_a_familys_form_and_on_no_blank_one(
    printed, language, edition
):
    with pdfplumber.open(io.BytesIO(printed(language, edition))) as document:
        assert all(ACCESS.code in page.extract_text() for page in document.pages)
    assert "ABCD" not in words(printed(language, edition, None))


@pytest.mark.parametrize(("language", "edition"), EVERY)
@pytest.mark.parametrize("access", [ACCESS, None])
def test_the_square_is_the_link_module_by_module(printed, language, edition, access):
    link = access.link if access else COUNCIL.portal_url
    expected = [[bool(module) for module in row] for row in qr_square(link).matrix]
    assert square_on(printed(language, edition, access), len(expected)) == expected


def square_on(pdf, modules):
    """What is dark at the middle of each module of the square on the first side, as it shows.

    Of all that is drawn there, the square's modules alone are filled and have no outline.
    """
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        drawn = [line for line in document.pages[0].lines if line["linewidth"] == 0]
    left, right = min(line["x0"] for line in drawn), max(line["x1"] for line in drawn)
    scale, step = 4, (right - left) / modules
    top = min(line["top"] for line in drawn) - step / 2  # a row of modules is a thick line
    assert right - left >= 25 * MM - 0.1
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=scale).to_pil().convert("L")
    middles = [(at + 0.5) * step for at in range(modules)]
    return [
        [picture.getpixel((int((left + x) * scale), int((top + y) * scale))) < 128 for x in middles]
        for y in middles
    ]


def test_nothing_is_printed_near_the_edge_of_the_sheet(printed):
    for language, edition in EVERY:
        with pdfplumber.open(io.BytesIO(printed(language, edition))) as document:
            for page in document.pages:
                # The box of a Nastaliq letter is far taller than what is drawn of it.
                drawn = [c for c in page.chars if "NotoSans" in c["fontname"] and c["text"].strip()]
                drawn += page.rects
                assert min(mark["x0"] for mark in drawn) >= 11.5 * MM
                assert max(mark["x1"] for mark in drawn) <= 198.5 * MM
                assert max(mark["bottom"] for mark in drawn) <= 292 * MM


@pytest.mark.parametrize("language", LANGUAGES)
def test_large_print_is_18_point_and_nothing_of_a4_is_below_9(printed, language):
    for edition, least in ((Edition.LARGE, 17.99), (Edition.A4, 8.99)):
        with pdfplumber.open(io.BytesIO(printed(language, edition))) as document:
            assert min(c["size"] for page in document.pages for c in page.chars) >= least


@pytest.mark.parametrize("language", LATIN)
def test_all_the_words_around_the_questions_are_on_the_paper(printed, language):
    paper = re.sub(r"\s", "", words(printed(language)))
    for text in texts(language):
        for part in re.split(r"\(\([a-z_]+\)\)", text):
            if text not in (form_wording(language)[name] for name in ("page", "square")):
                assert re.sub(r"\s", "", part) in paper or part in texts_of_blank(language)


def texts(language):
    for name, value in form_wording(language).items():
        if name == "review":
            continue
        yield from [value] if isinstance(value, str) else value


def texts_of_blank(language):
    wording = form_wording(language)
    return [
        part
        for name in ("without_code", "write_code")
        for part in re.split(r"\(\([a-z_]+\)\)", wording[name])
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_the_same_with_the_same_blanks(language):
    english, wording = form_wording("en_GB"), form_wording(language)
    assert list(wording) == list(english)
    for name, value in english.items():
        if isinstance(value, str):
            assert sorted(blanks_in(wording[name])) == sorted(blanks_in(value)), name
        else:
            assert len(wording[name]) == len(value), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_names_a_segment_or_presses(language):
    said = "\n".join(texts(language))
    assert not NAMES_OF_SEGMENTS.search(said)
    assert not re.search(r"posterior|segment|score", said, re.IGNORECASE)
    assert banned_words(said, "en_GB") == ()


def test_a_twelve_year_old_can_read_the_words_around_the_questions():
    assert reading_age("\n".join(texts("en_GB"))) <= OLDEST_READER


def test_a_run_starts_every_form_on_a_right_hand_page_with_its_own_code(press):
    accesses = [Access(f"{letter * 4}-EFGH-JKLM", LINK) for letter in "ABC"]
    run = press.forms(questions(), COUNCIL, Edition.A4, **DAYS, accesses=accesses)
    assert run.pages == 6
    with pdfplumber.open(io.BytesIO(run.pdf)) as document:
        said = [page.extract_text() for page in document.pages]
    assert [access.code for access in accesses] == [
        re.search(r"[A-Z]{4}-EFGH-JKLM", page)[0] for page in said[::2]
    ]
    assert all("Page 1 of 2" in page for page in said[::2])
    assert is_tagged(run.pdf)


def test_the_same_form_gives_the_same_bytes_from_any_press(press):
    made = [one.forms(questions(), COUNCIL, Edition.A4, **DAYS).pdf for one in (press, FormPress())]
    assert made[0] == made[1]


def test_an_answer_with_a_word_too_long_for_its_column_is_refused(press):
    wide = replace(questions(), answers=("W" * 30, *"abcde"))
    with pytest.raises(NotPrintable) as refused:
        press.forms(wide, COUNCIL, Edition.A4, **DAYS)
    assert refused.value.code == "answer-too-wide"


def test_hostile_words_print_literally(press):
    odd = "#panic() *b* $x^2$ <label> // gone"
    made = replace(questions(), statements=(odd, *questions().statements[1:]))
    pdf = press.forms(made, COUNCIL, Edition.A4, **DAYS).pdf
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        printed = "".join(c["text"] for c in document.pages[0].chars)
    assert re.sub(r"\s", "", odd) in re.sub(r"\s", "", printed)


def test_a_run_of_nothing_is_an_error(press):
    with pytest.raises(ValueError, match="no form"):
        press.forms(questions(), COUNCIL, Edition.A4, **DAYS, accesses=[])
