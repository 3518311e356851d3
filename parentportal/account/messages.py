"""The page behind the link of a letter, an email or a text: all it says, why so, and a reply.

Opening the page changes nothing, so a mail scanner that follows the link replies for nobody. The
address holds a random token alone; no page sends it on (``Referrer-Policy``), keeps it
(``no-store``) or writes it to a log.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from messaging.campaigns import About, load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused
from messaging.facts import facts_of
from messaging.locked import InvitationDetails, WhatChanged
from messaging.variants import Arm, ChoiceReason, VariantNotWrittenError
from parentportal.account.blueprint import bp, kind_page, speak
from parentportal.account.versions import LETTERS
from parentportal.i18n import page_language
from parentportal.models import ReplyKind
from parentportal.operations import objections, preferences
from parentportal.operations.addressees import Addressee
from parentportal.operations.carer_replies import WITH_THEM, kinds_open, reply_to
from parentportal.operations.links import token_key
from parentportal.operations.replies import LinkUnreadable
from parentportal.operations.writing import long_form
from parentportal.queries.copy import in_use
from parentportal.queries.messages import drew_a_lot, message_behind, opted_out, replies_to
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from messaging.message import Message
    from parentportal.models import OutgoingMessage


class Wish(StrEnum):
    """What each button of the page asks for."""

    CALL = "call"
    INTEREST = "interest"
    DECLINE = "decline"
    STOP = "stop"
    STOP_ALL = "stop-all"
    START = "start"
    PLAIN = "plain"


BUTTONS: Mapping[str, str] = MappingProxyType(
    {
        ReplyKind.CALL: _("I would like a call"),
        ReplyKind.INTEREST: _("I am interested"),
        ReplyKind.DECLINE: _("No thank you"),
    }
)

STOPPING: Mapping[str, str] = MappingProxyType(
    {
        Channel.LETTER: _("Stop letters like this"),
        Channel.EMAIL: _("Stop emails like this"),
        Channel.SMS: _("Stop texts like this"),
    }
)

SAID: Mapping[str, str] = MappingProxyType(
    {
        ReplyKind.CALL: _("You asked for a call. We will ring you."),
        ReplyKind.INTEREST: _("You told us that you are interested."),
        ReplyKind.DECLINE: _("You said no thank you. That is fine."),
    }
)

DONE: Mapping[str, str] = MappingProxyType(
    {
        Wish.CALL: _("Thank you. We will ring you. Nothing is decided by this."),
        Wish.INTEREST: _("Thank you for telling us. Nothing is decided by this."),
        Wish.DECLINE: _("Thank you for telling us. Your child’s travel stays as it is."),
        Wish.STOP: _("We will not write to you about this in this way again."),
        Wish.STOP_ALL: _("We will not write to you about this again."),
        Wish.START: _("We may write to you about this again."),
        Wish.PLAIN: _("From now on we write to you in the plain version."),
    }
)

WHY: Mapping[str, str] = MappingProxyType(
    {
        ChoiceReason.CHOSEN: _("You picked this way of writing yourself."),
        ChoiceReason.TAILORED: _(
            "We chose the words of this version by the answers you gave us. Your answers changed "
            "the words and nothing else."
        ),
        ChoiceReason.NOT_TAILORED: _("Everybody gets this message in the same words."),
        ChoiceReason.NO_SEGMENT: _(
            "This is the plain version. You have not answered our questions, or your answers did "
            "not show clearly which words suit you."
        ),
        ChoiceReason.OBJECTION: _(
            "This is the plain version. You asked us not to choose words by your answers."
        ),
        ChoiceReason.NEUTRAL_ARM: _("This is the plain version. A draw by lot gave it to you."),
        ChoiceReason.NOT_WRITTEN: _(
            "This is the plain version. We have no other one in your language yet."
        ),
        ChoiceReason.LANGUAGE_NOT_TYPED: _(
            "This is the plain version. We do not choose words by answers in your language yet."
        ),
    }
)
"""Why a family got its version, in plain words and without the name of any group."""

ARMS: Mapping[str, str] = MappingProxyType(
    {
        Arm.TAILORED: _(
            "We compare versions by lot, to learn if words make a difference. The lot said that "
            "your family may get words chosen by answers."
        ),
        Arm.NEUTRAL: _(
            "We compare versions by lot, to learn if words make a difference. The lot said that "
            "your family gets the plain version."
        ),
    }
)

_BY_LOT = frozenset({ChoiceReason.TAILORED, ChoiceReason.NEUTRAL_ARM})
"""Reasons that a lot had a part in, where the family drew one."""


@bp.get("/m/<token>")
def message(token: str) -> ResponseReturnValue:
    """Show all that a message says, why it is in these words, and what can be said to it."""
    try:
        with reading() as database:
            row = open_message(database, token)
            speak(row.language)
            shown = _in_language(database, row, page_language().code)
            replies = replies_to(database, row.id)
            campaign = load_campaign(row.campaign.key)
            stopped = opted_out(database, row.carer_id, campaign.purpose)
            by_lot = row.choice_reason in _BY_LOT and drew_a_lot(database, row)
    except LinkUnreadable as refusal:
        return kind_page(refusal)
    return render_template(
        "account/message.html",
        token=token,
        row=row,
        # The message is escaped where it is made: messaging.shown.
        body=Markup(shown.html()),  # noqa: S704
        said=[SAID[reply.kind] for reply in replies],
        buttons=[(kind, BUTTONS[kind]) for kind in kinds_open(campaign.key)],
        stopping=STOPPING[row.channel],
        stopped=bool(stopped),
        tailored=campaign.tailored,
        survey=campaign.about is About.SURVEY,
        to_young_person=campaign.to_young_person,
        version=LETTERS[row.variant],
        why=WHY[row.choice_reason],
        arm=ARMS[row.arm] if by_lot else "",
        contact=portal().council().contact,
    )


@bp.post("/m/<token>")
def say(token: str) -> ResponseReturnValue:
    """Keep what a parent says to a message, and show the page again."""
    try:
        wish = Wish(request.form.get("wish", ""))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with transaction() as database:
            row = open_message(database, token)
            _grant(database, row, wish)
    except LinkUnreadable as refusal:
        return kind_page(refusal)
    flash(DONE[wish], "success")
    return redirect(url_for(".message", token=token))


def open_message(database: Session, token: str) -> OutgoingMessage:
    """The message behind a link, once it has gone.

    Raises:
        LinkUnreadable: the link is not one of ours, or its message has not gone, or not any more.
    """
    row = message_behind(database, token_key(token))
    if row is None or row.state not in WITH_THEM:
        raise LinkUnreadable
    return row


def parents_message(database: Session, token: str) -> OutgoingMessage:
    """The message behind a link, where a parent reads it.

    Raises:
        LinkUnreadable: it is not one of ours, is not open, or is a young person's.
    """
    row = open_message(database, token)
    if load_campaign(row.campaign.key).to_young_person:
        raise LinkUnreadable
    return row


def _grant(database: Session, row: OutgoingMessage, wish: Wish) -> None:
    """Do what a button asks for, as the parent's own wish."""
    campaign, moment = load_campaign(row.campaign.key), now()
    purpose = campaign.purpose
    if wish is Wish.PLAIN and campaign.to_young_person:
        abort(HTTPStatus.BAD_REQUEST)  # how their parent is written to is not theirs to say
    match wish:
        case Wish.CALL | Wish.INTEREST | Wish.DECLINE:
            reply_to(
                database,
                row.id,
                ReplyKind(wish.value),
                now=moment,
                by=None,
                portal_link=portal().settings.base_url,
            )
        case Wish.STOP:
            preferences.opt_out(database, row.carer_id, purpose, row.channel, now=moment, by=None)
        case Wish.STOP_ALL:
            preferences.opt_out(database, row.carer_id, purpose, now=moment, by=None)
        case Wish.START:
            for channel in (row.channel, None):
                preferences.opt_in(database, row.carer_id, purpose, channel, now=moment, by=None)
        case Wish.PLAIN:
            objections.object_to_tailoring(database, row.carer_id, now=moment, by=None)


def _in_language(database: Session, row: OutgoingMessage, language: str) -> Message:
    """All that a message says, in the page's language where that says the same.

    What was sent is shown as it was sent. In another language it is composed anew, as long as the
    council's settings still make the facts that were sent.
    """
    sent = long_form(row)
    if language == sent.language:
        return sent
    addressee = Addressee.read(row.recipient)
    if isinstance(addressee.details, WhatChanged) or (
        isinstance(addressee.details, InvitationDetails) and addressee.details.expenses
    ):
        return sent  # in words of their own, in the language of the message alone
    shelf = in_use(database, row.campaign.key)
    try:
        again, other = (
            addressee.message(
                shelf(row.campaign.key, tongue, row.variant, Channel.LETTER),
                portal().council(),
                row.batch.dated,
            )
            for tongue in (sent.language, language)
        )
    except (CompositionRefused, VariantNotWrittenError):
        return sent
    return other if facts_of(again) == facts_of(sent) else sent
