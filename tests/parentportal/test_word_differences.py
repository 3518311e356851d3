"""Two texts compared word by word."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from parentportal.word_differences import marked

WORDS = st.lists(st.sampled_from(["I", "will", "ring", "you.", "<b>", "\n\n"]), max_size=8)


@pytest.fixture(scope="module", autouse=True)
def page():
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def shown(before, after):
    return re.sub(r"<span[^>]*>[^<]*</span>", "", marked(before, after))


def without(tag, text):
    return re.sub(rf"<{tag}>.*?</{tag}>", "", text, flags=re.DOTALL)


def bare(text):
    return re.sub("</?(ins|del)>", "", text).replace("&lt;", "<").replace("&gt;", ">")


def test_words_that_change_side_by_side_are_one_change():
    said = shown("If something worries you, tell me.", "Please ring me on 3 March.")
    assert (
        said == "<del>If something worries you, tell me.</del><ins>Please ring me on 3 March.</ins>"
    )


def test_what_is_taken_from_the_end_leaves_the_rest_alone():
    assert shown("One step. A call is good.", "One step.") == "One step.<del> A call is good.</del>"


def test_paragraphs_are_compared_each_by_itself():
    said = shown("No.\n\nMore.", "Yes.\n\nLess.")
    assert said == "<del>No.</del><ins>Yes.</ins>\n\n<del>More.</del><ins>Less.</ins>"


@given(WORDS, WORDS)
def test_both_texts_can_be_read_back(old, new):
    before, after = " ".join(old), " ".join(new)
    said = shown(before, after)
    assert bare(without("ins", said)) == before
    assert bare(without("del", said)) == after
