"""The blueprint of the officers' pages, and the navigation of every page an officer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import lazy_gettext as _

from parentportal.auth import officer_in_hand
from parentportal.desk import words
from parentportal.permissions import Action, may

if TYPE_CHECKING:
    from collections.abc import Callable

bp = Blueprint("desk", __name__, url_prefix="/desk")

ENTRIES: tuple[tuple[str, Action, str, str], ...] = (
    ("desk.home", Action.SEE_DESK, _("Home"), ""),
    (
        "desk.cohort",
        Action.SEE_COHORT,
        _("Families"),
        _("See who is in the cohort and who has answered. Bring in a spreadsheet."),
    ),
    (
        "desk.survey",
        Action.RUN_SURVEY,
        _("Survey"),
        _("Open a survey round, invite everyone, and get the codes for the letters."),
    ),
    (
        "desk.keying",
        Action.KEY_FORMS,
        _("Paper forms"),
        _("Type in the forms that came back by post."),
    ),
    (
        "desk.asked",
        Action.TEND_REQUESTS,
        _("Requests"),
        _("See what parents asked for, by when it is promised, and say when it is done."),
    ),
    (
        "desk.campaigns",
        Action.READ_MESSAGES,
        _("Messages"),
        _("Draft letters and emails, read them, compare the versions, approve and send."),
    ),
    (
        "desk.automatic_rules",
        Action.READ_MESSAGES,
        _("Automatic messages"),
        _("See which messages go by themselves, by which rule, and who approved it."),
    ),
    (
        "desk.telephone",
        Action.SEE_VERSIONS,
        _("Telephone"),
        _("Read what to say when you ring a family, for anybody or for one family."),
    ),
    (
        "programme.counts",
        Action.SEE_SEGMENT_COUNTS,
        _("Discussion groups"),
        _("See how many parents stand where, plan groups, draw and invite."),
    ),
    (
        "desk.copy_library",
        Action.SEE_VERSIONS,
        _("Wording"),
        _("Read every version of every message, and change the words around the facts."),
    ),
    (
        "programme.trials",
        Action.PLAN_TRIALS,
        _("Comparing wording"),
        _("Plan what each campaign counts, and see whether its wording made a difference."),
    ),
    (
        "programme.tool",
        Action.TEND_TOOL,
        _("Typing tool"),
        _("See whether the questions still work here, and decide about new numbers for them."),
    ),
    (
        "desk.languages",
        Action.SEE_DESK,
        _("Languages"),
        _("See which languages parents are offered, and which wait for review."),
    ),
)
"""Where an officer can go, and what for; a page nobody has built, or not for this role, is not
shown."""


@bp.app_context_processor
def _navigation() -> dict[str, Any]:
    officer = officer_in_hand()
    if officer is None:
        return {}
    shown = [
        (endpoint, name, purpose)
        for endpoint, action, name, purpose in ENTRIES
        if endpoint in current_app.view_functions and may(officer.role, action)
    ]
    # Pages of one entry may lie below those of another: the longest address is the nearest.
    here = max((url_for(entry[0]) for entry in shown if _is_here(entry[0])), key=len, default=None)
    entries = [
        {
            "text": name,
            "href": url_for(endpoint),
            "current": url_for(endpoint) == here,
            "purpose": purpose,
        }
        for endpoint, name, purpose in shown
    ]

    def may_do(action: str) -> bool:
        return may(officer.role, Action(action))

    allowed: Callable[[str], bool] = may_do
    return {"navigation": entries, "may": allowed}


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"words": words}


def _is_here(endpoint: str) -> bool:
    address = url_for(endpoint)
    if endpoint == "desk.home":
        return request.path == address
    return request.path == address or request.path.startswith(address.rstrip("/") + "/")
