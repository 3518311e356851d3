"""Other formats, for everybody: Easy Read, British Sign Language, and the sheet for schools.

The families on these sheets are invented, so they hold nobody's details and need no sign-in. A
sheet is printed once a day and language, and again when the council's settings change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.composition import CompositionRefused, Recipient, terms_of
from messaging.easy_read import EasyRead, build_easy_read
from messaging.locked import SurveyDetails
from messaging.pack import Pack, build_pack
from messaging.parity import sample_details, sample_recipients
from messaging.press import NotPrintable
from messaging.sheets import EasyReadPress, PackPress
from messaging.wording import written_languages
from parentportal.account.blueprint import bp
from parentportal.campaign_names import CAMPAIGNS
from parentportal.i18n import LANGUAGES
from parentportal.operations.contacts import LONDON
from parentportal.web import now, portal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask.typing import ResponseReturnValue

    from messaging.council import Council
    from parentportal.i18n import Language

PACK: Final = "schools"
"""The sheet for schools and partners, in addresses; any other is a campaign's Easy Read."""

EASY_READ: Final = tuple(key for key in CAMPAIGN_KEYS if written_languages(f"{key}/easy-read"))

MINUTES_KEPT: Final = 10
"""How long a browser may show a sheet without asking for it again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sheet as it was printed, and what it was printed from."""

    council: Council
    dated: date
    pdf: bytes


_kept: dict[tuple[str, str], Kept] = {}
"""The newest print of each sheet and language; two requests that print at once do no harm."""


@bp.get("/other-formats")
def formats() -> ResponseReturnValue:
    """What there is beside letters, emails and texts, and whom to ask for more."""
    council = portal().council()
    sheets = [(key, CAMPAIGNS[key], _languages_of(key, council)) for key in EASY_READ]
    return render_template(
        "account/formats.html",
        easy_read=[sheet for sheet in sheets if sheet[2]],
        pack=PACK,
        pack_languages=_languages_of(PACK, council),
        council=council,
        contact=council.contact,
    )


@bp.get("/other-formats/<sheet>-<language>.pdf")
def sheet_pdf(sheet: str, language: str) -> ResponseReturnValue:
    """One sheet as it prints."""
    council, dated = portal().council(), _today()
    made = _built(sheet, language, council, dated)
    if made is None:
        abort(HTTPStatus.NOT_FOUND)
    kept = _kept.get((sheet, language))
    if kept is None or (kept.dated, kept.council) != (dated, council):
        try:
            kept = Kept(council, dated, _printed(made, council))
        except NotPrintable:
            flash(_("We cannot print this just now. Please ask us for it."), "important")
            return redirect(url_for(".formats"))
        _kept[sheet, language] = kept
    response = Response(kept.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{sheet}-{language}.pdf"'
    response.cache_control.public = True
    response.cache_control.max_age = MINUTES_KEPT * 60
    return response


def _languages_of(sheet: str, council: Council) -> Sequence[Language]:
    """The languages in which there is such a sheet today."""
    dated = _today()
    return [LANGUAGES[code] for code in LANGUAGES if _built(sheet, code, council, dated)]


def _built(sheet: str, language: str, council: Council, dated: date) -> Pack | EasyRead | None:
    """A sheet; none where it is not written, or the council has not set what it is about."""
    if sheet != PACK and sheet not in EASY_READ:
        return None
    try:
        if sheet == PACK:
            return build_pack(council, language, dated=dated)
        return _easy_read(sheet, language, council, dated)
    except (LookupError, CompositionRefused):
        return None


def _easy_read(key: str, language: str, council: Council, dated: date) -> EasyRead:
    """The sheet that an invented family would get; nobody's code stands on it."""
    campaign = load_campaign(key)
    (_sample, children), *_others = sample_recipients(campaign)
    details = sample_details(campaign, dated)
    if isinstance(details, SurveyDetails):
        details = replace(details, code="")
    recipient = Recipient("Ali Sample", language, None, children)
    terms = terms_of(key, language, recipient, council, dated=dated, details=details)
    return build_easy_read(terms, recipient)


def _printed(made: Pack | EasyRead, council: Council) -> bytes:
    if isinstance(made, Pack):
        return PackPress(council.logo).render(made).pdf
    return EasyReadPress(council.logo).render(made).pdf


def _today() -> date:
    return now().astimezone(LONDON).date()
