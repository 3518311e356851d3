"""A carer rings and objects to tailoring, or changes their mind: kept from their letter's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from parentportal.auth import requires, signed_in_officer
from parentportal.desk.blueprint import bp
from parentportal.operations import objections
from parentportal.permissions import Action
from parentportal.queries.outbox import message
from parentportal.web import now, transaction

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.post("/messages/<uuid:batch_id>/<uuid:message_id>/object")
@requires(Action.DRAFT_MESSAGES)
def object_to_tailoring(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Keep the objection, and restate what is not sent; what is on its way, a worker restates."""
    with transaction() as session:
        carer_id = message(session, batch_id, message_id).carer_id
        restated = objections.object_to_tailoring(
            session, carer_id, now=now(), by=signed_in_officer()
        )
    flash(_("Recorded. From now on they get the neutral version."), "success")
    if restated:
        flash(
            ngettext(
                "%(num)s message not sent yet is in the neutral version now, as a draft.",
                "%(num)s messages not sent yet are in the neutral version now, as drafts.",
                len(restated),
            ),
            "important",
        )
    return redirect(url_for("desk.letter", batch_id=batch_id, message_id=message_id))


@bp.post("/messages/<uuid:batch_id>/<uuid:message_id>/allow")
@requires(Action.DRAFT_MESSAGES)
def allow_tailoring(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Take the objection back: the next draft may choose by the answers again."""
    with transaction() as session:
        carer_id = message(session, batch_id, message_id).carer_id
        objections.allow_tailoring(session, carer_id, now=now(), by=signed_in_officer())
    flash(_("Recorded. The next draft may choose words by their answers again."), "success")
    return redirect(url_for("desk.letter", batch_id=batch_id, message_id=message_id))
