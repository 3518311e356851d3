"""A parent's own page: who gets in, what stands there, what can be asked for and when it is due."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from messaging.languages import LANGUAGES
from messaging.lifecycle import State
from parentportal.models import (
    AuditEvent,
    Carer,
    CarerRequest,
    OfferKind,
    RequestEnd,
    RequestKind,
    Role,
)
from parentportal.operations import requests, survey
from parentportal.operations.recognising import POSTCODES_PER_CARER
from parentportal.refusals import NotThere
from parentportal.sealing import keyring_in_use
from tests.parentportal.account.pages import page_of, text_of
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements

POSTCODE = "EX1 1ZZ"


@pytest.fixture
def coded(database, clock, council):
    """A carer with a code of a round, and the code."""

    def make(reference="F1", **columns):
        now = clock()
        with database.transaction() as session:
            carer = a_family(
                session,
                reference,
                now,
                postcode_key=keyring_in_use().digest("postcode", POSTCODE),
                **columns,
            )
            wave = survey.open_wave(
                session,
                f"Round {reference}",
                opens_at=now - timedelta(days=400),
                closes_at=now + timedelta(minutes=1),
                now=now,
            )
            (issued,) = survey.invite(session, wave, [carer], now=now)
            return carer.id, str(issued.code)

    return make


def enter(client, code, postcode=POSTCODE):
    return client.post("/my/enter", data={"code": code, "postcode": postcode})


def the_requests(database):
    with database.reading() as session:
        return session.scalars(select(CarerRequest).order_by(CarerRequest.asked_at)).all()


def test_last_years_code_typed_as_people_type_and_the_postcode_open_the_page(client, coded, clock):
    _, code = coded()
    clock.advance(days=300)
    typed = f" {code.lower().replace('-', ' ')} "
    assert enter(client, typed, "ex11zz").location == "/my"
    page = client.get("/my")
    assert page.status_code == 200
    assert "Your own page" in text_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert code not in page.text
    assert not re.search("settler|prospector|pioneer|segment", page.text, re.IGNORECASE)


def test_without_showing_who_one_is_every_page_leads_to_the_door(client, council):
    for address in ("/my", "/my/data", "/my/ask/call"):
        assert client.get(address).location == "/my/enter"
    for address in ("/my/interest/ptb", f"/my/take-back/{uuid4()}", "/my/ask/complaint"):
        assert client.post(address, data={"text": "x"}).location == "/my/enter"


def test_half_an_hour_without_a_look_closes_the_page_and_a_look_keeps_it(client, coded, clock):
    _, code = coded()
    enter(client, code)
    for _ in range(3):
        clock.advance(minutes=29)
        assert client.get("/my").status_code == 200
    clock.advance(minutes=30)
    assert client.get("/my").location == "/my/enter"


def test_leaving_closes_it_and_the_back_button_shows_nothing(client, coded):
    _, code = coded()
    enter(client, code)
    client.post("/my/leave")
    assert client.get("/my").location == "/my/enter"


def test_a_wrong_postcode_is_counted_and_five_lock_even_the_right_one_for_an_hour(
    client, coded, clock
):
    _, code = coded()
    for _ in range(POSTCODES_PER_CARER.most):
        assert enter(client, code, "EX1 1AB").status_code == 400
    refused = enter(client, code)
    assert refused.status_code == 400
    assert "01632 960100" in text_of(refused)
    clock.advance(hours=1, seconds=1)
    assert enter(client, code).location == "/my"


def test_a_guessers_locks_do_not_lock_another_family(client, coded):
    _, code = coded("F1")
    _, other = coded("F2")
    for _ in range(6):
        enter(client, code, "ZZ1 1ZZ")
    assert enter(client, other).location == "/my"


def test_guessing_codes_gets_nowhere_and_the_right_one_still_enters(client, coded):
    _, code = coded()
    answers = [enter(client, "ABCD-EFGH-JKLM").status_code for _ in range(25)]
    assert 429 in answers
    assert enter(client, code).location == "/my"


@pytest.mark.parametrize("typed", ["", "   ", "x" * 10_000, "{{7*7}}", "ABCD-0000-JKLM"])
def test_what_is_no_code_gets_kind_words(client, council, typed):
    answer = enter(client, typed)
    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    assert "49" not in text_of(answer).replace("1 1AB", "")


def test_a_messages_link_needs_the_postcode_alone(client, sent):
    row = sent(postcode_key=keyring_in_use().digest("postcode", POSTCODE))
    address = f"{page_of(row)}/my"
    assert client.get(address).status_code == 200
    assert client.post(address, data={"postcode": "ZZ1 1ZZ"}).status_code == 400
    assert client.post(address, data={"postcode": POSTCODE}).location == "/my"
    assert page_of(row) in client.get("/my").text


def test_one_carer_never_sees_what_the_other_asked_for_or_got(client, database, coded, clock):
    carer_id, code = coded()
    with database.transaction() as session:
        first = session.get_one(Carer, carer_id)
        other = Carer(
            family_id=first.family_id,
            name_key=b"other",
            name="Sam Otherhome",
            email="other@example.org",
            language="en_GB",
            created_at=clock(),
        )
        session.add(other)
        session.flush()
        other_id = other.id
    enter(client, code)
    client.post("/my/ask/complaint", data={"text": "About the other home"})
    with client.session_transaction() as kept:
        kept["own-page"] = {"carer": str(other_id), "seen": clock().isoformat()}
    page = client.get("/my").text + client.get("/my/data").text
    assert "You complained about" not in page
    assert client.post(f"/my/take-back/{the_requests(database)[0].id}").status_code == 404
    assert the_requests(database)[0].ended_at is None


def test_the_way_back_is_one_button_with_the_promised_day(client, database, coded, council, clock):
    _, code = coded()
    enter(client, code)
    asked = text_of(client.get("/my/ask/way-back"))
    assert "within 9 days. The longest took 21 days" in asked
    client.post("/my/ask/way-back", data={"about": "ptb"})
    (kept,) = the_requests(database)
    longest = council.personal_transport_budget.restore_longest_days
    assert kept.due_on == clock().date() + timedelta(days=longest)
    page = text_of(client.get("/my"))
    assert "You asked for the old travel back." in page
    assert "We promise it by" in page


def test_pressing_twice_asks_once_and_keeps_the_first_day(client, database, coded, clock):
    _, code = coded()
    enter(client, code)
    first = clock()
    for _ in range(3):
        client.post("/my/ask/complaint", data={"text": "Please look at this"})
        clock.advance(minutes=5)
    (kept,) = the_requests(database)
    assert kept.asked_at == first
    assert kept.due_on == first.date() + timedelta(days=30)


def test_what_was_asked_for_can_be_taken_back_and_asked_again(client, database, coded, clock):
    _, code = coded()
    enter(client, code)
    client.post("/my/ask/call", data={"times": "morning", "interpreter": "y"})
    (kept,) = the_requests(database)
    assert kept.said == {"times": "morning", "interpreter": "True"}
    for _ in range(2):
        assert client.post(f"/my/take-back/{kept.id}").location == "/my"
    assert the_requests(database)[0].ended is RequestEnd.TAKEN_BACK
    client.post("/my/ask/call", data={"times": "any"})
    assert len(the_requests(database)) == 2


@pytest.mark.parametrize("kind", ["call", "way-back", "correction", "complaint"])
def test_a_form_without_an_answer_says_so_and_keeps_nothing(client, database, coded, kind):
    _, code = coded()
    enter(client, code)
    answer = client.post(f"/my/ask/{kind}", data={})
    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    assert not the_requests(database)


@pytest.mark.parametrize("kind", ["erasure", "decline", "interest", ".."])
def test_there_is_no_page_for_what_cannot_be_asked_for_there(client, coded, kind):
    _, code = coded()
    enter(client, code)
    assert client.get(f"/my/ask/{kind}").status_code == 404


def test_an_officer_sees_to_it_once_and_the_trail_holds_no_words(
    database, coded, council, clock, officers
):
    carer_id, _ = coded()
    officer = officers[Role.OFFICER]
    with database.transaction() as session:
        kept = requests.ask(
            session,
            carer_id,
            RequestKind.CORRECTION,
            council,
            said={"text": "Her name is Ash"},
            now=clock(),
            by=officer,
        )
        requests.see_to(session, kept.id, now=clock(), by=officer)
        with pytest.raises(requests.RequestEnded):
            requests.see_to(session, kept.id, now=clock(), by=officer)
        with pytest.raises(NotThere):
            requests.see_to(session, uuid4(), now=clock(), by=officer)
        details = session.scalars(select(AuditEvent.detail)).all()
    assert "Ash" not in str(details)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_asks_for_eight_things_at_the_most_however_much_there_is(
    client, database, coded, language
):
    _, code = coded()
    enter(client, code)
    for kind in ("complaint", "correction"):
        client.post(f"/my/ask/{kind}", data={"text": "x"})
    for offer in OfferKind:
        client.post(f"/my/interest/{offer}")
    with statements() as asked:
        page = client.get("/my", query_string={"language": language})
    assert page.status_code == 200
    assert len([one for one in asked if one.lstrip().startswith("SELECT")]) <= 8, asked
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CarerRequest)) == 5


def test_a_message_that_has_not_gone_is_not_listed(client, database, sent):
    row = sent(postcode_key=keyring_in_use().digest("postcode", POSTCODE))
    client.post(f"{page_of(row)}/my", data={"postcode": POSTCODE})
    assert "A Personal Transport Budget for your family" in text_of(client.get("/my"))
    with database.transaction() as session:
        session.get_one(type(row), row.id).state = State.APPROVED
    assert "A Personal Transport Budget for your family" not in text_of(client.get("/my"))
