"""Officers' sign-in on the web: who is there, and views that ask for a permission."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import g, redirect, session, url_for

from parentportal.models import Officer
from parentportal.operations.accounts import sign_out
from parentportal.permissions import Action, check_may
from parentportal.web import now, page_to_return_to, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
"""From the sign-in, however busy the session is."""


def begin_session(officer: Officer) -> None:
    """Start a signed-in session: nothing of the session before is carried over but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    session["officer"] = str(officer.id)
    session["number"] = officer.session_number
    session["since"] = session["seen"] = int(now().timestamp())


def end_session() -> None:
    """Forget who was signed in, in this browser and in every other that they left open."""
    officer = signed_in_officer()
    if officer is not None:
        with transaction() as database:
            sign_out(database, officer.id, now())
    session.clear()


def signed_in_officer() -> Officer | None:
    """The officer of this request, asked of the database once; none when the session is stale."""
    if "officer" not in g:
        g.officer = _load()
    officer: Officer | None = g.officer
    return officer


def officer_in_hand() -> Officer | None:
    """The officer this request has asked for already: an error page asks the database nothing."""
    officer: Officer | None = g.get("officer")
    return officer


def requires(action: Action) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view for signed-in officers whose role covers ``action``.

    The view carries ``required_action``, so that a test can try every route as every role.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            officer = signed_in_officer()
            if officer is None:
                return redirect(url_for("desk.sign_in", next=page_to_return_to()))
            check_may(officer.role, action)
            answer: ResponseReturnValue = view(*args, **kwargs)
            return answer

        guarded.required_action = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def _load() -> Officer | None:
    known = session.get("officer")
    if known is None:
        return None
    moment = int(now().timestamp())
    idle, age = moment - session.get("seen", 0), moment - session.get("since", 0)
    if idle > IDLE.total_seconds() or age > LONGEST.total_seconds():
        session.pop("officer", None)
        return None
    session["seen"] = moment
    with reading() as database:
        officer = database.get(Officer, UUID(known))
    if officer is None or not officer.active or officer.session_number != session.get("number"):
        return None
    return officer
