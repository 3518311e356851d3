"""The programme team's views: counts, groups, meetings, the draw, invitations."""

from __future__ import annotations

import secrets
from collections import Counter
from fractions import Fraction
from http import HTTPStatus
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from messaging.panels import bookings_needed, chance_of_filling, chances, pool_listing
from parentportal.auth import requires, signed_in_officer
from parentportal.errors import words_for
from parentportal.i18n import Direction, page_language
from parentportal.left_out import LEFT_OUT
from parentportal.models import InviteeState
from parentportal.operations.groups import (
    FEWEST_HOUSEHOLDS,
    LONDON,
    MeetingInThePast,
    NameTaken,
    TellsTheSegment,
    change_group,
    draft_invitations,
    hold_draw,
    plan_meeting,
    set_up_groups,
)
from parentportal.operations.outbox import NothingToDraft
from parentportal.operations.pools import pool_for
from parentportal.operations.replies import reply_token
from parentportal.permissions import Action
from parentportal.presentation import brand_in_force
from parentportal.programme.chart import Bar, bar_chart
from parentportal.programme.forms import DrawForm, GroupForm, MeetingForm
from parentportal.programme.picture import Look
from parentportal.programme.words import (
    AIMS,
    BATCHES,
    FOR_WHOM,
    KEPT_OUT,
    REPLIES,
    STANDINGS,
    first_name,
)
from parentportal.queries.disclosure import SMALLEST_SHOWN, publish
from parentportal.queries.groups import GroupSheet, group_lines, group_sheet, standings
from parentportal.refusals import NotThere, Refusal
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Officer

bp = Blueprint("programme", __name__, url_prefix="/programme")

NEIGHBOURS = 2
"""So many bookings below and above the proposed one are shown with their chance."""


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "standings": STANDINGS,
        "for_whom": FOR_WHOM,
        "kept_out_words": KEPT_OUT,
        "reply_words": REPLIES,
        "batch_words": BATCHES,
        "first_name": first_name,
        "percent": _percent,
        "smallest": SMALLEST_SHOWN,
    }


@bp.get("/")
@requires(Action.SEE_SEGMENT_COUNTS)
def counts() -> ResponseReturnValue:
    """Show how many parents stand where."""
    with reading() as session:
        published = publish(standings(session))
    return render_template("programme/counts.html", published=published)


@bp.get("/counts.svg")
@requires(Action.SEE_SEGMENT_COUNTS)
def counts_chart() -> ResponseReturnValue:
    """Draw the same counts as a picture."""
    with reading() as session:
        published = publish(standings(session))
    bars = [
        Bar(
            str(STANDINGS[standing][0]),
            number,
            _("hidden") if number is None else format_decimal(number),
        )
        for standing, number in published.cells.items()
    ]
    return drawn(lambda look: bar_chart(_("How many parents stand where"), bars, look))


