"""How the pages look: the council's name and colour, and where page components come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, abort, request, url_for
from flask_babel import lazy_gettext
from jinja2 import BaseLoader, ChoiceLoader, PackageLoader, PrefixLoader
from sqlalchemy.exc import SQLAlchemyError

from messaging.colour import READABLE, WHITE, Colour
from parentportal.refusals import Refusal
from parentportal.sealing import KeyringUnreadable
from parentportal.web import portal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

BLACK = "#000000"
PLAIN = Colour(0x12, 0x43, 0x6D)
"""A calm blue, for pages of no council yet."""
READABLE_ON_TINT = 5.5
"""The same with room to spare, for links that also stand on a light tint of the colour."""
A_YEAR = 365 * 24 * 60 * 60
FOOTER = (
    ("survey.privacy", lazy_gettext("Privacy notice")),
    ("survey.cookies", lazy_gettext("Cookies")),
    ("survey.accessibility", lazy_gettext("Accessibility")),
    ("account.home", lazy_gettext("Your own page")),
    ("account.naming_a_school", lazy_gettext("Before you name a school")),
    ("account.first_journey", lazy_gettext("How long it takes to arrange travel")),
    ("account.versions", lazy_gettext("What we write to families")),
    ("account.formats", lazy_gettext("Other formats")),
    ("survey.contact", lazy_gettext("Contact us")),
)
"""Endpoint and words of each footer link; shown once the application has the endpoint."""


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose pages these are.

    Attributes:
        council_name: stands in the header and in every page's title.
        service_name: empty means "Travel to school: your say" in the reader's language.
        colour: the council's own; text on it and links in it stay readable whatever it is.
    """

    council_name: str = ""
    service_name: str = ""
    colour: Colour = PLAIN

    @property
    def colour_name(self) -> str:
        """The colour as the name of its stylesheet, such as ``12436d``."""
        return str(self.colour).removeprefix("#")


def brand_stylesheet(colour: Colour) -> str:
    """Write the stylesheet that puts a council's colour on the pages.

    Text on the colour is white where that can be read, else black; links take the colour
    only where it can be read on white and on a tint of itself.
    """
    on_brand = WHITE if colour.contrast(WHITE) >= READABLE else BLACK
    rules = [f"--govuk-brand-colour:{colour}", f"--portal-on-brand:{on_brand}"]
    if colour.contrast(WHITE) >= READABLE_ON_TINT:
        rules.append(f"--govuk-link-colour:{colour}")
    return ":root{" + ";".join(rules) + "}\n"


def brand_in_force() -> Brand:
    """Return the brand of the council in force; a nameless one while there is none to ask."""
    try:
        council = portal().council()
        return Brand(council.name, colour=council.colour)
    except (Refusal, SQLAlchemyError, KeyringUnreadable):
        return Brand()


def register(
    app: Flask,
    brand: Callable[[], Brand] = brand_in_force,
    footer: Sequence[tuple[str, object]] = FOOTER,
) -> None:
    """Give the application its page components and its council's looks.

    Args:
        app: the application; its templates gain ``brand``, ``footer_links`` and
            ``page_address``, and may import from ``govuk_frontend_jinja/components/…``.
        brand: asked once for each page; must not fail, for an error page needs it too.
        footer: endpoint and words of each link; an endpoint that is not there is left out.
    """
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    own: list[BaseLoader] = [app.jinja_loader] if app.jinja_loader else []
    app.jinja_loader = ChoiceLoader([*own, components])
    app.jinja_env.add_extension("jinja2.ext.do")

    def page_address(endpoint: str) -> str:
        """Where a page is that needs no parameters; empty while nobody has built it."""
        return url_for(endpoint) if endpoint in app.view_functions else ""

    def context() -> dict[str, Any]:
        links = [{"address": page_address(endpoint), "text": words} for endpoint, words in footer]
        return {
            "brand": brand(),
            "footer_links": [link for link in links if link["address"]],
            "page_address": page_address,
        }

    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and app.static_folder:
            values["v"] = _print_of(Path(app.static_folder, values["filename"]))

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args:
            response.cache_control.public = True
            response.cache_control.max_age = A_YEAR
            response.cache_control.immutable = True
            response.cache_control.no_cache = None
        return response

    app.context_processor(context)
    app.url_defaults(versioned)
    app.after_request(keep)
    # The colour is in the address, so a new colour is a new stylesheet and every copy keeps.
    app.add_url_rule("/brand/<name>.css", "brand_stylesheet", _stylesheet)


def _stylesheet(name: str) -> Response:
    try:
        colour = Colour.parse(name)
    except ValueError:
        abort(404)
    response = Response(brand_stylesheet(colour), mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = A_YEAR
    return response


@cache
def _print_of(path: Path) -> str:
    """A short fingerprint of a file, so that a changed file has a new address."""
    return sha256(path.read_bytes()).hexdigest()[:12]
