"""The floor: the least that could keep a parent's answers. Bare Flask, a form, one row a page.

No council, no languages, no sealing, no typing: what is above it in the table is what those cost.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask, redirect, render_template, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

TABLE = "CREATE TABLE kept (code TEXT, page INTEGER, answer TEXT, PRIMARY KEY (code, page))"
ROW = "INSERT INTO kept VALUES (?, ?, ?)"
PAGE = """<!doctype html><html lang="en"><title>Page {{ page }}</title>
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
<h1>Page {{ page }}</h1>
{% for answer in range(1, 7) %}<label><input type="radio" name="answer" value="{{ answer }}">
{{ answer }}</label>{% endfor %}
<button>Continue</button></form></html>"""


def create_floor(database_url: str, pages: int) -> Flask:
    """The floor's application: ``pages`` forms one after the other, and then a last page."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only a benchmark")
    app.jinja_loader = DictLoader({"page.html": PAGE})  # compiled once, as from a file
    CSRFProtect(app)
    keep = RowKeeper(database_url)

    @app.get("/")
    def last() -> ResponseReturnValue:
        return "<h1>Thank you</h1>"

    @app.route("/<code>/<int:page>", methods=["GET", "POST"])
    def ask(code: str, page: int) -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("page.html", page=page)
        keep(code, page, request.form["answer"])
        return redirect("/" if page == pages else f"/{code}/{page + 1}", 303)

    return app


class RowKeeper:
    """Writes one row and waits until it is on the disk; each thread has a connection."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._own = threading.local()
        if self._sqlite:
            self._connection().execute("PRAGMA journal_mode = WAL")
        self._connection().execute(TABLE)

    @property
    def _sqlite(self) -> bool:
        return self._url.startswith("sqlite:///")

    def __call__(self, code: str, page: int, answer: str) -> None:
        row = ROW if self._sqlite else ROW.replace("?", "%s")
        self._connection().execute(row, (code, page, answer))

    def _connection(self) -> Any:
        if not hasattr(self._own, "connection"):
            self._own.connection = (
                sqlite3.connect(
                    self._url.removeprefix("sqlite:///"), isolation_level=None, timeout=15
                )
                if self._sqlite
                else psycopg.connect(self._url, autocommit=True)
            )
            if self._sqlite:
                self._own.connection.execute("PRAGMA synchronous = FULL")
        return self._own.connection
