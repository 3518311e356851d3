"""Officers' sign-in on the web: who is there, and views that ask for a permission."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import g, redirect, request, session, url_for

from parentportal.models import Officer
from parentportal.permissions import Action, check_may
from parentportal.web import now, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

IDLE_MINUTES = 30


def begin_session(officer: Officer) -> None:
    """Start a signed-in session: nothing of the session before is carried over but the language."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    session.permanent = True
    session["officer"] = str(officer.id)
    session["seen"] = int(now().timestamp())


def end_session() -> None:
    """Forget who was signed in."""
    session.clear()


def signed_in_officer() -> Officer | None:
    """The officer of this request, asked of the database once; none when the session is stale."""
    if "officer" not in g:
        g.officer = _load()
    officer: Officer | None = g.officer
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
                return redirect(url_for("desk.sign_in", next=request.full_path.rstrip("?")))
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
    if moment - session.get("seen", 0) > IDLE_MINUTES * 60:
        session.pop("officer", None)
        return None
    session["seen"] = moment
    with reading() as database:
        officer = database.get(Officer, UUID(known))
    return officer if officer is not None and officer.active else None
