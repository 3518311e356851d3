"""An attacker fills every field of every form: kept as typed, or refused in words."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import select

from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.dispatch.notify_reports import read_callback
from parentportal.i18n import PARAMETER
from parentportal.models import Base, Carer, Role, Wave
from parentportal.operations.receipts import record
from tests.conftest import KEYRING, Clock
from tests.hostile import ATTACKS, COMPOSITE, formula_cells, injected, is_run
from tests.parentportal.hostile_world import (
    ROOT,
    PageForm,
    Rewound,
    World,
    browser,
    browsers,
    endpoint_of,
    read_page,
    set_up,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.parentportal.hostile_world import Control

SURVEY = {
    "survey.choose_language",
    "survey.decide",
    "survey.answer",
    "survey.confirm_postcode",
    "survey.wish",
    "survey.submit",
}
ELSEWHERE = {
    *SURVEY,  # filled one after the other below
    "receipts.notify",  # no form: what a receipt says is filled in below
    "desk.sheet_typed",
    "desk.copy_findings",  # behind other forms, below
}
BUTTONS = {
    "account.interest",
    "account.take_answers_back",
    "account.take_back",
    "desk.address_is_right",
    "desk.allow_tailoring",
    "desk.approve_rule",
    "desk.cancel",
    "desk.pause",
    "desk.resume",
    "desk.seen_to",
    "desk.telephone_family",
    "programme.group_invitations",
    "programme.set_up",
    "programme.tool_retyped",
    "survey.leave",
    "survey.take_back_skip",
}
"""Forms of a button alone, of a state that this world is not in."""


AT_ONCE = {"all at once": COMPOSITE}
TYPED = {
    "sqlite": AT_ONCE | {"long-word": ATTACKS["long-word"].text},
    "postgresql": AT_ONCE | {"nul": ATTACKS["nul"].text},
}
"""What every field gets, by the database that may mind it; all attacks in the long form."""
NUMBERS = {"huge": "9" * 30, "endless": "9" * 5000, "negative": "-1", "power": "1e999"}
DAYS = {"first day": "0001-01-01", "last day": "9999-12-31", "no day": "2027-02-30"}
OF_KIND = {"numeric": NUMBERS, "number": NUMBERS, "date": DAYS, "time": {"no time": "25:61"}}


class Service:
    """The service with the world in it, on one kind of database."""

    def __init__(self, app: Flask, database: Rewound, world: World) -> None:
        self.app, self.database, self.world = app, database, world
        self.faults: list[str] = []

    @property
    def dialect(self) -> str:
        return self.database.engine.dialect.name

    def send(self, client: FlaskClient, path: str, what: str, **how: Any) -> TestResponse | None:
        """One request; what is wrong with its answer is noted, and nothing of it is kept."""
        try:
            answer = client.open(path, **how)
            self.check(answer, what)
            if answer.location:
                self.check(client.get(answer.location), f"{what}, then {answer.location}")
        except Exception as broken:  # noqa: BLE001 -- a browser would see status 500
            self.faults.append(f"{what}: {type(broken).__name__} {str(broken)[:100]}")
            return None
        return answer

    def check(self, answer: TestResponse, what: str) -> None:
        """Note what an answer must never have."""
        if answer.status_code >= 500:
            self.faults.append(f"{what}: {answer.status}")
        if any("evil" in f"{name}{value}" for name, value in answer.headers if name != "Location"):
            self.faults.append(f"{what}: a header")
        if answer.mimetype == "text/csv" and formula_cells(answer.data):
            self.faults.append(f"{what}: a formula {formula_cells(answer.data)[0]!r}")
        if not answer.mimetype.startswith("text/") and answer.mimetype != "image/svg+xml":
            return
        if is_run(answer.text):
            self.faults.append(f"{what}: {is_run(answer.text)} was worked out or read")
        if answer.mimetype != "text/csv" and injected(answer.text):
            self.faults.append(f"{what}: {injected(answer.text)} in the page")
        if answer.status_code >= 400 and "<h1" not in answer.text:
            self.faults.append(f"{what}: {answer.status} without words")


@pytest.fixture(scope="module")
def service(migrated, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("var")
    url = migrated.engine.url.render_as_string(hide_password=False)
    settings = Settings(
        database_url=url,
        keyring=KEYRING,
        var_directory=folder,
        base_url=ROOT,
        demonstration=True,
        secure_cookies=False,
    )
    clock = Clock()
    app = create_app(settings, clock=clock)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    own = app.extensions["portal"]
    own.database.dispose()
    database = Rewound(url)
    app.extensions["portal"] = replace(own, database=database)
    with database.transaction() as session:
        world = set_up(session, clock())
    yield Service(app, database, world)
    database.dispose()
    with migrated.engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


def forms_on(app: Flask, pages: Iterable[TestResponse]) -> dict[tuple[str, ...], PageForm]:
    """Every form that is posted, each kind once: by its endpoint and its controls."""
    found: dict[tuple[str, ...], PageForm] = {}
    for page in pages:
        if page.mimetype == "text/html":
            for form in read_page(page)[0]:
                endpoint = endpoint_of(app, form.action, form.method.upper())
                found.setdefault((endpoint, *sorted(form.controls)), form)
    return found


def payloads(control: Control, typed: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from typed.items()
    yield from OF_KIND.get(control.kind, {}).items()


def fill(service: Service, client: FlaskClient, form: PageForm, typed: dict[str, str]) -> None:
    """Send a form once for each of its fields and each attack, and undo it."""
    endpoint = endpoint_of(service.app, form.action, form.method.upper())
    for control in form.controls.values():
        if control.name == "csrf_token":
            continue
        for name, text in payloads(control, typed):
            data: dict[str, Any] = form.usual()
            data[control.name] = (
                (io.BytesIO(text.encode()), text) if control.kind == "file" else [text]
            )
            how = "query_string" if form.method == "get" else "data"
            with service.database.undone(), kept_session(client):
                what = f"{endpoint} {control.name} {name}"
                service.send(client, form.action, what, method=form.method.upper(), **{how: data})


class kept_session:  # noqa: N801 -- used as a word
    """The browser's session is afterwards as it was."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def __enter__(self) -> None:
        with self.client.session_transaction() as session:
            self.before = dict(session)

    def __exit__(self, *_problem: object) -> None:
        with self.client.session_transaction() as session:
            session.clear()
            session.update(self.before)


