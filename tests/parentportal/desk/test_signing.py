"""Officers sign in and out, and nobody learns why a sign-in failed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from parentportal.models import AuditEvent, FailureCount, Role
from parentportal.operations import accounts
from parentportal.operations.accounts import look_up
from parentportal.operations.accounts import sign_in as sign_in_with
from parentportal.operations.failures import SIGN_INS_PER_ACCOUNT, SIGN_INS_PER_ADDRESS
from tests.parentportal.conftest import PASSWORD
from tests.parentportal.counting import statements

WRONG = "We cannot sign you in with this email and password."


@pytest.fixture
def sign_in(client, officers, council):
    def post(email="officer@exampleshire.example", password=PASSWORD, onwards=""):
        address = f"/desk/sign-in?next={onwards}" if onwards else "/desk/sign-in"
        return client.post(address, data={"email": email, "password": password})

    return post


def test_an_officer_signs_in_and_is_at_the_desk(client, sign_in):
    assert sign_in().location == "/desk/"
    page = client.get("/desk/")
    assert "Welcome, Sam officer" in page.text


def test_signing_in_leads_on_to_the_page_that_was_asked_for(client, sign_in):
    asked = client.get("/desk/messages?page=2")
    assert asked.location == "/desk/sign-in?next=/desk/messages?page%3D2"
    assert sign_in(onwards="/desk/messages").location == "/desk/messages"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_signing_in_never_leads_to_another_site(sign_in, elsewhere):
    assert sign_in(onwards=elsewhere).location == "/desk/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("officer@exampleshire.example", "a wrong password"),
        ("nobody@exampleshire.example", PASSWORD),
        ("not an email", PASSWORD),
    ],
)
def test_a_failed_sign_in_says_the_same_whatever_was_wrong(sign_in, email, password):
    page = sign_in(email, password)
    assert page.status_code == 422
    assert WRONG in page.text
    assert PASSWORD not in page.text


def test_after_five_failures_the_right_password_fails_too_and_says_the_same(sign_in, clock):
    for _ in range(5):
        sign_in(password="a wrong password")
    page = sign_in()
    assert page.status_code == 422
    assert WRONG in page.text
    clock.advance(minutes=16)
    assert sign_in().status_code == 302


def failures(database, scope):
    with database.reading() as session:
        rows = session.scalars(select(FailureCount).where(FailureCount.scope == scope))
        return [row.count for row in rows]


def kept(database, action):
    with database.reading() as session:
        return session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()


def test_no_transaction_is_open_while_a_password_is_checked(app, sign_in, monkeypatch):
    """On SQLite an open one would keep every parent from answering meanwhile."""
    engine = app.extensions["portal"].database.engine
    checked_out = []

    class Watching(PasswordHasher):
        def verify(self, stored, password):
            checked_out.append(engine.pool.checkedout())
            return super().verify(stored, password)

    monkeypatch.setattr(accounts, "_hasher", Watching(1, 8, 1))
    assert sign_in().status_code == 302
    assert sign_in(password="a wrong password").status_code == 422
    assert checked_out == [0, 0]


def test_guesses_made_at_once_are_held_to_the_limit_too(database, officers, clock):
    """All of them looked the account up before the first was counted."""
    with database.reading() as session:
        claim = look_up(session, officers[Role.OFFICER].email, address="192.0.2.1", now=clock())

    def settle(proven):
        with database.transaction() as session:
            return sign_in_with(session, claim, proven=proven, now=clock())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(settle, [False] * 12))
    assert settle(proven=True) is None
    assert failures(database, SIGN_INS_PER_ACCOUNT.scope) == [13]


def test_an_address_that_fails_for_many_accounts_is_stopped_and_another_is_not(
    client, database, sign_in
):
    for number in range(SIGN_INS_PER_ADDRESS.most):
        sign_in(f"nobody{number}@exampleshire.example")
    assert WRONG in sign_in().text
    elsewhere = client.post(
        "/desk/sign-in",
        data={"email": "officer@exampleshire.example", "password": PASSWORD},
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )
    assert elsewhere.status_code == 302


def test_the_trail_tells_once_of_an_account_that_is_guessed_at(database, sign_in, officers):
    for _ in range(12):
        sign_in(password="a wrong password")
    (event,) = kept(database, "lock-sign-in")
    assert event.subject_id == officers[Role.OFFICER].id
    assert event.detail == {"limit": "sign-in"}


def test_right_sign_ins_never_add_up_to_a_limit(sign_in):
    for _ in range(2):
        for _ in range(4):
            sign_in(password="a wrong password")
        assert sign_in().status_code == 302


def test_a_blank_form_says_what_is_missing(sign_in):
    page = sign_in("", "")
    assert "Enter your email." in page.text
    assert "Enter your password." in page.text


def test_signing_out_ends_the_session(client, sign_in):
    sign_in()
    assert client.post("/desk/sign-out").location == "/desk/sign-in"
    assert client.get("/desk/").location.startswith("/desk/sign-in")


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app, client, sign_in):
    sign_in()
    copied = app.test_client()
    copied.set_cookie("portal", client.get_cookie("portal").value)
    assert copied.get("/desk/").status_code == 200
    client.post("/desk/sign-out")
    assert copied.get("/desk/").location.startswith("/desk/sign-in")
    assert sign_in().status_code == 302
    assert client.get("/desk/").status_code == 200
    assert copied.get("/desk/").location.startswith("/desk/sign-in")


def test_signing_out_twice_or_signed_out_is_harmless(client, sign_in):
    sign_in()
    for _ in range(2):
        assert client.post("/desk/sign-out").location == "/desk/sign-in"


def test_signing_out_is_never_a_link(client, sign_in):
    sign_in()
    assert client.get("/desk/sign-out").status_code == 405
    assert client.get("/desk/").status_code == 200


def test_half_an_hour_of_silence_ends_the_session(client, sign_in, clock):
    sign_in()
    clock.advance(minutes=31)
    assert client.get("/desk/").location.startswith("/desk/sign-in")


def test_an_officer_who_was_away_comes_back_to_the_page_of_the_form(client, sign_in, clock, batch):
    sign_in()
    clock.advance(minutes=31)
    asked = client.post(f"/desk/messages/{batch.id}/submit").location
    assert asked == f"/desk/sign-in?next=/desk/messages/{batch.id}"
    credentials = {"email": "officer@exampleshire.example", "password": PASSWORD}
    back = client.post(asked, data=credentials)
    assert client.get(back.location).status_code == 200


def test_a_session_that_is_never_idle_ends_after_eight_hours(client, sign_in, clock):
    sign_in()
    for _ in range(19):
        clock.advance(minutes=25)
        assert client.get("/desk/").status_code == 200
    clock.advance(minutes=25)
    assert client.get("/desk/").location.startswith("/desk/sign-in")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_finds_what_it_can_do_next(as_role, submitted, role):
    page = as_role(role).get("/desk/").text
    assert ("Waiting for you to read and approve" in page) is (role is Role.APPROVER)
    assert 'href="/desk/messages"' in page
    assert ('href="/programme' in page) is (role is Role.PROGRAMME)


def test_the_desk_makes_few_queries(as_role, batch):
    client = as_role(Role.OFFICER)
    client.get("/desk/")
    with statements() as seen:
        client.get("/desk/")
    assert len([one for one in seen if one.startswith("SELECT")]) <= 3
