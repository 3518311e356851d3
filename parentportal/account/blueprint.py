"""The blueprint of a parent's own pages, and what they share."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, session
from flask_babel import refresh

from parentportal.i18n import LANGUAGES, PARAMETER
from parentportal.operations.replies import LinkUnreadable
from parentportal.web import portal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from parentportal.refusals import Refusal

bp = Blueprint("account", __name__)


def speak(language: str) -> None:
    """Begin in the language of the letter; one that the parent chose on these pages wins."""
    if language in LANGUAGES and not (PARAMETER in request.args or PARAMETER in session):
        session[PARAMETER] = language
        refresh()


def kind_page(refusal: Refusal) -> ResponseReturnValue:
    """What may have happened to a link that leads nowhere, and whom to ask."""
    status = HTTPStatus.NOT_FOUND if isinstance(refusal, LinkUnreadable) else HTTPStatus.GONE
    page = render_template(
        "account/no-reply.html", reason=refusal.code, contact=portal().council().contact
    )
    return page, status
