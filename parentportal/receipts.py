"""Where providers tell what became of messages: `POST /receipts/notify`.

Nobody signs in here and no form leads here, so there is no session and no form token; whoever posts
shows the bearer token that the council gave GOV.UK Notify. A message that is not ours is answered
like any other: a provider that is refused would only ask again.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, abort, request

from parentportal.dispatch.notify_reports import (
    CallbackUnreadable,
    read_callback,
    token_is_right,
)
from parentportal.operations.receipts import record
from parentportal.web import now, portal, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("receipts", __name__, url_prefix="/receipts")

LARGEST = 16 * 1024
"""Bytes of one callback; theirs have less than one thousand."""


@bp.post("/notify")
def notify() -> ResponseReturnValue:
    """One delivery receipt or returned letter of GOV.UK Notify."""
    service = portal().settings.ways_out.notify
    if service is None:
        abort(HTTPStatus.NOT_FOUND)
    if not token_is_right(request.headers.get("Authorization"), service.token):
        return "", HTTPStatus.UNAUTHORIZED
    request.max_content_length = LARGEST
    try:
        report = read_callback(request.get_json(force=True, silent=True), now())
    except CallbackUnreadable:
        return "", HTTPStatus.BAD_REQUEST
    if report is not None:
        with transaction() as session:
            record(session, report, now=now())
    return "", HTTPStatus.NO_CONTENT