def drawn(draw: Callable[[Look], str]) -> Response:
    """A picture in the look of the page that asks for it; no browser keeps what it counts."""
    language = page_language()
    look = Look(
        str(brand_in_force().colour),
        language.tag,
        right_to_left=language.direction is Direction.RIGHT_TO_LEFT,
        narrow="narrow" in request.args,
    )
    response = Response(draw(look), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/groups")
@requires(Action.PLAN_GROUPS)
def groups() -> ResponseReturnValue:
    """List the groups."""
    with reading() as session:
        lines = group_lines(session)
    return render_template(
        "programme/groups.html", lines=lines, complete=len(lines) >= len(FOR_WHOM)
    )


@bp.post("/groups")
@requires(Action.PLAN_GROUPS)
def set_up() -> ResponseReturnValue:
    """Set up the four groups."""
    aims = {segment: str(aim) for segment, aim in AIMS.items()}
    seats = portal().council().focus_groups.most_people
    with transaction() as session:
        made = set_up_groups(session, aims, seats, chance=SystemRandom(), now=now(), by=_officer())
    if made:
        flash(
            ngettext("%(num)s group is set up.", "%(num)s groups are set up.", len(made)), "success"
        )
    return redirect(url_for(".groups"))


@bp.get("/groups/<uuid:group_id>")
@requires(Action.PLAN_GROUPS)
def group(group_id: UUID) -> ResponseReturnValue:
    """Show a group: its meeting, its draw, its letters, its replies."""
    with reading() as session:
        sheet = _sheet(session, group_id)
    replies = {
        state: sum(invitee.state is state for invitee in sheet.invitees) for state in InviteeState
    }
    return render_template(
        "programme/group.html",
        sheet=sheet,
        replies=replies,
        upcoming=sheet.meeting is not None and sheet.meeting.starts_at > now(),
    )


@bp.route("/groups/<uuid:group_id>/change", methods=["GET", "POST"])
@requires(Action.PLAN_GROUPS)
def group_change(group_id: UUID) -> ResponseReturnValue:
    """Change a group's name, aim and seats."""
    with reading() as session:
        sheet = _sheet(session, group_id)
    form = GroupForm.of(sheet.group)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                change_group(session, group_id, form.plan(), now=now(), by=_officer())
        except (NameTaken, TellsTheSegment) as refusal:
            form.name.errors = [words_for(refusal)[1]]
        else:
            flash(_("The group is changed."), "success")
            return redirect(url_for(".group", group_id=group_id))
    return render_template("programme/group-change.html", sheet=sheet, form=form), _status(form)


@bp.route("/groups/<uuid:group_id>/meeting", methods=["GET", "POST"])
@requires(Action.PLAN_GROUPS)
def group_meeting(group_id: UUID) -> ResponseReturnValue:
    """Settle where and when a group meets."""
    with reading() as session:
        sheet = _sheet(session, group_id)
    form = MeetingForm.of(sheet.meeting, portal().council().focus_groups.minutes)
    also = []
    if form.validate_on_submit():
        try:
            with transaction() as session:
                plan_meeting(session, group_id, form.meeting(), now=now(), by=_officer())
        except MeetingInThePast as refusal:
            form.day.errors = [words_for(refusal)[1]]
        except Refusal as refusal:
            also = [words_for(refusal)[1]]
        else:
            flash(_("The meeting is planned."), "success")
            return redirect(url_for(".group", group_id=group_id))
    page = render_template("programme/meeting.html", sheet=sheet, form=form, also=also)
    return page, HTTPStatus.CONFLICT if also else _status(form)


@bp.route("/groups/<uuid:group_id>/draw", methods=["GET", "POST"])
@requires(Action.PLAN_GROUPS)
def group_draw(group_id: UUID) -> ResponseReturnValue:
    """Show the pool and every chance in it, and hold the draw."""
    with reading() as session:
        sheet = _sheet(session, group_id)
        pool = pool_for(session, sheet.group.segment)
    if sheet.draw is not None:
        return redirect(url_for(".group", group_id=group_id))
    seats = sheet.group.seats
    proposed = bookings_needed(seats)
    form = DrawForm(data={"invite": min(proposed, max(pool.households, 1))})
    also = []
    if form.validate_on_submit():
        try:
            with transaction() as session:
                hold_draw(
                    session,
                    group_id,
                    invite=form.invite.data,
                    seed=secrets.token_hex(16),
                    now=now(),
                    by=_officer(),
                )
        except Refusal as refusal:
            also = [words_for(refusal)[1]]
        else:
            flash(_("The draw was held."), "success")
            return redirect(url_for(".group", group_id=group_id))
    page = render_template(
        "programme/draw.html",
        sheet=sheet,
        form=form,
        also=also,
        households=pool.households,
        enough=pool.households >= FEWEST_HOUSEHOLDS,
        kept_out=publish(pool.kept_out).cells,
        bookings=[
            (booked, chance_of_filling(seats, booked), Fraction(booked, pool.households))
            for booked in range(max(seats, proposed - NEIGHBOURS), proposed + NEIGHBOURS + 1)
            if booked <= pool.households
        ],
        lowest=min(chances(pool.entrants, form.invite.data or 0).values(), default=Fraction()),
    )
    return page, HTTPStatus.CONFLICT if also else _status(form)


@bp.get("/groups/<uuid:group_id>/pool.txt")
@requires(Action.PLAN_GROUPS)
def group_pool(group_id: UUID) -> ResponseReturnValue:
    """Give the pool as a file of keys, so that somebody else can repeat the draw."""
    with reading() as session:
        sheet = _sheet(session, group_id)
        pool = pool_for(session, sheet.group.segment)
    if sheet.draw is not None or pool.households < FEWEST_HOUSEHOLDS:
        raise NotThere
    response = Response(pool_listing(pool.entrants), mimetype="text/plain")
    response.headers["Content-Disposition"] = "attachment; filename=pool.txt"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/groups/<uuid:group_id>/invitations")
@requires(Action.PLAN_GROUPS)
def group_invitations(group_id: UUID) -> ResponseReturnValue:
    """Draft the letters to everyone who was drawn; a second officer approves them."""
    base_url = portal().settings.base_url
    try:
        with transaction() as session:
            batch = draft_invitations(
                session,
                group_id,
                reply_link=lambda key: base_url + url_for("account.reply", token=reply_token(key)),
                portal_link=base_url,
                dated=now().astimezone(LONDON).date(),
                now=now(),
                by=_officer(),
            )
    except NotThere:
        raise
    except Refusal as refusal:
        flash(" ".join([words_for(refusal)[1], *_reasons(refusal)]), "important")
        return redirect(url_for(".group", group_id=group_id))
    flash(_("The invitations are drafted. Read them, then hand them in for approval."), "success")
    return redirect(url_for("desk.batch", batch_id=batch.id))


def _reasons(refusal: Refusal) -> list[str]:
    """Why those who are left out get no letter, the commonest reason first."""
    if not isinstance(refusal, NothingToDraft):
        return []
    counted = Counter(one.code for one in refusal.left_out)
    return [
        _("%(reason)s (%(count)s)", reason=LEFT_OUT.get(code, code), count=count)
        for code, count in counted.most_common()
    ]


def _sheet(session: Session, group_id: UUID) -> GroupSheet:
    sheet = group_sheet(session, group_id)
    if sheet is None:
        raise NotThere
    return sheet


def _officer() -> Officer:
    officer = signed_in_officer()
    assert officer is not None  # noqa: S101 -- @requires saw to it
    return officer


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK


def _percent(share: float | Fraction) -> str:
    """A share in whole per cent, and never 0% or 100% for what is neither."""
    whole = round(float(share) * 100)
    if not 0 < share < 1:
        return f"{whole}%"
    return {0: "<1%", 100: ">99%"}.get(whole, f"{whole}%")