@pytest.fixture(scope="module")
def walked(service) -> dict[str, tuple[FlaskClient, dict[str, TestResponse]]]:
    """Everybody with their browser and the pages they get to."""
    return {
        who: (client, walk(service.app, client, starts))
        for who, (client, starts) in browsers(service.app, service.world).items()
    }


def test_whatever_is_typed_into_a_form_is_kept_or_refused_in_words(service, walked):
    filled = set[tuple[str, ...]]()
    for client, pages in walked.values():
        for kind, form in forms_on(service.app, pages.values()).items():
            if kind not in filled:
                filled.add(kind)
                fill(service, client, form, TYPED[service.dialect])
    assert not service.faults, "\n".join(service.faults)


@pytest.mark.full
def test_every_attack_is_kept_or_refused_in_words(service, walked):
    for client, pages in walked.values():
        for form in forms_on(service.app, pages.values()).values():
            fill(service, client, form, {name: attack.text for name, attack in ATTACKS.items()})
    assert not service.faults, "\n".join(service.faults)


def test_every_form_of_the_service_is_filled(service, walked):
    """A new form on any page is filled by itself; one that no page here leads to shows up here."""
    posted = {
        endpoint
        for _, pages in walked.values()
        for endpoint, *_ in forms_on(service.app, pages.values())
    }
    every = {rule.endpoint for rule in service.app.url_map.iter_rules() if "POST" in rule.methods}
    assert every - posted <= ELSEWHERE | BUTTONS


def test_a_parent_who_types_anything_into_the_survey_gets_on(service):
    """The questions follow from each other, so they are filled one after the other."""
    seen = set[str]()

    def fill_page(client: FlaskClient, page: TestResponse) -> list[PageForm]:
        forms = list(forms_on(service.app, [page]).values())
        for form in forms:
            endpoint = endpoint_of(service.app, form.action, "POST")
            if endpoint not in seen:
                fill(service, client, form, TYPED[service.dialect])
                seen.add(endpoint)
        return forms

    def entered() -> tuple[FlaskClient, TestResponse]:
        client = browser(service.app)
        client.post("/", data={"code": service.world.code})
        return client, client.get("/survey", follow_redirects=True)

    with service.database.undone():
        client, page = entered()
        for _ in range(30):
            onward = [form for form in fill_page(client, page) if "/leave" not in form.action]
            if "survey.answer" in seen:
                other, _ = entered()
                fill_page(other, other.get("/survey/postcode"))  # on another device
            if not onward:
                break
            page = client.post(onward[0].action, data=onward[0].usual(), follow_redirects=True)
    assert not service.faults, "\n".join(service.faults)
    assert seen >= SURVEY


