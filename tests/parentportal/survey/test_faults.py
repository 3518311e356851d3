"""What goes wrong on a parent's way: each fault has a kind page, and nothing is lost or doubled."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from parentportal.models import Answer, Assignment, FailureCount
from parentportal.operations.failures import CODES_PER_ADDRESS
from tests.parentportal.survey.walking import (
    FIRST,
    MOST,
    WHOLE,
    Parent,
    heading_of,
    item_of,
    number_of,
    words_of,
)

UNKNOWN = "AAAA-AAAA-AAAA"


@pytest.fixture
def parent(client) -> Parent:
    return Parent(client)


@pytest.fixture
def guarded(app) -> Parent:
    """A parent of a portal that asks for the forms' tokens."""
    app.config["WTF_CSRF_ENABLED"] = True
    return Parent(app.test_client())


def token_of(page) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def test_an_unknown_code_is_told_what_to_do(parent, family, council):
    page = parent.enter(UNKNOWN)
    assert page.status_code == 400
    assert "We do not know this code" in words_of(page)
    assert council.contact.phone in words_of(page)
    assert UNKNOWN in page.text, "what was typed stays in the field"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type the code from your letter."),
        ("ABCD-EFGH", "A code has 12 letters and numbers. You typed 8."),
        ("ABCD-EFGH-JKL0", "never have the letter O or the number 0"),
        ("ABCD-EFGH-JK!?", "Our codes never have ! ?."),
        ("ABC0", "You typed 4."),
    ],
)
def test_a_mistyped_code_is_told_exactly_what_is_odd(parent, family, typed, words):
    page = parent.enter(typed)
    assert page.status_code == 400
    assert words in words_of(page)


def test_a_mistyped_code_is_never_written_as_markup(parent, family):
    page = parent.enter("<script>alert(1)</script>")
    assert "<script>alert" not in page.text


def test_a_wrong_link_leads_to_the_start_page_and_says_what_is_odd(client, family):
    answer = client.get("/s/ABCD-EFGH")
    assert answer.location == "/"
    assert "You typed 8." in words_of(client.get("/"))
    assert "You typed 8." not in words_of(client.get("/")), "it is said once"


def test_a_used_code_is_thanked_and_shows_no_answers(parent, family, app):
    parent.begin(family.code)
    parent.answer(1, 1)
    parent.post("/survey/check")
    other = Parent(app.test_client())
    page = other.enter(family.code)
    assert heading_of(page) == "You have answered already. Thank you"
    assert "like me" not in page.text
    assert "Please type your code again" in words_of(other.get("/survey/check"))


def test_an_expired_code_is_told_kindly(parent, family, clock):
    clock.advance(days=40)
    page = parent.enter(family.code)
    assert page.status_code == 410
    assert "This survey is closed now" in heading_of(page)


def test_a_code_before_its_time_is_told_kindly(parent, family, clock):
    clock.advance(days=-3)
    assert heading_of(parent.enter(family.code)) == "This survey is not open yet"


def test_over_the_limit_a_wrong_code_gets_a_telephone_number_and_a_right_one_enters(
    parent, family, council, database
):
    for _ in range(CODES_PER_ADDRESS.most):
        assert parent.enter(UNKNOWN).status_code == 400
    page = parent.enter(UNKNOWN)
    assert page.status_code == 429
    assert council.contact.phone in words_of(page)
    assert parent.get(f"/s/{UNKNOWN}").status_code == 429
    assert heading_of(parent.enter(family.code)) == "Choose your language"
    with database.reading() as session:
        counts = session.scalars(select(FailureCount.count)).all()
    assert counts == [CODES_PER_ADDRESS.most]


def test_a_session_is_new_at_entry(client, invited):
    first, second = invited(), invited()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["csrf_token"] = "known to somebody else"
    parent = Parent(client)
    parent.enter(first.code)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != "known to somebody else"
        visit = session["visit"]
    parent.enter(second.code)
    with client.session_transaction() as session:
        assert session["visit"]["number"] != visit["number"]
        assert session["visit"]["invitation"] == str(second.invitation_id)


def test_the_session_holds_neither_code_nor_answers(client, family):
    parent = Parent(client)
    parent.begin(family.code)
    parent.answer(1, 3)
    with client.session_transaction() as session:
        held = {key: value for key, value in session.items() if not key.startswith("_")}
    assert held.keys() <= {"visit", "language", "csrf_token"}
    assert held["visit"].keys() == {
        "invitation",
        "number",
        "confirmed",
        "instrument",
    }


