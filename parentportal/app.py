"""The Flask application, put together from its rooms."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from parentportal import account, desk, errors, i18n, presentation, programme, survey
from parentportal.auth import officer_in_hand
from parentportal.health import bp as health
from parentportal.installation import open_database
from parentportal.receipts import bp as receipts
from parentportal.typed_in import refuse_hidden
from parentportal.waking import Waker
from parentportal.web import Portal, system_clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask import Response

    from parentportal.config import Settings

SESSION_HOURS = 8


def create_app(settings: Settings, *, clock: Callable[[], datetime] = system_clock) -> Flask:
    """Put the service together for one installation.

    Raises:
        KeyringStrange: when the keys are not those of the database.
    """
    database = open_database(settings)
    with suppress(SQLAlchemyError):  # away, or without tables yet: asked again when it is used
        database.begin_use()
    app = Flask(__name__)
    app.config.from_mapping(
        SECRET_KEY=settings.keyring.derive("session"),
        SESSION_COOKIE_NAME="__Host-portal" if settings.secure_cookies else "portal",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_HOURS * 3600,
        MAX_CONTENT_LENGTH=settings.largest_upload,
        TRUSTED_HOSTS=[urlsplit(settings.base_url).hostname, "127.0.0.1", "localhost"],
        WTF_CSRF_TIME_LIMIT=None,  # a token is good for as long as its session
        # Our pages send no Referer, so none can be asked for: the token in each form and the
        # SameSite cookie are what tells a form of ours.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.extensions["portal"] = Portal(settings, database, clock, Waker(settings))
    CSRFProtect(app).exempt(receipts)  # a provider posts there, with a token of its own
    i18n.register(app)
    presentation.register(app)
    errors.register(app)
    app.register_blueprint(health)
    app.register_blueprint(receipts)
    for room in (survey, account, desk, programme):
        app.register_blueprint(room.bp)
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.before_request(_fresh_nonce)
    app.before_request(refuse_hidden)
    app.after_request(_headers)
    app.context_processor(lambda: {"officer": officer_in_hand()})
    return app


def _fresh_nonce() -> None:
    g.csp_nonce = secrets.token_urlsafe(16)


def _headers(response: Response) -> Response:
    """Say to the browser what these pages never do."""
    nonce = g.get("csp_nonce", "")
    headers = response.headers
    headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.mimetype == "text/html":
        headers["Cache-Control"] = "no-store"
    return response