def test_what_is_typed_behind_another_form_is_kept_or_refused_in_words(service, walked):
    client, pages = walked[str(Role.OFFICER)]
    typed = TYPED[service.dialect]
    sheet = client.post("/desk/keying", data={"code": service.world.code}, follow_redirects=True)
    behind = forms_on(service.app, [sheet])
    assert any(endpoint == "desk.sheet_typed" for endpoint, *_ in behind)
    for form in behind.values():
        fill(service, client, form, typed)
    for (endpoint, *_), form in forms_on(service.app, pages.values()).items():
        if endpoint == "desk.copy_save":
            fill(service, client, replace(form, action=f"{form.action}/findings.json"), typed)
    assert not service.faults, "\n".join(service.faults)


def test_whatever_an_address_asks_for_is_found_or_not_there(service, walked):
    """The questions of an address, all at once on every page, and each part of every address."""
    names = asked_for()
    assert names >= {"page", "search", "next", "refresh", "narrow", "language"}
    typed = {**AT_ONCE, "huge": NUMBERS["huge"], "nul": ATTACKS["nul"].text}
    looked_at = set[str]()
    for client, pages in walked.values():
        for endpoint, (path, values) in places_of(service.app, pages).items():
            if endpoint in looked_at:
                continue
            looked_at.add(endpoint)
            for name, text in typed.items():
                with service.database.undone(), kept_session(client):
                    query = dict.fromkeys(names, text)
                    service.send(client, path, f"{endpoint}? {name}", query_string=query)
                    for part in values:
                        other = address(service.app, endpoint, values | {part: text})
                        service.send(client, other, f"{endpoint} /{part}/ {name}")
    assert not service.faults, "\n".join(service.faults)


def asked_for() -> set[str]:
    """The names that the code looks for in an address's question."""
    code = "".join(file.read_text() for file in Path("parentportal").rglob("*.py"))
    found = re.findall(r'request\.args\.get\(\s*"([^"]+)"|"([^"]+)" in request\.args', code)
    return {one or other for one, other in found} | {PARAMETER}


def places_of(app: Flask, pages: dict[str, TestResponse]) -> dict[str, tuple[str, dict[str, Any]]]:
    """One address of each page, with the parts of it that are values."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for path in pages:
        endpoint, values = app.url_map.bind("localhost").match(urlsplit(path).path)
        found.setdefault(str(endpoint), (path, dict(values)))
    return found


def address(app: Flask, endpoint: str, values: dict[str, Any]) -> str:
    """The address of a page with other values in it, whatever they are."""
    rule = next(
        rule
        for rule in app.url_map.iter_rules(endpoint)
        if rule.arguments == set(values) and "GET" in (rule.methods or ())
    )
    parts = re.split(r"<(?:[^<>:]*:)?([^<>:]+)>", rule.rule)
    parts[1::2] = [quote(str(values[name]), safe="") for name in parts[1::2]]
    return "".join(parts)


def test_what_families_are_called_is_no_formula_in_the_file_of_codes(service):
    """Names that an earlier release took are in the database still."""
    with service.database.undone():
        with service.database.transaction() as session:
            for number, carer in enumerate(session.scalars(select(Carer))):
                carer.name = list(ATTACKS.values())[number % len(ATTACKS)].text[:100]
            wave = session.scalars(select(Wave)).first()
        client = browser(service.app, service.world.officers[Role.OFFICER])
        answer = client.post(f"/desk/survey/{wave.id}/codes.csv")
        assert answer.status_code == 200
        assert len(answer.data.splitlines()) > 5
        service.check(answer, "codes.csv")
    assert service.faults == []


@pytest.mark.parametrize("field", ["id", "reference", "status", "completed_at", "type", "to"])
def test_a_receipt_with_anything_in_it_is_no_error(service, field):
    usual = {
        "id": "1",
        "reference": str(service.world.gone),
        "status": "delivered",
        "type": "email",
    }
    for value in (*TYPED["postgresql"].values(), "\ud800", 7, None, ["x"], {"x": 1}, 10**30):
        with service.database.undone():
            report = read_callback({**usual, field: value}, Clock()())
            if report is not None:
                with service.database.transaction() as session:
                    record(session, report, now=Clock()())
