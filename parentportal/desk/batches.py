"""One batch: what is in it, and the steps it takes before it is sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from messaging.channels import Channel
from messaging.lifecycle import BATCH_STEPS, State, Step, may_follow
from parentportal.auth import requires, signed_in_officer
from parentportal.desk import words
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import SendBackForm
from parentportal.desk.sending_words import PAUSED
from parentportal.operations import outbox
from parentportal.permissions import Action
from parentportal.queries.outbox import (
    TOGETHER,
    batch_line,
    messages,
    names_of,
    not_reached,
    shares,
    taken_out,
)
from parentportal.web import now, reading, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Officer, OutgoingBatch

SHOWN = 50


@bp.get("/messages/<uuid:batch_id>")
@requires(Action.READ_MESSAGES)
def batch(batch_id: UUID) -> ResponseReturnValue:
    """What is in a batch, who is left out, and what can be done to it now."""
    return _page(batch_id, SendBackForm())


@bp.post("/messages/<uuid:batch_id>/submit")
@requires(Action.DRAFT_MESSAGES)
def submit(batch_id: UUID) -> ResponseReturnValue:
    """Hand a draft to a second officer."""
    with transaction() as session:
        outbox.submit(session, batch_id, now=now(), by=_officer())
    flash(_("A second officer can read and approve this now."), "success")
    return redirect(url_for("desk.batch", batch_id=batch_id))


@bp.post("/messages/<uuid:batch_id>/approve")
@requires(Action.APPROVE_MESSAGES)
def approve(batch_id: UUID) -> ResponseReturnValue:
    """Let a batch go as it stands."""
    with transaction() as session:
        approved = outbox.approve(session, batch_id, now=now(), by=_officer())
        out = len(taken_out(session, batch_id))
    if out:
        flash(
            ngettext(
                "%(num)s message was taken out: something changed since it was drafted. "
                "The reason is below.",
                "%(num)s messages were taken out: something changed since they were drafted. "
                "The reasons are below.",
                out,
            ),
            "important",
        )
    if approved.state is State.APPROVED:
        flash(_("Approved. An officer can send it now."), "success")
    return redirect(url_for("desk.batch", batch_id=batch_id))


@bp.post("/messages/<uuid:batch_id>/send-back")
@requires(Action.APPROVE_MESSAGES)
def send_back(batch_id: UUID) -> ResponseReturnValue:
    """Return a batch with a note."""
    form = SendBackForm()
    if not form.validate_on_submit():
        return _page(batch_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction() as session:
        outbox.send_back(session, batch_id, note=form.note.data, now=now(), by=_officer())
    flash(_("Sent back with your note."), "success")
    return redirect(url_for("desk.batch", batch_id=batch_id))


@bp.post("/messages/<uuid:batch_id>/withdraw")
@requires(Action.DRAFT_MESSAGES)
def withdraw(batch_id: UUID) -> ResponseReturnValue:
    """Take a batch back before it goes."""
    with transaction() as session:
        outbox.withdraw(session, batch_id, now=now(), by=_officer())
    flash(_("Withdrawn. Nothing of it was sent, and you can draft again."), "success")
    return redirect(url_for("desk.campaigns"))


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())


def _page(batch_id: UUID, form: SendBackForm) -> str:
    with reading() as session:
        line = batch_line(session, batch_id)
        made_of = shares(session, batch_id)
        stretch = messages(session, batch_id, request.args.get("page", 1, type=int))
        left_out = _left_out(session, line.batch)
        shown = left_out[:SHOWN]
        carers = names_of(session, [carer_id for carer_id, _ in shown]) if shown else {}
    by_version: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for share in made_of:
        by_version[share.variant, share.reason][share.channel] += share.messages
    printed = sum(share.messages for share in made_of if share.channel is Channel.LETTER)
    steps = {step for step in Step if may_follow(line.batch.state, step, BATCH_STEPS)}
    return render_template(
        "desk/batch.html",
        line=line,
        made_of=by_version,
        channels=sorted({share.channel for share in made_of}, reverse=True),
        stretch=stretch,
        parts=[
            (part, first, min(first + TOGETHER - 1, printed))
            for part, first in enumerate(range(1, printed + 1, TOGETHER), 1)
        ],
        reasons=Counter(code for _, code in left_out),
        left_out=[(carers[key], code) for key, code in shown if key in carers],
        more=len(left_out) - len(shown),
        languages=sorted({words.language_name(share.language) for share in made_of}),
        form=form,
        steps=steps,
        Step=Step,
        State=State,
        released=line.batch.send_from is not None,
        why_paused=PAUSED,
        drafted_by_me=line.batch.drafted_by_id == _officer().id,
    )


def _left_out(session: Session, batch: OutgoingBatch) -> list[tuple[UUID, str]]:
    """Who got no message at drafting, and whose was taken out or failed since: why, each once."""
    at_drafting = [(UUID(carer_id), code) for carer_id, code in batch.left_out]
    return list(dict.fromkeys([*at_drafting, *not_reached(session, batch.id)]))
