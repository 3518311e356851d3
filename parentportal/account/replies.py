"""The page behind a reply link: the meeting, and yes or no, until it begins.

Opening the page changes nothing, so a mail scanner that follows the link replies for nobody.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from messaging.blocks import Fact, Grid
from messaging.campaigns import LockedBlock
from messaging.locked import Terms, build_locked
from parentportal.account.blueprint import bp, kind_page, speak
from parentportal.i18n import page_language
from parentportal.models import InviteeState
from parentportal.operations.groups import CAMPAIGN, invitation_details
from parentportal.operations.replies import (
    LinkUnreadable,
    MeetingBegun,
    Reply,
    ReplyClosed,
    invitee_of,
    may_reply,
)
from parentportal.operations.replies import reply as keep_reply
from parentportal.queries.groups import invitee_with_meeting
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from messaging.council import Council
    from parentportal.models import GroupSession, Invitee

_GIVEN = {InviteeState.ACCEPTED: Reply.ACCEPT, InviteeState.DECLINED: Reply.DECLINE}


class ReplyForm(FlaskForm):  # type: ignore[misc]
    """Yes or no."""

    answer = RadioField(
        _("Will you come?"),
        choices=[
            SelectChoice(Reply.ACCEPT.value, _("Yes, I will come")),
            SelectChoice(Reply.DECLINE.value, _("No, I cannot come")),
        ],
        validators=[InputRequired(_("Choose yes or no"))],
    )


@bp.route("/account/reply/<token>", methods=["GET", "POST"])
def reply(token: str) -> ResponseReturnValue:
    """Show an invitation and take the reply."""
    try:
        invitee = _open_invitation(token)
        form = ReplyForm()
        if form.validate_on_submit():
            with transaction() as database:
                keep_reply(
                    database,
                    invitee.id,
                    Reply(form.answer.data),
                    now=now(),
                    portal_link=portal().settings.base_url,
                )
            return redirect(url_for(".reply", token=token))
    except (LinkUnreadable, MeetingBegun, ReplyClosed) as refusal:
        return kind_page(refusal)
    if not form.is_submitted():
        form.answer.data = _GIVEN.get(invitee.state)
    council = portal().council()
    first, then, promise = _facts(invitee.session, council)
    return render_template(
        "account/reply.html",
        form=form,
        state=invitee.state,
        group=invitee.session.group,
        first_facts=first,
        other_facts=then,
        promise=promise,
        contact=council.contact,
    ), (HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK)


def _open_invitation(token: str) -> Invitee:
    """The invitation behind a link, while it can still be replied to; in the carer's language.

    Raises:
        LinkUnreadable: the link is not one of ours, or its invitation is gone.
        MeetingBegun: it is too late.
        ReplyClosed: the place is not held any more.
    """
    invitee_id = invitee_of(token)
    with reading() as database:
        invitee = invitee_with_meeting(database, invitee_id)
    if invitee is None:
        raise LinkUnreadable
    speak(invitee.carer.language)
    if now() >= invitee.session.starts_at:
        raise MeetingBegun
    if not may_reply(invitee.state):
        raise ReplyClosed
    return invitee


def _facts(
    meeting: GroupSession, council: Council
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], Fact]:
    """The facts that the letter prints, in the page's language: where and when, and the rest."""
    details = invitation_details(meeting)
    terms = Terms(
        campaign=CAMPAIGN,
        language=page_language().code,
        council=council,
        children=(),
        # A letter is dated before its meeting; the page stays open until the meeting begins.
        dated=details.starts.date() - timedelta(days=1),
        link=council.portal_url,
        recorded_by=council.contact.name,
        details=details,
    )
    grid = next(b for b in build_locked(LockedBlock.MEETING, terms) if isinstance(b, Grid))
    promise = next(b for b in build_locked(LockedBlock.ANSWERS, terms) if isinstance(b, Fact))
    rows = [(row[0], row[1]) for row in grid.rows]
    where_and_when = 4 if details.access else 3  # place, start, (access,) length
    return rows[:where_and_when], rows[where_and_when:], promise