@pytest.mark.parametrize("rating", ["0", "7", "abc", "1; DROP TABLE answer", "２", "-1"])
def test_an_answer_off_the_scale_is_refused_and_what_was_there_stays(parent, family, kept, rating):
    parent.begin(family.code)
    parent.answer(1, 4)
    page = parent.answer(1, rating)
    assert page.status_code == 400
    assert "Choose one of the six answers" in words_of(page)
    assert kept(family) == {FIRST: 4}


def test_an_item_that_is_not_there_is_not_kept(parent, family, kept):
    parent.begin(family.code)
    assert parent.get("/survey/question/0").status_code == 404
    for item in ("", "no-such-item", "ipcrtiv"):
        page = parent.client.post("/survey/question/1", data={"item": item, "rating": 1})
        assert page.location == "/survey"
    assert kept(family) == {}


def test_wishes_that_were_never_offered_are_not_kept(parent, family, invitation_of):
    parent.begin(family.code)
    parent.post("/survey/wishes", ptb="perhaps", itt="yes")
    assert invitation_of(family).response.hear_about_itt is None


def test_two_tabs_lose_no_answer_and_put_none_on_another_question(parent, family, kept):
    parent.begin(family.code)
    parent.answer(1, 2)
    second = parent.item(2)
    parent.answer(1, 5, FIRST)  # the other tab changes the first answer: now another is planned
    other = next(item for item in WHOLE if item not in {FIRST, second})
    parent.answer(2, 3, other)
    parent.answer(2, 4, second)  # and this one sends what it had planned before
    assert kept(family) == {FIRST: 5, other: 3, second: 4}


def test_a_page_from_before_is_kept_under_its_own_question(parent, family, kept):
    parent.begin(family.code)
    second = item_of(parent.answer(1, 2))
    page = parent.answer(2, 3, second)
    again = parent.answer(1, 6, second)  # an address of an earlier question with a later item
    assert number_of(again) == number_of(page) == 3
    assert kept(family) == {FIRST: 2, second: 6}


def test_a_double_tap_is_harmless(parent, family, kept):
    parent.begin(family.code)
    pages = [parent.answer(1, 2), parent.answer(1, 2)]
    assert [number_of(page) for page in pages] == [2, 2]
    assert kept(family) == {FIRST: 2}


def test_more_than_was_promised_is_not_asked_from_an_old_page_either(parent, family, kept):
    parent.begin(family.code)
    for number, item in enumerate(WHOLE[:MOST], start=1):
        parent.answer(number, 3, item)
    page = parent.answer(MOST, 3, WHOLE[MOST])
    assert heading_of(page) == "Check your answers"
    assert "This last answer was not needed." in words_of(page)
    assert "not needed" not in words_of(parent.get("/survey/check")), "it is said once"
    assert tuple(kept(family)) == WHOLE[:MOST]


def test_answers_to_one_place_from_many_tabs_at_once_are_all_kept_in_an_order(
    app, family, kept, database
):
    starter = Parent(app.test_client())
    starter.begin(family.code)
    with starter.client.session_transaction() as session:
        visit = dict(session["visit"])

    def tap(item: str) -> None:
        client = app.test_client()
        with client.session_transaction() as session:
            session["visit"] = visit
        Parent(client).answer(1, 2, item)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(tap, [*WHOLE[:8], *WHOLE[:8]]))
    assert kept(family) == dict.fromkeys(kept(family), 2)
    with database.reading() as session:
        places = session.scalars(select(Answer.position).order_by(Answer.position)).all()
    assert places == [*range(1, 9)]


def test_taps_at_once_on_two_devices_keep_one_answer_and_one_submission(app, family, database):
    starter = Parent(app.test_client())
    starter.begin(family.code)
    with starter.client.session_transaction() as session:
        visit = dict(session["visit"])

    def tap(number: int) -> list[str]:
        client = app.test_client()
        with client.session_transaction() as session:
            session["visit"] = visit
        parent = Parent(client)
        parent.answer(1, 1 + number % 6, WHOLE[number % 3])
        return [heading_of(parent.post("/survey/check")) for _ in range(2)]

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(tap, range(16)))
    assert ends == [["Thank you", "Thank you"]] * 16
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_submitting_twice_and_going_back_afterwards_show_the_same_thanks(
    parent, family, kept, database
):
    parent.begin(family.code)
    parent.answer(1, 2)
    assert heading_of(parent.post("/survey/check")) == "Thank you"
    assert heading_of(parent.post("/survey/check")) == "Thank you"
    assert heading_of(parent.answer(1, 6, FIRST)) == "Thank you"
    assert heading_of(parent.post("/survey/wishes", ptb="yes", itt="")) == "Thank you"
    for address in ("/survey", "/survey/question/1", "/survey/check", "/survey/wishes"):
        assert heading_of(parent.get(address)) == "Thank you"
    assert kept(family) == {FIRST: 2}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_skipping_after_sending_in_thanks_and_promises_nothing_that_is_not_so(parent, family):
    parent.begin(family.code)
    parent.post("/survey/check")
    for page in (parent.post("/survey/notice", choice="skip"), parent.get("/survey/skipped")):
        assert "Thank you" in heading_of(page)
        assert "you get our plain wording" not in words_of(page)


