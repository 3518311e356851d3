"""A carer rings, or a slip comes back: what they say to a message, and how they wish to be told.

An officer keeps it from the message's page; it holds at once, as if they had pressed it themselves.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.languages import LANGUAGES
from messaging.variants import VariantName
from parentportal.auth import officer_in_hand, requires, signed_in_officer
from parentportal.desk import words
from parentportal.desk.blueprint import bp
from parentportal.models import PrintFormat, ReplyKind
from parentportal.operations import preferences
from parentportal.operations.carer_replies import reply_to
from parentportal.permissions import Action, may
from parentportal.queries.outbox import message
from parentportal.web import now, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Carer, Officer

Word = TypeVar("Word", bound=StrEnum)


class Stopping(StrEnum):
    """How much a carer wants to stop of what a message was for."""

    THIS_WAY = "this-way"
    EVERY_WAY = "every-way"
    NOT = "not"


REPLIES: Mapping[str, str] = MappingProxyType(
    {
        ReplyKind.CALL: _("They would like a call"),
        ReplyKind.INTEREST: _("They are interested"),
        ReplyKind.DECLINE: _("They say no thank you"),
    }
)

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        PrintFormat.STANDARD: _("Standard print"),
        PrintFormat.LARGE_PRINT: _("Large print"),
        PrintFormat.EASY_READ: _("Easy Read beside the letter"),
    }
)


class WishesForm(FlaskForm):  # type: ignore[misc]
    """How a carer wants to be written to; what is left empty is for the campaign to say."""

    channel = SelectField(_("By letter, email or text"))
    print_format = SelectField(_("In print"))
    language = SelectField(_("In which language"))
    voice = SelectField(_("In which version"))

    def __init__(self, carer: Carer, *, with_voice: bool) -> None:
        super().__init__(
            data={
                "channel": carer.preferred_channel or "",
                "print_format": carer.print_format,
                "language": carer.wished_language or "",
                "voice": carer.chosen_voice or "",
            }
        )
        self.channel.choices = [
            SelectChoice("", _("As each campaign has it")),
            *(
                SelectChoice(channel.value, words.CHANNELS[channel])
                for channel in preferences.channels_of(carer)
            ),
        ]
        self.print_format.choices = [
            SelectChoice(str(value), name) for value, name in FORMATS.items()
        ]
        self.language.choices = [
            SelectChoice("", words.language_name(carer.language)),
            *(SelectChoice(code, words.language_name(code)) for code in LANGUAGES),
        ]
        self.voice.choices = [
            SelectChoice("", _("They have not chosen one")),
            *(SelectChoice(str(name), letter) for name, (letter, _name) in words.VERSIONS.items()),
        ]
        if not with_voice:
            del self.voice


def wishes_form(carer: Carer) -> WishesForm:
    """The form for a carer, with what this officer may choose for them."""
    officer = officer_in_hand()
    sees = officer is not None and may(officer.role, Action.SEE_VERSIONS)
    return WishesForm(carer, with_voice=sees)


@bp.post("/messages/<uuid:batch_id>/<uuid:message_id>/reply")
@requires(Action.DRAFT_MESSAGES)
def keep_reply(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Keep what a carer said to a message."""
    kind = _one_of(ReplyKind, request.form.get("kind", ""))
    with transaction() as session:
        message(session, batch_id, message_id)
        reply_to(session, message_id, kind, now=now(), by=signed_in_officer())
    return _recorded(batch_id, message_id, gettext("Recorded. Nothing is decided by this."))


@bp.post("/messages/<uuid:batch_id>/<uuid:message_id>/wishes")
@requires(Action.DRAFT_MESSAGES)
def keep_wishes(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Keep how a carer wants to be written to."""
    officer = signed_in_officer()
    with transaction() as session:
        carer = message(session, batch_id, message_id).carer
        form = wishes_form(carer)
        if not form.validate_on_submit():
            abort(HTTPStatus.BAD_REQUEST)
        _keep(session, carer.id, form, officer)
    return _recorded(batch_id, message_id, gettext("Recorded. What is not sent yet follows it."))


@bp.post("/messages/<uuid:batch_id>/<uuid:message_id>/stop")
@requires(Action.DRAFT_MESSAGES)
def stop_messages(batch_id: UUID, message_id: UUID) -> ResponseReturnValue:
    """Stop messages of this purpose, by this message's channel or by every one; or take it back."""
    how = _one_of(Stopping, request.form.get("how", ""))
    moment, officer = now(), signed_in_officer()
    with transaction() as session:
        row = message(session, batch_id, message_id)
        purpose = load_campaign(row.campaign.key).purpose
        match how:
            case Stopping.THIS_WAY:
                preferences.opt_out(
                    session, row.carer_id, purpose, row.channel, now=moment, by=officer
                )
            case Stopping.EVERY_WAY:
                preferences.opt_out(session, row.carer_id, purpose, now=moment, by=officer)
            case Stopping.NOT:
                for channel in (row.channel, None):
                    preferences.opt_in(
                        session, row.carer_id, purpose, channel, now=moment, by=officer
                    )
    return _recorded(batch_id, message_id, gettext("Recorded. What is not sent yet follows it."))


def _keep(session: Session, carer_id: UUID, form: WishesForm, officer: Officer | None) -> None:
    """Keep each wish; one that is as it was changes nothing."""
    how: dict[str, Any] = {"now": now(), "by": officer}
    preferences.choose_channel(
        session, carer_id, Channel(form.channel.data) if form.channel.data else None, **how
    )
    preferences.choose_format(session, carer_id, PrintFormat(form.print_format.data), **how)
    preferences.choose_language(session, carer_id, form.language.data or None, **how)
    if form.voice is not None:
        voice = VariantName(form.voice.data) if form.voice.data else None
        preferences.choose_voice(session, carer_id, voice, **how)


def _one_of(kind: type[Word], text: str) -> Word:
    try:
        return kind(text)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _recorded(batch_id: UUID, message_id: UUID, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return redirect(url_for("desk.letter", batch_id=batch_id, message_id=message_id))
