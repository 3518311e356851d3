"""Sending a batch: now or later, paused, resumed, cancelled, and how far it has come."""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from messaging.channels import Channel
from messaging.lifecycle import GONE, State
from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import ScheduleForm
from parentportal.desk.sending_words import PAUSED
from parentportal.dispatch.opening import manifest_of
from parentportal.operations import doubts, scheduling
from parentportal.operations.signoffs import SignOffMissing, may_reach_people
from parentportal.operations.suppressing import put_right
from parentportal.permissions import Action
from parentportal.queries.not_arrived import not_arrived, not_arrived_count
from parentportal.queries.outbox import batch_line, counts_by_channel, uncertain
from parentportal.refusals import NotThere
from parentportal.ways_out import Provider
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Officer, OutgoingBatch
    from parentportal.office_hours import OfficeHours

LONDON = ZoneInfo("Europe/London")
REFRESHED_AFTER = 3  # seconds


@bp.post("/messages/<uuid:batch_id>/dispatch")
@requires(Action.DISPATCH_MESSAGES)
def send(batch_id: UUID) -> ResponseReturnValue:
    """Let an approved batch go at once; it goes on while the officer does something else."""
    with transaction() as session:
        _check_live(session, batch_id)
        scheduling.release(session, batch_id, send_from=now(), now=now(), by=_officer())
    portal().waker.wake()
    return redirect(url_for("desk.progress", batch_id=batch_id))


