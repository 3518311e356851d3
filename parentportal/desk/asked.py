"""What parents asked for on their own pages, by the promised day; an officer sees to it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.models import OfferKind, RequestKind
from parentportal.operations.contacts import LONDON
from parentportal.operations.requests import RequestEnded, see_to
from parentportal.permissions import Action
from parentportal.queries.asked import open_requests
from parentportal.web import now, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

KINDS: Mapping[str, str] = MappingProxyType(
    {
        RequestKind.CALL: _("They would like a call"),
        RequestKind.INTEREST: _("They are interested"),
        RequestKind.DECLINE: _("They said no, for good"),
        RequestKind.WAY_BACK: _("They want the old travel back"),
        RequestKind.CORRECTION: _("They say that something is wrong"),
        RequestKind.COMPLAINT: _("They complain about how we use their data"),
    }
)

OFFERS: Mapping[str, str] = MappingProxyType(
    {
        OfferKind.PTB: _("Personal Transport Budget"),
        OfferKind.ITT: _("Independent Travel Training"),
        OfferKind.MINI_PTB: _("One-off travel payment"),
    }
)

TIMES: Mapping[str, str] = MappingProxyType(
    {
        "morning": _("In the morning"),
        "midday": _("In the middle of the day"),
        "afternoon": _("In the afternoon"),
        "any": _("At any time"),
    }
)


@bp.get("/asked")
@requires(Action.TEND_REQUESTS)
def asked() -> ResponseReturnValue:
    """All that is open, with the words of whoever asked."""
    with reading() as session:
        rows = open_requests(session)
    return render_template(
        "desk/asked.html",
        rows=rows,
        today=now().astimezone(LONDON).date(),
        kinds=KINDS,
        offers=OFFERS,
        times=TIMES,
    )


@bp.post("/asked/<uuid:request_id>/done")
@requires(Action.TEND_REQUESTS)
def seen_to(request_id: UUID) -> ResponseReturnValue:
    """An officer has done it; the parent sees so on their own page."""
    try:
        with transaction() as session:
            see_to(session, request_id, now=now(), by=signed_in_officer())
    except RequestEnded:
        flash(gettext("Somebody saw to this already, or it was taken back."), "important")
    else:
        flash(gettext("Recorded. The parent sees on their page that it is done."), "success")
    return redirect(url_for(".asked"))
