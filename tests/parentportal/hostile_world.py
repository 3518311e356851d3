"""A practice council with something of everything, its pages walked, and every form on them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import sessionmaker
from werkzeug.exceptions import HTTPException

from messaging.channels import Channel
from messaging.council import demonstration_council
from messaging.lifecycle import State
from messaging.variants import VariantName
from parentportal.db import Database
from parentportal.demonstration import stage
from parentportal.models import (
    FocusGroup,
    ImportBatch,
    ImportState,
    Invitee,
    Officer,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    TemplateVersion,
)
from parentportal.operations import copy, outbox
from parentportal.operations.addressees import Addressee
from parentportal.operations.calibration import keep_proposal
from parentportal.operations.cohort import check_import
from parentportal.operations.council import save_council
from parentportal.operations.groups import draft_invitations, hold_draw
from parentportal.operations.replies import reply_token
from segmentation.typing_tool import load_typing_tool
from tests.parentportal.answered_rows import another_tool
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.intake.sheets import csv_of, row
from tests.parentportal.programme.test_tool import comparison

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

ROOT = "http://localhost"
FAMILIES = 45
MOST_ALIKE = 2
"""So many pages of one kind are looked at: a second may have other forms."""


class Rewound(Database):
    """One connection for everybody, whose work is undone as often as one likes."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._connection = self.engine.connect()
        self._whole = self._connection.begin()
        how: dict[str, Any] = {
            "join_transaction_mode": "create_savepoint",
            "expire_on_commit": False,
        }
        self._writing = sessionmaker(self._connection, **how)
        self._reading = sessionmaker(self._connection, autoflush=False, **how)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is written within is not written."""
        point = self._connection.begin_nested()
        try:
            yield
        finally:
            point.rollback()

    def dispose(self) -> None:
        self._whole.rollback()
        self._connection.close()
        super().dispose()


@dataclass(frozen=True, slots=True)
class World:
    """What is set up.

    Attributes:
        officers: one of each role.
        links: the addresses that parents have, from a letter and from an invitation.
        pages: officers' pages that are one of many alike, and have a form of their own.
        gone: the key of a message that has gone.
        code: an access code that nobody has used.
        postcode: the one that confirms it.
    """

    officers: Mapping[Role, Officer]
    links: tuple[str, ...]
    pages: tuple[str, ...]
    gone: UUID
    code: str
    postcode: str


def set_up(session: Session, now: datetime) -> World:
    """A practice council, and beside it batches, copy, groups and imports in every state."""
    stage.stage(session, ROOT, now=now, families=FAMILIES)
    save_council(session, replace(demonstration_council(), forum_signs_copy=True), now=now)
    officers = {one.role: one for one in session.scalars(select(Officer))}
    unused = stage.unused_codes(session, now=now)[0]
    _copy(session, officers, now)
    keep_proposal(session, another_tool(), comparison(), load_typing_tool().version, now=now)
    odd = {"Our own word": "x", **row(family_reference="F9")}
    check_import(
        session,
        "families.csv",
        csv_of(odd, odd | {"family_reference": ""}),
        demonstration=True,
        now=now,
        by=officers[Role.OFFICER],
    )
    links = (_batches(session, officers, now), _group(session, officers, now))
    session.flush()
    sent = select(OutgoingMessage.id).where(OutgoingMessage.state == State.DISPATCHED)
    gone = session.scalars(sent).one()
    pages = tuple(_pages(session))
    return World(officers, links, pages, gone, unused.code, unused.postcode)


def _pages(session: Session) -> Iterator[str]:
    for version in session.scalars(select(TemplateVersion)):
        yield f"/desk/copy/version/{version.id}"
    for batch in session.scalars(select(OutgoingBatch)):
        yield f"/desk/messages/{batch.id}"
        yield f"/desk/messages/{batch.id}/progress"
    for message in session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.state != State.DRAFT)
    ):
        yield f"/desk/messages/{message.batch_id}/{message.id}"
    for file in session.scalars(
        select(ImportBatch).where(ImportBatch.state == ImportState.CHECKED)
    ):
        yield f"/desk/cohort/import/{file.id}"
    for group in session.scalars(select(FocusGroup)):
        yield f"/programme/groups/{group.id}"


def _copy(session: Session, officers: Mapping[Role, Officer], now: datetime) -> None:
    """A draft, one that waits for approval with a promise to weigh, one that is approved."""
    how: dict[str, Any] = {"now": now, "by": officers[Role.OFFICER]}
    names = (VariantName.NEUTRAL, VariantName.SETTLER, VariantName.PIONEER)
    draft, weighed, approved = (
        copy.begin_edit(session, "ptb-offer", "en_GB", name, **how) for name in names
    )
    promise = {**weighed.tone, "closing": "You can ask me about a sum of £250 at any time."}
    copy.save_words(session, weighed.id, promise, **how)
    kinder = {**approved.tone, "closing": "Please ask me if anything is not clear."}
    copy.save_words(session, approved.id, kinder, **how)
    for row_ in (weighed, approved):
        with suppress(copy.WordsAtFault):
            copy.check(session, row_.id, **how)
    with suppress(copy.WordsAtFault, copy.ForumHasNotSigned):
        copy.approve(session, approved.id, (), now=now, by=officers[Role.APPROVER])
    assert draft.id != approved.id


def _batches(session: Session, officers: Mapping[Role, Officer], now: datetime) -> str:
    """A batch in each state; the page behind a message that has gone."""
    link = ""
    for number, state in enumerate(("submitted", "approved", "gone", "uncertain")):
        carer = a_family(session, f"H{number}", now)
        batch = outbox.draft_batch(
            session,
            "ptb-offer",
            dated=now.date(),
            now=now,
            by=officers[Role.OFFICER],
            carers=[carer.id],
            asked=[Channel.LETTER],
            portal_link=ROOT,
        )
        outbox.submit(session, batch.id, now=now, by=officers[Role.OFFICER])
        if state == "submitted":
            continue
        outbox.approve(session, batch.id, now=now, by=officers[Role.APPROVER])
        sent = session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
        ).one()
        if state != "approved":
            sent.state = State.DISPATCHED if state == "gone" else State.UNCERTAIN
            sent.evidence, sent.dispatched_at = {"file": "x"}, now
            sent.begun_at = now
        if state == "gone":
            link = Addressee.read(sent.recipient).link.removeprefix(ROOT)
    return link


def _group(session: Session, officers: Mapping[Role, Officer], now: datetime) -> str:
    """A group with a draw and its invitations; the page behind one of them."""
    by = officers[Role.PROGRAMME]
    group = session.scalars(select(FocusGroup).where(FocusGroup.segment.is_(None))).one()
    hold_draw(session, group.id, invite=8, seed="seed", now=now, by=by)
    draft_invitations(
        session,
        group.id,
        reply_link=lambda key: f"{ROOT}/account/reply/{reply_token(key)}",
        portal_link=ROOT,
        dated=now.date(),
        now=now,
        by=by,
    )
    invitee = session.scalars(select(Invitee)).first()
    assert invitee is not None
    return f"/account/reply/{reply_token(invitee.id)}"


# ---- browsers -----------------------------------------------------------------------------------


def browser(app: Flask, officer: Officer | None = None) -> FlaskClient:
    """A browser, in which an officer is signed in or nobody."""
    client = app.test_client()
    if officer is not None:
        with client.session_transaction() as session:
            session["officer"] = str(officer.id)
            session["number"] = officer.session_number
            session["since"] = session["seen"] = int(app.extensions["portal"].clock().timestamp())
    return client


def browsers(app: Flask, world: World) -> dict[str, tuple[FlaskClient, list[str]]]:
    """Everybody who uses the service, each with a browser and the pages they begin at."""
    found = {
        str(role): (browser(app, officer), ["/desk/", "/programme/"])
        for role, officer in world.officers.items()
    }
    found[str(Role.OFFICER)][1].extend(world.pages)
    found[str(Role.APPROVER)][1].extend(page for page in world.pages if "/copy/" in page)
    found["anybody"] = (browser(app), ["/", "/desk/sign-in", "/my/enter", *world.links])
    own = browser(app)
    own.post("/my/enter", data={"code": world.code, "postcode": world.postcode})
    found["parent"] = (own, ["/my"])
    asked = browser(app)
    asked.post("/", data={"code": world.code})
    found["asked"] = (asked, ["/survey"])
    return found


@dataclass(slots=True)
class Control:
    """A named control of a form: its kind, what it holds, and what it offers."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)

    def usual(self) -> list[str]:
        """What somebody would send who does nothing odd."""
        if self.values and self.values != [""]:
            return self.values
        if self.kind in {"checkbox", "file"}:
            return []
        if self.offered:
            return self.offered[:1] if self.kind in {"submit", "button"} else self.offered[-1:]
        return [_USUAL.get(self.kind, "Some words")]


