"""Every English sentence a parent meets in the questionnaire can be read at the age of twelve."""

from __future__ import annotations

import pytest

from parentportal.models import Form
from segmentation.instrument import load_instrument
from tests.parentportal.survey.conftest import POSTCODE
from tests.parentportal.survey.reading_age import reading_age, sentences, syllables, texts_of
from tests.parentportal.survey.walking import WHOLE, Parent

OLDEST = 12
SHORTEST = 4
"""Words; the formula is made for sentences, and a label such as "Accessibility" is none."""


def names(council) -> list[str]:
    """Names of people, places and things, which cannot be put more plainly."""
    return [
        " ".join(council.reply_address),
        council.name,
        *council.department.values(),
        council.contact.name,
        council.contact.email,
        council.complaints.name,
        council.sendiass.name,
        council.parent_carer_forum.name,
        *council.contact.opening_hours.values(),
        "Information Commissioner's Office",
        "Article 6(1)(e) of the UK GDPR",
        "Personal Transport Budget",
        "Independent Travel Training",
        "British Sign Language",
    ]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("I", 1), ("made", 1), ("answers", 2), ("letter", 2), ("family", 3), ("changes", 2)],
        *[("little", 2), ("asked", 1), ("wanted", 2), ("privacy", 3), ("code", 1), ("people", 2)],
    ],
)
def test_syllables_are_counted_about_right(word, count):
    assert syllables(word) == count


def test_the_formula_tells_plain_from_stiff():
    assert reading_age("You can stop at any time.") < OLDEST
    assert reading_age("Participation constitutes acknowledgement of the above provisions.") > 20


@pytest.fixture
def pages(app, invited, council, clock):
    """Every page of the questionnaire, as one parent or another meets it."""
    family, other, whole = invited(), invited(postcode=None), invited(form=Form.FULL)
    parent, elsewhere, skipping, asked_all = (Parent(app.test_client()) for _ in range(4))
    seen = [parent.get(at) for at in ("/", "/privacy", "/cookies", "/accessibility", "/contact")]
    seen += [parent.enter(typed) for typed in ("", "ABC0!", "AAAAAAAAAAAA", family.code)]
    seen += [parent.get("/survey/notice"), parent.begin(family.code)]
    seen += [parent.answer(n, 1 + n % 6, WHOLE[n - 1]) for n in range(1, 12)]
    seen += [parent.get("/survey/question/3"), parent.answer(2, 9), parent.get("/survey/wishes")]
    seen += [elsewhere.enter(family.code), elsewhere.get("/survey/question/1")]
    seen += [elsewhere.get("/survey/check"), elsewhere.get("/survey/postcode")]
    seen += [elsewhere.post("/survey/postcode", postcode=typed) for typed in ("x", "EX2 2AB")]
    seen += [elsewhere.get("/survey/postcode/help"), elsewhere.post("/survey/leave")]
    seen += [elsewhere.get("/survey/check"), parent.post("/survey/postcode", postcode=POSTCODE)]
    seen += [parent.post("/survey/check"), elsewhere.enter(family.code)]
    asked_all.enter(whole.code)
    seen += [asked_all.get("/survey/notice"), asked_all.begin(whole.code)]
    skipping.enter(other.code)
    seen += [skipping.post("/survey/notice", choice="skip")]
    seen += [skipping.enter("AAAAAAAAAAAA") for _ in range(20)][-1:]
    clock.advance(days=60)
    return [*seen, skipping.enter(other.code)]


def test_every_sentence_can_be_read_at_twelve(pages, council):
    asked = {item.wording["en_GB"] for item in load_instrument().items}
    hard = {}
    for page in pages:
        for text in texts_of(page.text):
            plain = text
            for name in names(council):
                plain = plain.replace(name, "Sam")
            for sentence in sentences(plain):
                if len(sentence.split()) >= SHORTEST and sentence not in asked:
                    age = reading_age(sentence)
                    if age > OLDEST:
                        hard[sentence] = round(age, 1)
    assert not hard, "\n".join(f"{age} {sentence}" for sentence, age in sorted(hard.items()))


def test_the_check_reads_what_the_pages_say(pages):
    texts = [text for page in pages for text in texts_of(page.text)]
    for must in (
        "We do not know this code.",
        "You can leave out any question.",
        "This survey is closed now",
        "Please wait a little, or ring us",
        "That is fine",
        "Check your answers",
        "There are more questions, if you like.",
        "This time we ask you all our 21 questions.",
        "We cannot show your earlier answers here",
    ):
        assert any(must in text for text in texts), must
    assert not any("Mobile Applications" in text for text in texts)
    assert not any("Gymraeg" in text for text in texts)
