"""The parent's walk through the pages, on both databases."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from importlib.resources import files

from parentportal.survey.notice import OWN_WORDS
from segmentation.adaptive import play
from segmentation.instrument import load_instrument
from segmentation.segments import Segment
from tests.parentportal.counting import statements
from tests.parentportal.survey.conftest import POSTCODE
from tests.parentportal.survey.walking import (
    ASKED,
    FIRST,
    MOST,
    SETTLED,
    TOOL,
    TORN,
    Parent,
    heading_of,
    item_of,
    words_of,
)


def test_a_parent_walks_from_the_code_to_the_thanks(parent, family, kept, invitation_of):
    assert "What" not in heading_of(parent.get("/"))
    assert heading_of(parent.enter(family.code)) == "Choose your language"
    notice = parent.post("/survey/language", chosen="en_GB")
    assert heading_of(notice) == "Before you start: your privacy"
    first = parent.post("/survey/notice", choice="start")
    assert "Question 1 of at most 12" in words_of(first)
    assert load_instrument().item(FIRST).wording["en_GB"] in words_of(first)
    assert heading_of(parent.answer_all(SETTLED)) == "Would you like to hear more?"
    check = parent.post("/survey/wishes", ptb="yes", itt="")
    assert heading_of(check) == "Check your answers"
    assert "Very much like me" in words_of(check)
    assert heading_of(parent.post("/survey/check")) == "Thank you"
    answers, asked = play(TOOL, SETTLED)
    assert tuple(kept(family)) == asked
    assert kept(family) == answers.ratings
    response = invitation_of(family).response
    assert (response.hear_about_ptb, response.hear_about_itt) == (True, None)
    assert response.assignment.segment is Segment.SETTLER


def test_the_start_page_promises_no_fewer_questions_than_anybody_gets(parent, family):
    said = words_of(parent.get("/"))
    assert f"You get at most {MOST} short questions." in said
    assert "get all our 21 questions. We tell them before they start." in said


def test_no_page_of_the_walk_tells_a_parent_what_they_are(parent, family):
    asked = enumerate(play(TOOL, SETTLED)[1], start=1)
    pages = [parent.get("/"), parent.enter(family.code), parent.begin(family.code)]
    pages += [parent.answer(number, SETTLED[item]) for number, item in asked]
    pages += [parent.post("/survey/wishes", ptb="no"), parent.post("/survey/check")]
    pages += [parent.get(at) for at in ("/privacy", "/cookies", "/accessibility", "/contact")]
    for page in pages:
        assert page.status_code == 200
        for word in ("settler", "prospector", "pioneer", "posterior", "score"):
            assert word not in page.text.lower()


def test_each_language_asks_in_its_own_words(parent, family):
    page = parent.enter(family.code)
    for words in OWN_WORDS.values():
        assert words in page.text
    urdu = parent.begin(family.code, "ur")
    assert 'dir="rtl"' in urdu.text
    assert load_instrument().item(FIRST).wording["ur"] in urdu.text


def test_the_language_is_remembered_on_the_response_and_follows_the_switch(
    parent, family, elsewhere, invitation_of
):
    parent.begin(family.code, "ur")
    assert invitation_of(family).response.language == "ur"
    parent.get("/survey/question/1?language=pl")
    parent.answer(1, 2)
    assert invitation_of(family).response.language == "pl"
    assert 'lang="pl"' in elsewhere.enter(family.code).text


def test_start_and_skip_weigh_the_same(parent, family):
    parent.enter(family.code)
    page = parent.get("/survey/notice").text
    start = page[page.index('value="start"') :].split(">")[0].replace("start", "skip")
    assert start == page[page.index('value="skip"') :].split(">")[0]


def test_skipping_is_remembered_and_can_be_taken_back(parent, family, invitation_of, elsewhere):
    parent.enter(family.code)
    assert "That is fine" in heading_of(parent.post("/survey/notice", choice="skip"))
    assert invitation_of(family).skipped_at is not None
    assert "That is fine" in heading_of(elsewhere.enter(family.code))
    assert heading_of(elsewhere.post("/survey/skipped")) == "Choose your language"
    assert invitation_of(family).skipped_at is None


def test_the_notice_says_what_it_must_in_the_councils_name(parent, family, council):
    parent.enter(family.code)
    page = words_of(parent.get("/survey/notice"))
    for must in (
        council.name,
        council.contact.phone,
        council.complaints.phone,
        "wrong for about three in ten",
        "Your answers so far choose the next question",
        "12 questions at most",
        "picked by lot",
        "how much money you have",
        "never use them to decide about your child's travel help",
        "You do not have to take part",
        "Article 6(1)(e)",
        "delete your answers",
    ):
        assert must in page


def test_the_notice_says_as_the_model_card_how_often_the_estimate_is_wrong(parent, council):
    card = files("segmentation") / "typing_tools" / TOOL.version / "figures.json"
    wrong = json.loads(card.read_text(encoding="utf-8"))["evidence"]["wrong_in_ten_against_latent"]
    said = {2: "two", 3: "three", 4: "four"}[wrong]
    assert f"wrong for about {said} in ten" in words_of(parent.get("/privacy"))


def test_another_device_goes_on_at_the_next_question_and_sees_nothing_before(
    parent, elsewhere, family, kept
):
    parent.begin(family.code)
    parent.answer_all(TORN, at_most=5)
    back = elsewhere.enter(family.code)
    assert heading_of(back) == "Welcome back"
    assert "You have answered 5 of at most 12 questions" in words_of(back)
    assert 'href="/survey/question/6"' in back.text
    assert heading_of(elsewhere.get("/survey/question/2")) == "You answered this before"
    assert elsewhere.item(2) == ""
    assert heading_of(elsewhere.answer(2, 6, ASKED[1])) == "You answered this before"
    page = elsewhere.get("/survey/question/6")
    for number in range(6, MOST + 1):
        page = elsewhere.answer(number, TORN[item_of(page)], item_of(page))
    assert heading_of(page) == "Would you like to hear more?"
    check = words_of(elsewhere.post("/survey/wishes", ptb="", itt="yes"))
    assert check.count("You answered this before.") == 5
    for item in ASKED[:5]:
        assert load_instrument().item(item).wording["en_GB"] not in check
    assert heading_of(elsewhere.post("/survey/check")) == "Thank you"
    assert kept(family) == {item: TORN[item] for item in kept(family)}
    assert len(kept(family)) == MOST


def test_a_question_left_out_on_one_device_waits_for_the_postcode_on_the_other(
    parent, elsewhere, family, kept
):
    parent.begin(family.code)
    parent.answer(1)
    assert "You have answered 0 of at most 12" in words_of(elsewhere.enter(family.code))
    elsewhere.answer(1, 4, FIRST)
    assert kept(family) == {FIRST: None}
    elsewhere.post("/survey/postcode", postcode=POSTCODE)
    elsewhere.answer(1, 4)
    assert kept(family) == {FIRST: 4}
    assert parent.item(1) == "", "it is hidden here now"


def test_the_postcode_lets_earlier_answers_be_seen_and_changed(parent, elsewhere, family, kept):
    parent.begin(family.code)
    parent.answer_all(TORN, at_most=5)
    elsewhere.enter(family.code)
    check = elsewhere.post("/survey/postcode", postcode=POSTCODE.lower().replace(" ", ""))
    assert heading_of(check) == "Check your answers"
    assert "You answered this before" not in words_of(check)
    assert elsewhere.checked(2) == TORN[ASKED[1]]
    elsewhere.answer(2, 6)
    assert kept(family)[ASKED[1]] == 6
    assert parent.checked(2) is None, "the first device no longer gave this answer"
    assert parent.checked(3) == TORN[ASKED[2]]


def test_wishes_of_another_visit_are_not_shown_nor_changed(
    parent, elsewhere, family, invitation_of
):
    parent.begin(family.code)
    parent.post("/survey/wishes", ptb="yes", itt="no")
    elsewhere.enter(family.code)
    assert heading_of(elsewhere.get("/survey/wishes")) == "You answered this before"
    elsewhere.post("/survey/wishes", ptb="no", itt="no")
    assert invitation_of(family).response.hear_about_ptb is True


def test_five_wrong_postcodes_lock_with_a_kind_word_on_whom_to_ring(
    parent, elsewhere, family, council
):
    parent.begin(family.code)
    parent.answer(1, 1)
    elsewhere.enter(family.code)
    odd = elsewhere.post("/survey/postcode", postcode="hello")
    assert "Type a whole postcode" in words_of(odd)
    for _ in range(4):
        wrong = elsewhere.post("/survey/postcode", postcode="EX2 2AB")
        assert "not the postcode we have for you" in words_of(wrong)
    for postcode in ("EX2 2AB", POSTCODE):
        locked = elsewhere.post("/survey/postcode", postcode=postcode)
        assert heading_of(locked) == "We cannot show your earlier answers here"
        assert council.contact.phone in words_of(locked)
    assert "Question 3 of at most 12" in words_of(elsewhere.answer(2, 2))


def test_without_a_postcode_on_record_kind_words_and_the_way_on(
    parent, elsewhere, invited, council
):
    family = invited(postcode=None)
    parent.begin(family.code)
    parent.answer(1, 1)
    elsewhere.enter(family.code)
    page = elsewhere.post("/survey/postcode", postcode=POSTCODE)
    assert "we have none for you" in words_of(page)
    assert 'href="/survey/question/2"' in page.text


def test_leaving_forgets_the_visit_and_keeps_the_answers(parent, family, kept, clock):
    parent.begin(family.code)
    parent.answer(1, 4)
    page = parent.post("/survey/leave")
    assert heading_of(page) == "Your answers are saved"
    assert "2 December 2026" in words_of(page)
    assert "Please type your code again" in words_of(parent.get("/survey/question/2"))
    assert kept(family) == {FIRST: 4}


def test_a_link_enters_and_leaves_its_address_at_once(client, family):
    answer = client.get(f"/s/{family.code}")
    assert answer.status_code == 302
    assert family.code.characters[:4] not in answer.location
    assert client.get(answer.location).status_code == 302


def test_what_a_page_asks_of_the_database_is_little(parent, elsewhere, family, app):
    app.extensions["portal"].council()
    parent.begin(family.code)
    parent.answer_all(TORN, at_most=6)
    item = parent.item(7)
    for visitor in (parent, elsewhere):
        if visitor is elsewhere:
            visitor.enter(family.code)
        with statements() as page:
            visitor.client.get("/survey/question/7")
        with statements() as post:
            visitor.client.post("/survey/question/7", data={"item": item, "rating": 2})
        with statements() as check:
            visitor.client.get("/survey/check")
        for seen, most in ((page, 2), (post, 3), (check, 2)):
            asked = [one for one in seen if not one.startswith(("BEGIN", "SAVEPOINT"))]
            assert len(asked) <= most, "\n".join(asked)
        visitor.client.post("/survey/question/7", data={"item": item, "take-back": 1})


def test_the_closing_day_is_a_date_in_the_parents_language(parent, family, clock):
    parent.begin(family.code, "pl")
    assert "grudnia 2026" in words_of(parent.post("/survey/leave"))


def test_a_telephone_number_keeps_its_order_in_urdu(parent, family, council):
    parent.get("/?language=ur")
    page = parent.enter("AAAA-AAAA-AAAA")
    assert f"\N{FIRST STRONG ISOLATE}{council.contact.phone}" in page.text
    notice = parent.get("/privacy").text
    assert f'dir="ltr">{council.complaints.phone}<' in notice


def test_no_sign_between_the_words_of_the_contact_page_is_outside_its_messages(app, council):
    template = app.jinja_env.loader.get_source(app.jinja_env, "survey/contact.html")[0]
    assert not re.search(r"}}[^\S\n]*[,.;:]", template)
    role, team = council.contact.role["en_GB"], council.department["en_GB"]
    assert f"{role}, {team}." in words_of(Parent(app.test_client()).get("/contact"))


def test_an_answer_is_kept_for_a_month_of_days(parent, family, clock):
    parent.begin(family.code)
    clock.time += timedelta(days=29)
    assert "Question 2 of at most 12" in words_of(parent.answer(1, 1))
