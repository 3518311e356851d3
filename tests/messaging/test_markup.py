"""The marks an editor may use, and that nothing else becomes markup."""

import io
import re
from dataclasses import replace

import pdfplumber
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.blocks import Listing, Paragraph, block_document, emphasised, read_block
from messaging.letters import LetterPress
from messaging.markup import (
    GAP,
    MOST_CHARACTERS,
    Blank,
    Bulleted,
    Flagged,
    MarkupRefused,
    Running,
    Words,
    parse,
    parse_line,
    tokens,
)
from messaging.merging import merge, merge_line
from messaging.placeholders import CompositionRefused
from messaging.shown import html, plain_text
from tests.messaging.families import message

MARKS = "*-_()?#<>[]`&;!^+=~|\\{}$ \n"
TEXTS = st.text(st.sampled_from(MARKS + "abı ä1."), max_size=200)


def blocks(text, values=None, flags=None, language="en_GB"):
    return merge(parse(text), "opening", values or {}, flags or {}, language)


def refused(text, read=parse):
    with pytest.raises(MarkupRefused) as refusal:
        read(text)
    return [(fault.code, fault.line, fault.column) for fault in refusal.value.faults]


def test_an_empty_line_parts_paragraphs_and_a_single_break_is_a_blank():
    assert blocks("One\ntwo.\n\n\nThree.") == (
        Paragraph("opening", locked=False, text="One two."),
        Paragraph("opening", locked=False, text="Three."),
    )


def test_both_bullets_make_a_list_and_a_gap_does_not_end_it():
    assert blocks("Bring:\n* a friend\n- a pen\n\n* time\n  of your own\nSee you.") == (
        Paragraph("opening", locked=False, text="Bring:"),
        Listing("opening", locked=False, items=("a friend", "a pen", "time of your own")),
        Paragraph("opening", locked=False, text="See you."),
    )


def test_bold_is_a_range_of_the_finished_text():
    (made,) = blocks("Dear **((name))**, it is **you**rs.", {"name": "Ali"})
    assert made.text == "Dear Ali, it is yours."
    assert [run for run, bold in emphasised(made.text, made.strong) if bold] == ["Ali", "you"]


def test_a_list_knows_what_is_bold_in_each_item():
    (made,) = blocks("* one\n* **two** and three")
    assert made.strong == ((), ((0, 3),))


def test_text_stands_only_where_its_flag_is_true():
    text = "Come ((bus??by bus )) or walk.\n\n((bus??The bus is here.))"
    assert [b.text for b in blocks(text, flags={"bus": True})] == [
        "Come by bus or walk.",
        "The bus is here.",
    ]
    assert [b.text for b in blocks(text, flags={"bus": False})] == ["Come or walk."]


def test_a_list_whose_flags_leave_nothing_falls_away():
    assert blocks("* ((a??one))\n* ((b??two))", flags={"a": False, "b": False}) == ()


def test_names_are_read_as_officers_write_them_for_notify():
    markup = parse("((First name)) ((first-name)) ((IS new??hello))")
    assert markup.placeholders == ("first_name",)
    assert markup.flags == ("is_new",)


def test_a_value_is_never_parsed():
    hostile = "**b** ((name)) <b> #read('/etc/passwd') {{ 7*7 }} [a](b)"
    (made,) = blocks("((name))", {"name": hostile})
    assert made == Paragraph("opening", locked=False, text=hostile)


def test_a_value_is_fenced_where_text_runs_right_to_left():
    (made,) = blocks("**((name))** کے لیے", {"name": "Sam"}, language="ur")
    assert made.text == "\u2068Sam\u2069 کے لیے"
    assert made.strong == ((0, 5),)


def test_an_unknown_blank_is_refused_when_values_are_merged():
    with pytest.raises(CompositionRefused) as refusal:
        blocks("((nothing))")
    assert refusal.value.code == "unknown-placeholder"
    with pytest.raises(CompositionRefused):
        blocks("((nothing??text))")


def attempt(text):
    try:
        return parse(text), ()
    except MarkupRefused as refusal:
        return None, refusal.faults


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("# Title", ("heading", 1, 1)),
        ("a\n\n  ## Title", ("heading", 3, 3)),
        ("See [this](https://x.example)", ("link", 1, 10)),
        ("An ![image](x.png)", ("image", 1, 4)),
        ("a <b>bold</b> word", ("html", 1, 3)),
        ("a&nbsp;b", ("html", 1, 2)),
        ("run `code`", ("code", 1, 5)),
        ("* one\n  * two", ("nested-list", 2, 3)),
        ("1. one", ("numbered-list", 1, 1)),
        ("+ one", ("list-mark", 1, 1)),
        ("> they said", ("quotation", 1, 1)),
        ("^ inset", ("quotation", 1, 1)),
        ("---", ("rule", 1, 1)),
        ("Title\n====", ("rule", 2, 1)),
        ("very *slanted* words", ("italic", 1, 6)),
        ("very _slanted_ words", ("italic", 1, 6)),
        ("***both***", ("italic", 1, 1)),
        ("one **two", ("bold-not-closed", 1, 5)),
        ("one **** two", ("italic", 1, 5)),
        ("a\nb ((name", ("blank-not-closed", 2, 3)),
        ("((a ((b)) c))", ("blank-nested", 1, 1)),
        ("((a??see ((b))))", ("blank-nested", 1, 1)),
        ("((a??see (b) ))", ("blank-not-closed", 1, 1)),
        ("(())", ("blank-without-name", 1, 1)),
        ("((??text))", ("blank-without-name", 1, 1)),
        ("((a??**b**))", ("mark-in-flagged-text", 1, 1)),
        ("a\0b", ("control-character", 1, 2)),
        ("a\u202eb", ("direction-control", 1, 2)),
        ("a\u2068b", ("direction-control", 1, 2)),
    ],
)
def test_markup_that_is_not_ours_is_refused_with_its_place(text, place):
    assert place in refused(text)