@bp.route("/messages/<uuid:batch_id>/schedule", methods=["GET", "POST"])
@requires(Action.DISPATCH_MESSAGES)
def schedule(batch_id: UUID) -> ResponseReturnValue:
    """Let an approved batch go from a moment on, and before a day."""
    form = ScheduleForm(now().astimezone(LONDON).date())
    if form.validate_on_submit():
        begins = datetime.combine(form.day.data, form.time.data or time(), LONDON)
        with transaction() as session:
            _check_live(session, batch_id)
            scheduling.release(
                session,
                batch_id,
                send_from=max(begins, now()),
                send_before=form.before.data,
                now=now(),
                by=_officer(),
            )
        portal().waker.wake()
        flash(_("It goes by itself from then on."), "success")
        return redirect(url_for("desk.progress", batch_id=batch_id))
    with reading() as session:
        line = batch_line(session, batch_id)
    page = render_template(
        "desk/schedule.html", line=line, form=form, hours=portal().settings.office_hours
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@bp.post("/messages/<uuid:batch_id>/pause")
@requires(Action.DISPATCH_MESSAGES)
def pause(batch_id: UUID) -> ResponseReturnValue:
    """Hold back what has not gone yet."""
    with transaction() as session:
        scheduling.pause(session, batch_id, because=scheduling.BY_OFFICER, now=now(), by=_officer())
    flash(_("Paused. Nothing more goes until you let it go on."), "success")
    return redirect(url_for("desk.progress", batch_id=batch_id))


@bp.post("/messages/<uuid:batch_id>/resume")
@requires(Action.DISPATCH_MESSAGES)
def resume(batch_id: UUID) -> ResponseReturnValue:
    """Let it go on."""
    with transaction() as session:
        _check_live(session, batch_id)
        scheduling.resume(session, batch_id, now=now(), by=_officer())
    portal().waker.wake()
    return redirect(url_for("desk.progress", batch_id=batch_id))


@bp.post("/messages/<uuid:batch_id>/cancel")
@requires(Action.DISPATCH_MESSAGES)
def cancel(batch_id: UUID) -> ResponseReturnValue:
    """Withdraw what has not gone."""
    with transaction() as session:
        withdrawn = scheduling.cancel(session, batch_id, now=now(), by=_officer())
    portal().waker.wake()
    flash(
        ngettext(
            "%(num)s message was withdrawn. What had gone before stays gone.",
            "%(num)s messages were withdrawn. What had gone before stays gone.",
            withdrawn,
        ),
        "success",
    )
    return redirect(url_for("desk.progress", batch_id=batch_id))


@bp.get("/messages/<uuid:batch_id>/progress")
@requires(Action.READ_MESSAGES)
def progress(batch_id: UUID) -> ResponseReturnValue:
    """How far the sending has come; the page asks again by itself unless told not to."""
    with reading() as session:
        line = batch_line(session, batch_id)
        counts = counts_by_channel(session, batch_id)
    by_state = {state: sum(found.get(state, 0) for found in counts.values()) for state in State}
    under_way = is_under_way(line.batch)
    still = request.args.get("refresh") == "no"
    answer = make_response(
        render_template(
            "desk/progress.html",
            line=line,
            counts=counts,
            by_state=by_state,
            gone=sum(by_state[state] for state in GONE),
            total=sum(by_state.values()),
            states=[state for state in _SHOWN if by_state[state]],
            later=line.batch.send_from is not None and line.batch.send_from > now(),
            hours=_hours_that_wait(counts),
            under_way=under_way,
            still=still,
            why_paused=PAUSED,
            State=State,
        )
    )
    if under_way and not still:
        answer.headers["Refresh"] = str(REFRESHED_AFTER)
    return answer


@bp.get("/messages/<uuid:batch_id>/manifest.csv")
@requires(Action.READ_MESSAGES)
def manifest(batch_id: UUID) -> ResponseReturnValue:
    """What went, for the print house."""
    path = manifest_of(portal().settings, batch_id)
    if not path.is_file():
        raise NotThere
    return Response(
        path.read_bytes(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="manifest.csv"',
            "Cache-Control": "no-store",
        },
    )


@bp.get("/messages/uncertain")
@requires(Action.DISPATCH_MESSAGES)
def uncertain_messages() -> ResponseReturnValue:
    """Messages that may have arrived and cannot be asked about: a person rings, and says."""
    with reading() as session:
        rows = uncertain(session)
    return render_template("desk/uncertain.html", rows=rows)


@bp.post("/messages/uncertain/<uuid:message_id>/arrived")
@requires(Action.DISPATCH_MESSAGES)
def arrived(message_id: UUID) -> ResponseReturnValue:
    """It arrived."""
    with transaction() as session:
        doubts.say_it_arrived(session, message_id, now=now(), by=_officer())
    flash(_("Recorded: it arrived."), "success")
    return redirect(url_for("desk.uncertain_messages"))


@bp.post("/messages/uncertain/<uuid:message_id>/send-again")
@requires(Action.DISPATCH_MESSAGES)
def send_again(message_id: UUID) -> ResponseReturnValue:
    """It did not arrive, so it goes again."""
    with transaction() as session:
        doubts.send_it_again(session, message_id, now=now(), by=_officer())
    portal().waker.wake()
    flash(_("It goes again."), "success")
    return redirect(url_for("desk.uncertain_messages"))


@bp.get("/messages/not-arrived")
@requires(Action.DISPATCH_MESSAGES)
def not_arrived_messages() -> ResponseReturnValue:
    """Where messages failed or came back, until somebody says that the address is right."""
    with reading() as session:
        entries, total = not_arrived(session), not_arrived_count(session)
    return render_template(
        "desk/not-arrived.html", entries=entries, more=total - len(entries), Channel=Channel
    )


@bp.post("/messages/not-arrived/<uuid:carer_id>/<any(letter, email, sms):channel>")
@requires(Action.DISPATCH_MESSAGES)
def address_is_right(carer_id: UUID, channel: str) -> ResponseReturnValue:
    """The address is right after all: the next draft writes there again."""
    with transaction() as session:
        put_right(
            session,
            {(carer_id, Channel(channel))},
            because=scheduling.BY_OFFICER,
            now=now(),
            by=_officer(),
        )
    flash(_("Recorded: it is right. The next draft writes to them again."), "success")
    return redirect(url_for("desk.not_arrived_messages"))


_SHOWN = (
    State.APPROVED,
    State.SENDING,
    State.DISPATCHED,
    State.DELIVERED,
    State.FAILED,
    State.RETURNED,
    State.UNCERTAIN,
    State.WITHDRAWN,
)


def is_under_way(batch: OutgoingBatch) -> bool:
    """Whether workers send it at this moment, or close it."""
    return (
        batch.state is State.APPROVED and batch.send_from is not None and batch.send_from <= now()
    )


def _hours_that_wait(counts: Mapping[Channel, Mapping[State, int]]) -> OfficeHours | None:
    """The office hours, if it is they that something of the batch waits for."""
    hours = portal().settings.office_hours
    waiting = {channel for channel, found in counts.items() if found.get(State.APPROVED)}
    if hours is None or hours.are_open(now()) or not waiting - {Channel.LETTER}:
        return None
    return hours


def _check_live(session: Session, batch_id: UUID) -> None:
    """Refuse to reach people before the DPIA is signed off.

    Raises:
        SignOffMissing: something of this batch would leave the house.
    """
    out = portal().settings.ways_out
    providers = {Channel.LETTER: out.letters, Channel.EMAIL: out.emails, Channel.SMS: out.texts}
    channels = counts_by_channel(session, batch_id)
    if any(providers[channel] is not Provider.FOLDER for channel in channels) and not (
        may_reach_people(session)
    ):
        raise SignOffMissing


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())
