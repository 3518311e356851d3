"""The application as it is served: over HTTPS, behind proxies, with its tokens on."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from parentportal.app import create_app

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HTTPS = "https://localhost"


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
