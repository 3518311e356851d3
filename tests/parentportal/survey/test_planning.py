"""The pages ask what tells most, keep what was answered, and promise no more than they keep."""

from __future__ import annotations

from parentportal.models import Form
from segmentation.adaptive import next_item
from segmentation.instrument import Answers, load_instrument
from tests.parentportal.survey.walking import (
    ASKED,
    FIRST,
    MOST,
    SETTLED,
    TOOL,
    TORN,
    WHOLE,
    Parent,
    heading_of,
    item_of,
    number_of,
    words_of,
)


def test_a_question_may_be_left_out_and_an_answer_taken_back(parent, family, kept):
    parent.begin(family.code)
    second = item_of(parent.answer(1))
    assert kept(family) == {FIRST: None}
    parent.answer(2, 3)
    parent.answer(2)  # a stale page, sent without an answer, takes nothing away
    assert kept(family) == {FIRST: None, second: 3}
    page = parent.post("/survey/question/2", item=second, **{"take-back": "1"})
    assert "Question 3 of at most 12" in words_of(page)
    assert kept(family) == {FIRST: None, second: None}
    assert item_of(page) not in {FIRST, second}, "what was left out is not asked again"
    parent.answer(1, 5)
    assert kept(family)[FIRST] == 5, "going back, one may answer it after all"


def test_whoever_leaves_everything_out_is_asked_no_more_than_was_promised(
    parent, family, kept, invitation_of
):
    parent.begin(family.code)
    assert heading_of(parent.answer_all({}, at_most=30)) == "Would you like to hear more?"
    assert list(kept(family).values()) == [None] * MOST
    parent.post("/survey/check")
    assert invitation_of(family).response.assignment.reason == "too-few"


def test_back_and_change_show_what_was_given(parent, family, kept):
    parent.begin(family.code)
    parent.answer_all(TORN)
    assert parent.checked(4) == TORN[ASKED[3]]
    assert 'href="/survey/question/3"' in parent.get("/survey/question/4").text
    changed = parent.client.post(
        "/survey/question/4?change=1", data={"item": ASKED[3], "rating": TORN[ASKED[3]]}
    )
    assert changed.location == "/survey/check"
    assert kept(family) == {item: TORN[item] for item in ASKED}


def test_going_back_and_changing_an_answer_plans_afresh_and_keeps_the_rest(parent, family, kept):
    parent.begin(family.code)
    parent.answer_all(SETTLED, at_most=3)
    before = parent.item(4)
    rating = next(r for r in range(1, 7) if planned_after(kept(family), FIRST, r) != before)
    page = parent.answer(1, rating)
    assert number_of(page) == 2
    assert parent.checked(2) == SETTLED[parent.item(2)]
    assert len(kept(family)) == 3
    assert parent.item(4) == planned_after(kept(family), FIRST, rating) != before


def planned_after(answers, item, rating):
    return next_item(TOOL, Answers({**answers, item: rating}), tuple(answers))


def test_a_change_on_the_check_page_leads_to_a_further_question_if_it_calls_for_one(
    parent, family, kept
):
    parent.begin(family.code)
    parent.answer_all(SETTLED)
    asked = tuple(kept(family))
    assert len(asked) < MOST
    assert "There are more questions" not in words_of(parent.get("/survey/check"))
    item, rating = unsettling(kept(family))
    number = asked.index(item) + 1
    page = parent.post(f"/survey/question/{number}?change=1", item=item, rating=rating)
    assert number_of(page) == len(asked) + 1
    assert 'href="/survey/check"' in page.text, "back leads to the check"
    check = parent.get("/survey/check")
    assert "There are more questions" in words_of(check)
    assert f'href="/survey/question/{len(asked) + 1}?change=1"' in check.text
    while item := item_of(page):
        at = f"/survey/question/{number_of(page)}?change=1"
        page = parent.post(at, item=item, rating=SETTLED[item])
    assert heading_of(page) == "Check your answers"
    assert next_item(TOOL, Answers(kept(family)), tuple(kept(family))) is None


def unsettling(answers):
    """A change after which the tool is no longer sure."""
    return next(
        (item, rating)
        for item in answers
        for rating in range(1, 7)
        if planned_after(answers, item, rating) is not None
    )


def test_answers_may_be_sent_in_before_there_has_been_enough(parent, family, invitation_of):
    parent.begin(family.code)
    parent.answer_all(TORN, at_most=6)
    assert "You can also send your answers as they are" in words_of(parent.get("/survey/check"))
    assert heading_of(parent.post("/survey/check")) == "Thank you"
    assert invitation_of(family).response.assignment.items_used == 6


def test_a_question_beyond_the_next_leads_to_where_to_go_on(parent, family):
    parent.begin(family.code)
    parent.answer(1, 2)
    for number in (3, MOST + 1, "99999999999999999999"):
        assert number_of(parent.get(f"/survey/question/{number}")) == 2
    parent.answer_all(SETTLED)
    assert heading_of(parent.get("/survey/question/12")) == "Check your answers"


def test_the_check_page_lists_what_was_asked_in_its_order(parent, family, kept):
    parent.begin(family.code)
    parent.answer_all({FIRST: 4})
    check = words_of(parent.get("/survey/check"))
    asked = [load_instrument().item(item).wording["en_GB"] for item in kept(family)]
    assert [check.index(words) for words in asked] == sorted(map(check.index, asked))
    assert check.count("Left out") == len(asked) - 1 + 2, "the wishes are left out too"


def test_a_calibration_asks_the_whole_bank_and_says_so_before(parent, invited, kept, elsewhere):
    family = invited(form=Form.FULL)
    parent.enter(family.code)
    notice = words_of(parent.get("/survey/notice"))
    assert "This time we ask you all our 21 questions." in notice
    assert "at most" not in notice
    assert "Question 1 of 21" in words_of(parent.begin(family.code))
    page = parent.answer_all(SETTLED, at_most=20)
    assert "Question 21 of 21" in words_of(page)
    assert "20 of 21 questions" in words_of(elsewhere.enter(family.code))
    assert heading_of(parent.answer(21, 3)) == "Would you like to hear more?"
    assert tuple(kept(family)) == WHOLE


def test_what_is_asked_next_tells_nothing_of_answers_that_are_hidden(app, invited, clock):
    """However a stranger answers, two families' hidden answers lead to the same questions."""
    plans = []
    for hidden in (1, 6):
        family = invited()
        parent, stranger = (Parent(app.test_client(), clock) for _ in range(2))
        parent.begin(family.code)
        for item in ASKED[:5]:
            parent.post("/survey/question/1", item=item, rating=hidden)
        stranger.enter(family.code)
        page, asked = stranger.get("/survey/question/6"), []
        while item := item_of(page):
            asked.append(item)
            page = stranger.answer(number_of(page), 2 + len(asked) % 3, item)
        plans.append(asked)
    assert plans[0] == plans[1]
    assert len(plans[0]) >= TOOL.asking.minimum