def test_skipping_after_the_close_is_told_kindly(parent, family, clock, invitation_of):
    parent.enter(family.code)
    clock.advance(days=40)
    page = parent.post("/survey/notice", choice="skip")
    assert page.status_code == 410
    assert invitation_of(family).skipped_at is None


def test_answering_after_the_close_is_told_kindly_and_keeps_what_was_saved(
    parent, family, kept, clock
):
    parent.begin(family.code)
    parent.answer(1, 2)
    clock.advance(days=40)
    late = parent.answer(2, 3, WHOLE[1])
    for page in (late, parent.post("/survey/check"), parent.get("/survey/check")):
        assert heading_of(page) == "This survey is closed now"
        assert "still kept safe" in words_of(page)
    assert kept(family) == {FIRST: 2}


def test_thanks_are_shown_even_after_the_close(parent, family, clock):
    parent.begin(family.code)
    parent.post("/survey/check")
    clock.advance(days=40)
    assert heading_of(parent.post("/survey/check")) == "Thank you"


@pytest.mark.parametrize("address", ["/survey/question/2", "/survey/check", "/survey/wishes"])
def test_a_lost_session_says_that_answers_are_safe_and_asks_for_the_code(
    guarded, family, kept, address
):
    enter = guarded.get("/")
    guarded.post("/", code=str(family.code), csrf_token=token_of(enter))
    guarded.post(
        "/survey/notice", choice="start", csrf_token=token_of(guarded.get("/survey/notice"))
    )
    token = token_of(guarded.get("/survey/question/1"))
    guarded.post("/survey/question/1", item=FIRST, rating=3, csrf_token=token)
    for cookie in list(guarded.client._cookies.values()):
        guarded.client.delete_cookie(cookie.key, domain=cookie.domain, path=cookie.path)
    page = guarded.post(address, rating=4, csrf_token=token)
    assert page.status_code == 400
    assert heading_of(page) == "Your saved answers are safe"
    assert "Please type your code again" in words_of(page)
    again = guarded.post("/", code=str(family.code), csrf_token=token_of(page))
    assert heading_of(again) == "Welcome back"
    assert kept(family) == {FIRST: 3}


def test_a_page_of_another_familys_visit_cannot_write_into_this_one(guarded, invited, kept):
    first, second = invited(), invited()
    guarded.post("/", code=str(first.code), csrf_token=token_of(guarded.get("/")))
    guarded.post(
        "/survey/notice", choice="start", csrf_token=token_of(guarded.get("/survey/notice"))
    )
    stale = token_of(guarded.get("/survey/question/1"))
    guarded.post("/", code=str(second.code), csrf_token=token_of(guarded.get("/")))
    page = guarded.post("/survey/question/1", item=FIRST, rating=6, csrf_token=stale)
    assert heading_of(page) == "Your saved answers are safe"
    assert kept(first) == kept(second) == {}


def test_a_page_without_a_visit_asks_for_the_code(parent, family):
    for address in ("/survey", "/survey/question/3", "/survey/thanks", "/survey/postcode"):
        page = parent.get(address)
        assert page.status_code == 403
        assert "Please type your code again" in words_of(page)


def test_a_session_of_an_earlier_edition_asks_for_the_code(client, family):
    with client.session_transaction() as session:
        session["visit"] = {"invitation": str(family.invitation_id)}
    page = Parent(client).get("/survey/question/1")
    assert page.status_code == 403
    assert "Please type your code again" in words_of(page)


def test_pages_before_the_start_lead_to_the_beginning(parent, family):
    parent.enter(family.code)
    for address in ("/survey/question/3", "/survey/check", "/survey/wishes"):
        assert heading_of(parent.get(address)) == "Choose your language"
    assert heading_of(parent.answer(1, 2, FIRST)) == "Choose your language"
    assert heading_of(parent.post("/survey/check")) == "Choose your language"


def test_a_language_that_is_not_offered_asks_again(parent, family):
    parent.enter(family.code)
    assert heading_of(parent.post("/survey/language", chosen="tlh")) == "Choose your language"


def test_without_a_council_the_pages_say_so(client):
    page = client.get("/")
    assert page.status_code == 503
    assert "has not set this service up yet" in words_of(page)
