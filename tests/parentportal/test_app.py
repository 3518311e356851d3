"""The application as it is served: over HTTPS, behind proxies, with its tokens on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from parentportal.app import create_app
from parentportal.config import MEGABYTE
from parentportal.models import Role
from parentportal.web import client_address, typed_languages

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HTTPS = "https://localhost"
BATCH = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def serve(settings, clock, compiled_templates):
    """Make the application with other settings, every check of a form in force."""
    made = []

    def make(**changes):
        app = create_app(replace(settings, **changes), clock=clock)
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["portal"].database.dispose()


@pytest.fixture
def secure(serve):
    return serve(base_url=HTTPS, secure_cookies=True).test_client()


@pytest.mark.parametrize(
    ("demonstration", "typed"), [(True, {"en_GB", "cy", "pl", "ur"}), (False, {"en_GB"})]
)
def test_only_a_practice_council_types_languages_whose_typing_is_not_shown_to_be_right(
    serve, demonstration, typed
):
    with serve(demonstration=demonstration).app_context():
        assert set(typed_languages()) == typed


def test_a_form_over_https_is_taken_from_a_browser_that_sends_no_referer(secure, council):
    page = secure.get("/", base_url=HTTPS)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    token = TOKEN.search(page.text)[1]
    tried = secure.post("/", base_url=HTTPS, data={"csrf_token": token, "code": "ABCD"})
    assert "You typed 4." in tried.text


@pytest.mark.parametrize("token", ["", "somebody else's"])
def test_a_form_over_https_without_its_token_is_not_taken(secure, council, token):
    secure.get("/", base_url=HTTPS)
    tried = secure.post("/", base_url=HTTPS, data={"csrf_token": token, "code": "ABCD"})
    assert tried.status_code == 400
    assert "You typed 4." not in tried.text


def seen_as(app, remote, forwarded=""):
    """The address that a request counts for."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    app.add_url_rule("/address", view_func=client_address)
    return (
        app.test_client()
        .get("/address", headers=headers, environ_base={"REMOTE_ADDR": remote})
        .text
    )


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 192.0.2.5", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_from_so_many_proxies_and_no_more(
    serve, proxies, forwarded, address
):
    assert seen_as(serve(trusted_proxies=proxies), "127.0.0.1", forwarded) == address


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("not an address", "not an address"),
    ],
)
def test_an_ipv6_household_counts_as_one_address(serve, remote, address):
    assert seen_as(serve(), remote) == address


def carry_on(page):
    return re.search(r'<a href="([^"]+)"[^>]*govuk-button', page.text)[1]


@pytest.mark.parametrize(
    ("posted", "goes_on_at"),
    [
        ("/account/reply/a-token", "/account/reply/a-token"),
        ("/desk/messages/draft/ptb-offer", "/desk/messages/draft/ptb-offer"),
        (f"/desk/cohort/import/{BATCH}/confirm", f"/desk/cohort/import/{BATCH}"),
        ("/desk/sign-out", "/desk"),
    ],
)
def test_a_form_of_a_session_that_ended_leads_back_to_its_page(serve, council, posted, goes_on_at):
    page = serve().test_client().post(posted)
    assert page.status_code == 400
    assert "You were away for a while" in page.text
    assert carry_on(page) == goes_on_at


def test_a_file_that_is_too_big_is_told_how_big_it_may_be(serve, council):
    client = serve(largest_upload=2 * MEGABYTE).test_client()
    form = "multipart/form-data; boundary=between"
    page = client.post("/desk/cohort/import", data=bytes(3 * MEGABYTE), content_type=form)
    assert page.status_code == 413
    assert "smaller than 2 MB" in page.text


@pytest.mark.parametrize("path", ["/desk/", "/no-such-page"])
def test_an_officer_too_is_told_kindly_when_the_database_is_away(app, as_role, path):
    client = as_role(Role.OFFICER)
    app.config.update(TESTING=False)

    def away(*_of_a_connection):
        raise OperationalError("SELECT", {}, Exception("the server is away"))

    event.listen(app.extensions["portal"].database.engine, "before_cursor_execute", away)
    page = client.get(path)
    assert page.status_code == (500 if path == "/desk/" else 404)
    assert "</html>" in page.text
    assert ("there is a problem with the service" in page.text) is (path == "/desk/")
