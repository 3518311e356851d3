"""Campaigns and their batches; who would get a draft, who is left out and why; then write it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import DraftForm
from parentportal.operations.outbox import NothingToDraft, draft_batch
from parentportal.operations.recipients import gather
from parentportal.permissions import Action
from parentportal.queries.automatic import days_of_rules
from parentportal.queries.not_arrived import not_arrived_count
from parentportal.queries.outbox import batches, batches_by_rule, names_of
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from parentportal.models import Officer

LONDON = ZoneInfo("Europe/London")
OFFERED = tuple(key for key in CAMPAIGN_KEYS if load_campaign(key).offer is not None)
"""Campaigns drafted here, for everyone with an open offer; the others begin at the groups."""

SHOWN = 50
"""How many of those left out are named on the page; the table above counts all."""


@bp.get("/messages")
@requires(Action.READ_MESSAGES)
def campaigns() -> ResponseReturnValue:
    """The campaigns, and every batch of them; what went by itself by its rule and day."""
    with reading() as session:
        lines, days = batches(session), days_of_rules(session)
        wrong = not_arrived_count(session)
    return render_template(
        "desk/campaigns.html", lines=lines, days=days, wrong=wrong, offered=OFFERED
    )


@bp.get("/messages/by-rule/<uuid:rule_id>/<day>")
@requires(Action.READ_MESSAGES)
def batches_of_day(rule_id: UUID, day: str) -> ResponseReturnValue:
    """What went by itself by one rule on one day."""
    try:
        dated = date.fromisoformat(day)
    except ValueError:
        abort(HTTPStatus.NOT_FOUND)
    with reading() as session:
        found = batches_by_rule(session, rule_id, dated, request.args.get("page", 1, type=int))
    return render_template("desk/by-rule.html", found=found, rule_id=rule_id, day=dated)


@bp.route("/messages/draft/<key>", methods=["GET", "POST"])
@requires(Action.DRAFT_MESSAGES)
def draft(key: str) -> ResponseReturnValue:
    """Who would be written to now, and the button that writes the drafts."""
    if key not in OFFERED:
        abort(HTTPStatus.NOT_FOUND)
    form = DraftForm(now().astimezone(LONDON).date())
    if form.validate_on_submit():
        try:
            return _draft(key, form)
        except NothingToDraft as nothing:
            found = Counter(one.code for one in nothing.left_out)
            form.form_errors.append(_("Nobody can be written to. The reasons are below."))
            return _page(key, form, found), HTTPStatus.CONFLICT
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return _page(key, form), status


def _draft(key: str, form: DraftForm) -> ResponseReturnValue:
    officer = cast("Officer", signed_in_officer())
    with transaction() as session:
        batch = draft_batch(
            session,
            key,
            dated=form.dated.data,
            now=now(),
            by=officer,
            asked=[Channel(channel) for channel in form.channels.data],
            portal_link=f"{portal().settings.base_url}/",
        )
    flash(_("The messages are drafted. Nothing has been sent."), "success")
    return redirect(url_for("desk.batch", batch_id=batch.id))


def _page(key: str, form: DraftForm, refused: Counter[str] | None = None) -> str:
    with reading() as session:
        gathered = gather(session, key, dated=now().astimezone(LONDON).date())
        shown = gathered.left_out[:SHOWN]
        carers = names_of(session, [one.carer_id for one in shown])
    reasons = refused or Counter(one.code for one in gathered.left_out)
    return render_template(
        "desk/draft.html",
        form=form,
        key=key,
        gathered=gathered,
        channels=Counter(channel for one in gathered.candidates for channel in one.channels),
        languages=Counter(one.carer.language for one in gathered.candidates),
        families=len({one.carer.family_id for one in gathered.candidates}),
        reasons=reasons,
        left_out=[(carers[one.carer_id], one.code) for one in shown if one.carer_id in carers],
        more=len(gathered.left_out) - len(shown),
        people=ngettext("%(num)s carer", "%(num)s carers", len(gathered.candidates)),
    )