_USUAL = {
    "date": "2026-12-01",
    "time": "10:00",
    "numeric": "8",
    "hidden": "",
    "email": "a@b.example",
}


@dataclass(slots=True)
class PageForm:
    """A form on a page, with where it is sent."""

    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)

    def usual(self) -> dict[str, list[str]]:
        """What the form would send as it is."""
        return {name: control.usual() for name, control in self.controls.items()}


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.forms, self.links = address, list[PageForm](), list[str]()
        self._form: PageForm | None = None
        self._select: Control | None = None
        self._area: Control | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "form":
            action = told.get("action") or self.address
            self._form = PageForm(action, told.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and tag in {"input", "select", "textarea", "button"}:
            if told.get("name"):
                self._add(self._form, tag, told)
        elif tag == "option" and self._select is not None:
            self._select.offered.append(told.get("value", ""))
            if "selected" in told:
                self._select.values.append(told.get("value", ""))

    def _add(self, form: PageForm, tag: str, told: Mapping[str, str]) -> None:
        kind = told.get("type", tag)
        if told.get("inputmode") == "numeric":
            kind = "numeric"
        control = form.controls.setdefault(told["name"], Control(told["name"], kind))
        match kind:
            case "radio" | "checkbox" | "submit" | "button":
                control.offered.append(told.get("value", "y"))
                if "checked" in told:
                    control.values.append(told.get("value", "y"))
            case "select":
                self._select = control
            case "textarea":
                self._area = control
            case _:
                control.values.append(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values = ["".join((*self._area.values, data))]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            self._area = None


def read_page(response: TestResponse) -> tuple[list[PageForm], list[str]]:
    """The forms of a page, and where it leads."""
    reader = _Forms(response.request.path)
    reader.feed(response.text)
    return reader.forms, reader.links


def endpoint_of(app: Flask, path: str, method: str = "GET") -> str:
    """The endpoint behind a path of this service, or nothing."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method)[0])
    except HTTPException:
        return ""


def walk(app: Flask, client: FlaskClient, starts: Sequence[str]) -> dict[str, TestResponse]:
    """Every page one gets to from here, by its path: those to start at, and a few of each kind."""
    waiting, alike = list(dict.fromkeys(starts)), dict[str, int]()
    seen: dict[str, TestResponse] = {}
    while waiting:
        path = waiting.pop(0)
        endpoint = endpoint_of(app, path)
        known = path in seen or (path not in starts and alike.get(endpoint, 0) >= MOST_ALIKE)
        if not endpoint or endpoint == "static" or path.endswith(".pdf") or known:
            continue
        response = seen[path] = client.get(path)
        alike[endpoint] = alike.get(endpoint, 0) + 1
        if response.mimetype == "text/html":
            waiting += [link for link in read_page(response)[1] if link.startswith("/")]
        if response.location:
            waiting.append(response.location)
    return seen
