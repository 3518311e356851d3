"""Reading letters: as their parent will see them, as PDF, and in all versions side by side."""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, url_for
from markupsafe import Markup

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.facts import facts_of
from messaging.letters import LetterPress, Stationery
from messaging.message import Message
from messaging.press import NotPrintable
from messaging.variants import load_variant, version_beside, voices
from parentportal.auth import requires
from parentportal.desk import words
from parentportal.desk.automatic_words import TRIGGERS
from parentportal.desk.blueprint import bp
from parentportal.desk.wishes import REPLIES, wishes_form
from parentportal.operations.carer_replies import WITH_THEM, kinds_open
from parentportal.operations.council import council_in_force
from parentportal.operations.recipients import Addressee
from parentportal.permissions import Action
from parentportal.queries.automatic import rule_of
from parentportal.queries.messages import opted_out, replies_to
from parentportal.queries.outbox import letters, message
from parentportal.refusals import NotThere
from parentportal.side_by_side import side_by_side
from parentportal.web import portal, reading

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

_presses = local()


@bp.get("/messages/<uuid:batch_id>/<uuid:message_id>")
@requires(Action.READ_MESSAGES)
def letter(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """A message in the stored words: those that go."""
    with reading() as session:
        row = message(session, batch_id, message_id)
        replies = replies_to(session, row.id)
        campaign = load_campaign(row.campaign.key)
        stopped = opted_out(session, row.carer_id, campaign.purpose)
        rule = rule_of(session, row.batch)
    stored = Message.from_json(row.content)
    # The message is escaped where it is made: messaging.shown.
    body = Markup(stored.html())  # noqa: S704
    return render_template(
        "desk/letter.html",
        row=row,
        reader=Addressee.read(row.recipient).recipient.name,
        message=stored,
        body=body,
        Channel=Channel,
        replies=[(REPLIES[reply.kind], reply.at) for reply in replies],
        may_say=[(kind, REPLIES[kind]) for kind in kinds_open(campaign.key)]
        if row.state in WITH_THEM
        else [],
        stopped=bool(stopped),
        rule=rule,
        triggers=TRIGGERS,
        form=wishes_form(row.carer),
    )


@bp.get("/messages/<uuid:batch_id>/<uuid:message_id>.pdf")
@requires(Action.READ_MESSAGES)
def letter_pdf(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The letter as it prints, from the stored words."""
    with reading() as session:
        row = message(session, batch_id, message_id)
    if row.channel is not Channel.LETTER:
        raise NotThere
    try:
        pdf = _press().render(Message.from_json(row.content)).pdf
    except NotPrintable as refused:
        flash(words.LEFT_OUT[refused.code], "important")
        return redirect(url_for("desk.letter", batch_id=batch_id, message_id=message_id))
    return _pdf(pdf, f"letter-{message_id}.pdf")


@bp.get("/messages/<uuid:batch_id>/letters-<int(min=1):part>.pdf")
@requires(Action.READ_MESSAGES)
def merged_pdf(batch_id: UUID, part: int) -> ResponseReturnValue:
    """Many letters of a batch in one file, each beginning on a right-hand page."""
    with reading() as session:
        rows = letters(session, batch_id, part)
    if not rows:
        raise NotThere
    try:
        pdf = _press().merge([Message.from_json(row.content) for row in rows])
    except NotPrintable as refused:
        flash(words.LEFT_OUT[refused.code], "important")
        return redirect(url_for("desk.batch", batch_id=batch_id))
    return _pdf(pdf, f"letters-{part}-{batch_id}.pdf")


@bp.get("/messages/<uuid:batch_id>/<uuid:message_id>/versions")
@requires(Action.SEE_VERSIONS)
def versions(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """The message as it is stored, and beside it the three versions that this family does not get.

    Piece by piece, in the order it prints; the stored facts are compared with the others'.
    """
    with reading() as session:
        row = message(session, batch_id, message_id)
        council = council_in_force(session)
    addressee = Addressee.read(row.recipient)
    wording = {
        name: load_variant(row.campaign.key, row.language, name, row.channel)
        for name in voices(load_campaign(row.campaign.key))
    }
    composed = {
        name: addressee.message(words, council, row.batch.dated, beside=version_beside(words))
        for name, words in wording.items()
    }
    composed[row.variant] = Message.from_json(row.content)
    return render_template(
        "desk/versions.html",
        row=row,
        recipient=addressee.recipient,
        composed=composed,
        pieces=side_by_side(composed),
        alike=len({facts_of(one) for one in composed.values()}) == 1,
        names=words.VERSIONS,
    )


def _press() -> LetterPress:
    """One press a thread, with the council's stationery as it is now: it is not for two."""
    stationery = Stationery.of(portal().council())
    if getattr(_presses, "stationery", None) != stationery:
        _presses.stationery, _presses.press = stationery, LetterPress(stationery)
    press: LetterPress = _presses.press
    return press


def _pdf(content: bytes, name: str) -> Response:
    return Response(
        content,
        mimetype="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
