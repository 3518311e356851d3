"""Whether the service lives, and whether it can serve."""

from http import HTTPStatus

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from parentportal.schema import is_current
from parentportal.web import portal

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return "ok", HTTPStatus.OK, {"Content-Type": "text/plain"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """The database answers and stands at this release's newest migration."""
    try:
        with portal().database.engine.connect() as connection:
            current = is_current(connection)
    except SQLAlchemyError:
        current = False
    status = HTTPStatus.OK if current else HTTPStatus.SERVICE_UNAVAILABLE
    return "ready" if current else "not ready", status, {"Content-Type": "text/plain"}