def test_every_fault_is_told_in_the_order_of_the_text():
    assert refused("# A\n\n((b\n\n`c`") == [
        ("heading", 1, 1),
        ("blank-not-closed", 3, 1),
        ("code", 5, 1),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "#tag and 5 * 3 * 2, terms apply*",
        r"{{ 7*7 }} {% x %} $x$ \n @a #read(1)",
        "a < b > c & d",
        "snake_case_name [note] (aside)",
        "-5 and *",
    ],
)
def test_what_is_no_mark_prints_as_it_stands(text):
    assert [block.text for block in blocks(text)] == [text]


def test_brackets_may_stand_round_a_blank():
    assert parse("(((name)))").pieces == (Running((Words("("), Blank("name"), Words(")"))),)


def test_a_text_of_more_than_ten_thousand_characters_is_refused():
    parse("a" * MOST_CHARACTERS)
    assert refused("a" * (MOST_CHARACTERS + 1)) == [("too-long", 1, 1)]


def test_words_of_a_template_leave_a_gap_for_each_value():
    markup = parse("Hi ((name)).\n* ((f??yes))")
    assert markup.words() == f"Hi {GAP}.\nyes"
    assert markup.pieces[1] == Bulleted(((Flagged("f", "yes"),),))


@pytest.mark.parametrize(
    ("text", "code"), [("a\nb", "line-break"), ("* a", "list"), ("a **b**", "bold")]
)
def test_a_line_holds_neither_break_nor_list_nor_bold(text, code):
    assert refused(text, parse_line)[0][0] == code


def test_a_line_takes_its_values():
    assert merge_line(parse_line(" A ((b)) "), {"b": "c"}, {}, "en_GB") == "A c"


@given(TEXTS)
def test_any_text_is_parsed_or_refused_and_no_letter_is_lost(text):
    markup, faults = attempt(text)
    lines = text.split("\n")
    assert all(fault.column <= len(lines[fault.line - 1]) + 1 for fault in faults)
    if markup is None:
        assert faults
        return
    values = dict.fromkeys(markup.placeholders, "X")
    made = merge(markup, "opening", values, dict.fromkeys(markup.flags, True), "en_GB")
    printed = "".join(b.text if isinstance(b, Paragraph) else "".join(b.items) for b in made)
    letters = re.sub(r"\(\([^()]*\?\?([^()]*)\)\)", r"\1", text)
    letters = re.sub(r"\(\([^()]*\)\)", "X", letters)
    assert [c for c in printed if c.isalnum()] == [c for c in letters if c.isalnum()]


@given(TEXTS)
def test_reading_takes_no_more_steps_than_there_are_letters(text):
    read = [token[0] for token in tokens(text)]
    assert "".join(read) == text
    assert all(read)


@pytest.mark.parametrize("mark", ["*", "**", "((", "))", "_", "_a", "*a ", "[", "<", "((a??", "- "])
def test_ten_thousand_marks_are_read_to_the_end(mark):
    text = (mark * MOST_CHARACTERS)[:MOST_CHARACTERS]
    assert sum(1 for _ in tokens(text)) <= MOST_CHARACTERS
    markup, faults = attempt(text)
    assert (markup is None) == bool(faults)


@given(st.lists(st.tuples(st.text("ab <&", max_size=5), st.booleans()), max_size=6))
def test_a_block_with_bold_comes_back_as_it_was_and_shows_all_its_text(runs):
    text, strong = "", []
    for run, bold in runs:
        if bold and run:
            strong.append((len(text), len(text) + len(run)))
        text += run
    block = Paragraph("opening", locked=False, text=text, strong=tuple(strong))
    listing = Listing("opening", locked=False, items=(text, "x"), strong=(tuple(strong), ()))
    assert "".join(run for run, _ in emphasised(text, block.strong)) == text
    for made in (block, listing):
        assert read_block(block_document(made)) == made
    shown = html("", "", [block, listing], "en_GB")
    assert shown.count("<strong>") == 2 * len(strong)
    assert text in plain_text("", "", [block])


def test_a_document_without_bold_is_what_it_was():
    assert block_document(Paragraph("opening", locked=True, text="a")) == {
        "kind": "paragraph",
        "part": "opening",
        "locked": True,
        "text": "a",
    }


@pytest.mark.parametrize("language", ["en_GB", "ur"])
def test_a_letter_prints_bold_words_bold_and_hostile_words_as_they_stand(language):
    made = message("ptb-offer", language)
    tone = merge(
        parse("Plain **Strongword ((name))** *[x] #strong[y]\n\n* item **Heavyword** light"),
        "opening",
        {"name": "#read('letter.typ')"},
        {},
        language,
    )
    printed = LetterPress().render(replace(made, blocks=(*tone, *made.blocks))).pdf
    with pdfplumber.open(io.BytesIO(printed)) as pdf:
        words = pdf.pages[0].extract_words(extra_attrs=["fontname"])
    fonts = {word["text"]: word["fontname"] for word in words}
    assert "Bold" in fonts["Strongword"]
    assert "Bold" in fonts["Heavyword"]
    assert "Bold" not in fonts["light"]
    assert any("#read(" in word for word in fonts)
    assert any("#strong" in word for word in fonts)
