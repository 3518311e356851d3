"""Queries a page: how often each page asks the database, in one process with the practice council.

Every page a parent can see is listed, and those of officers that need no number in their address.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from sqlalchemy import event, select

from benchmarks.cohort import settings_of
from benchmarks.databases import empty_database
from benchmarks.load import Page, walk
from benchmarks.report import Row
from benchmarks.survey import START
from messaging.channels import Channel
from messaging.lifecycle import State
from parentportal.app import create_app
from parentportal.demonstration import stage
from parentportal.models import (
    CarerRequest,
    FocusGroup,
    Invitee,
    MessageLink,
    Officer,
    OutgoingMessage,
    Role,
)
from parentportal.operations.groups import hold_draw
from parentportal.operations.links import draw_token, token_key
from parentportal.operations.replies import reply_token
from parentportal.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from uuid import UUID

    from flask import Flask
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from parentportal.db import Database

FAMILIES = 100
PARENTS = ("survey", "account")
OFFICERS = ("desk", "programme")

Counts = dict[str, int]
"""Method and route, and the most statements that a request of them sent."""


class CountingBrowser:
    """A browser inside this process that notes what each request asked of the database."""

    def __init__(self, app: Flask, seen: Counts) -> None:
        self.client = app.test_client()
        self._routes = app.url_map.bind("localhost")
        self._engine = database_of(app).engine
        self._seen = seen

    def open(self, path: str, fields: Mapping[str, str] | None = None) -> Page:
        while True:
            method = "GET" if fields is None else "POST"
            with counted(self._engine) as statements:
                answer = self.client.open(path, method=method, data=fields)
            rule, _ = self._routes.match(urlsplit(path).path, method, return_rule=True)
            if answer.status_code not in {HTTPStatus.FORBIDDEN, HTTPStatus.INTERNAL_SERVER_ERROR}:
                page = f"{method} {rule.rule}"
                self._seen[page] = max(self._seen.get(page, 0), len(statements))
            if answer.location is None:
                return Page(answer.status_code, path, answer.data.decode(errors="replace"))
            path, fields = urljoin(path, answer.location), None


def measure(kind: str, folder: Path) -> list[Row]:
    """A row for each page: its queries at most."""
    with empty_database(kind, folder) as database_url:
        app = create_app(settings_of(database_url, folder))
        app.config["WTF_CSRF_ENABLED"] = False  # forms are also sent here without a look at them
        database = database_of(app)
        upgrade(database)
        parents, officers = _count(app, database)
        database.dispose()
    return [
        *_rows("queries of parents' pages", parents, kind),
        *_rows("queries of officers' pages", officers, kind),
    ]


def database_of(app: Flask) -> Database:
    """The database that an application asks."""
    database: Database = app.extensions["portal"].database
    return database


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent while the block runs, but for ``BEGIN``."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _count(app: Flask, database: Database) -> tuple[Counts, Counts]:
    now = datetime.now(UTC)
    with database.transaction() as session:
        stage.stage(session, "http://localhost", now=now, families=FAMILIES)
        whole, half, *_ = stage.unused_codes(session, now=now)
        reply = f"/account/reply/{reply_token(_invited(session, now))}"
        letter = _letter_that_went(session)
    # The council's name and colours are kept for a while; only the first page asks for them.
    CountingBrowser(app, {}).open(START)
    parents: Counts = {}
    walk(CountingBrowser(app, parents), START, {"code": whole.code})
    walk(CountingBrowser(app, parents), reply, {}, at_most=1)
    reader = CountingBrowser(app, parents)
    reader.open(letter, {"wish": "call"})
    walk(reader, f"{letter}/wishes", {}, at_most=1)
    _walk_own_page(CountingBrowser(app, parents), database, whole, letter)
    for path in ("/versions/ptb-offer", "/other-formats/pack-en_GB.pdf"):
        reader.open(path)
    first, second = (CountingBrowser(app, parents) for _ in range(2))
    walk(first, f"/s/{half.code}", {}, at_most=4)
    second.open(f"/s/{half.code}")
    walk(second, "/survey/postcode", {"postcode": half.postcode}, at_most=1)
    for path in _pages_without_number(app, PARENTS):
        first.open(path)
    first.open("/survey/notice", {"choice": "skip"})
    first.open("/survey/skipped", {})
    first.open("/survey/leave", {})
    officers: Counts = {}
    for one in stage.SIGN_INS:
        browser = CountingBrowser(app, officers)
        walk(browser, "/desk/sign-in", {"email": one.email, "password": one.password}, at_most=1)
        for path in _pages_without_number(app, OFFICERS):
            browser.open(path)
    return parents, officers


def _walk_own_page(
    browser: CountingBrowser, database: Database, who: stage.UnusedCode, letter: str
) -> None:
    """A parent's own page, by a code and by a letter, and all that can be asked for there."""
    browser.open("/travel-budget", {"miles": "5", "age": "", "days": "5", "children": "1"})
    browser.open(f"{letter}/my")
    browser.open(f"{letter}/my", {"postcode": who.postcode})
    browser.open("/my/enter", {"code": who.code, "postcode": who.postcode})
    browser.open("/my/interest/ptb", {})
    browser.open("/my/ask/complaint")
    browser.open("/my/ask/complaint", {"text": "Benchmark"})
    with database.reading() as session:
        request_id = session.scalars(select(CarerRequest.id)).first()
    browser.open(f"/my/take-back/{request_id}", {})
    for path in ("/my/plain", "/my/answers", "/my/leave"):
        browser.open(path, {})


def _invited(session: Session, now: datetime) -> UUID:
    """Somebody who was drawn for a discussion group."""
    programme = session.scalars(select(Officer).where(Officer.role == Role.PROGRAMME)).one()
    group = session.scalars(select(FocusGroup).where(FocusGroup.segment.is_(None))).one()
    hold_draw(session, group.id, invite=1, seed="bench", now=now, by=programme)
    return session.scalars(select(Invitee.id)).one()


def _letter_that_went(session: Session) -> str:
    """The page of a letter of the practice council, as if it had gone."""
    row = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.channel == Channel.LETTER)
    ).first()
    assert row is not None
    row.state, row.evidence = State.DISPATCHED, {"file": "benchmark"}
    token = draw_token()
    link = session.scalars(select(MessageLink).where(MessageLink.message_id == row.id)).one()
    link.token_key = token_key(token)
    return f"/m/{token}"


def _pages_without_number(app: Flask, rooms: tuple[str, ...]) -> list[str]:
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in rooms
        and "GET" in (rule.methods or ())
        and not rule.arguments
    ]


def _rows(part: str, seen: Counts, kind: str) -> list[Row]:
    by_path = sorted(seen.items(), key=lambda item: item[0].split()[::-1])
    return [Row(part, page, "queries at most", (most,), on=kind) for page, most in by_path]
