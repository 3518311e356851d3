"""An attacker fills every field of every form: kept as typed, or refused in words."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.models import Base, Role
from tests.conftest import KEYRING, Clock
from tests.hostile import ATTACKS, COMPOSITE, formula_cells, injected, is_run
from tests.parentportal.hostile_world import (
    ROOT,
    PageForm,
    Rewound,
    World,
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

PEOPLE = (tuple(str(role) for role in Role), ("anybody",), ("parent",), ("asked",))
TYPED = {"all at once": COMPOSITE, **{name: ATTACKS[name].text for name in ("nul", "long-word")}}
"""What every field gets; the rest of the attacks in the long form."""
TYPED_IN_FULL = {**TYPED, **{name: attack.text for name, attack in ATTACKS.items()}}
NUMBERS = {"huge": "9" * 30, "endless": "9" * 5000, "negative": "-1", "power": "1e999"}
DAYS = {"first day": "0001-01-01", "last day": "9999-12-31", "no day": "2027-02-30"}
OF_KIND = {"numeric": NUMBERS, "number": NUMBERS, "date": DAYS, "time": {"no time": "25:61"}}


class Service:
    """The service with the world in it, on one kind of database."""

    def __init__(self, app: Flask, database: Rewound, world: World) -> None:
        self.app, self.database, self.world = app, database, world
        self.faults: list[str] = []

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


@pytest.mark.parametrize("people", PEOPLE, ids="-".join)
def test_whatever_is_typed_into_a_form_is_kept_or_refused_in_words(service, people):
    service.faults.clear()
    filled = set()
    with service.database.undone():
        everybody = browsers(service.app, service.world)
        for client, starts in (everybody[who] for who in people):
            found = forms_on(service.app, walk(service.app, client, starts).values())
            for kind, form in found.items():
                if kind not in filled:
                    filled.add(kind)
                    fill(service, client, form, TYPED)
    assert not service.faults, "\n".join(service.faults)
