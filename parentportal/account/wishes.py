"""How a parent wants to be written to: four samples without a name, print, and the way there.

What they pick is their own wish and no profiling. It is kept for good, until they pick again.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from messaging.blocks import Paragraph
from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused
from messaging.variants import VariantName, VariantNotWrittenError, voices
from parentportal.account.blueprint import bp, kind_page, speak
from parentportal.account.messages import parents_message
from parentportal.account.versions import LETTERS
from parentportal.i18n import page_language
from parentportal.models import PrintFormat
from parentportal.operations import preferences
from parentportal.operations.addressees import Addressee
from parentportal.operations.replies import LinkUnreadable
from parentportal.queries.copy import in_use
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import Carer, OutgoingMessage

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        PrintFormat.STANDARD: _("Letters of the usual size"),
        PrintFormat.LARGE_PRINT: _("Large print"),
        PrintFormat.EASY_READ: _("Easy Read beside the letter"),
    }
)

WAYS: Mapping[str, str] = MappingProxyType(
    {
        Channel.LETTER: _("By letter"),
        Channel.EMAIL: _("By email"),
        Channel.SMS: _("By text, with a link to the whole message"),
    }
)


_VALUES: Mapping[VariantName, str] = MappingProxyType(dict(zip(VariantName, "abcd", strict=True)))
"""What a page calls each version, so that not even its source tells a group's name."""


class WaysForm(FlaskForm):  # type: ignore[misc]
    """What a parent picks of how we write to them."""

    voice = RadioField(_("Which words do you like best?"), [Optional()])
    print_format = RadioField(_("How should we print letters?"))
    channel = RadioField(_("How should we write to you?"))

    def __init__(self, carer: Carer, samples: Mapping[VariantName, str]) -> None:
        super().__init__(
            data={
                "voice": _VALUES[carer.chosen_voice] if carer.chosen_voice else None,
                "print_format": carer.print_format,
                "channel": carer.preferred_channel or "",
            }
        )
        self.voice.choices = [SelectChoice(_VALUES[name], LETTERS[name]) for name in samples]
        self.print_format.choices = [
            SelectChoice(str(value), words) for value, words in FORMATS.items()
        ]
        self.channel.choices = [
            SelectChoice("", _("As you do now")),
            *(
                SelectChoice(str(channel), WAYS[channel])
                for channel in preferences.channels_of(carer)
            ),
        ]
        if not samples:
            del self.voice


@bp.route("/m/<token>/wishes", methods=["GET", "POST"])
def wishes(token: str) -> ResponseReturnValue:
    """Show the samples and what can be picked, and keep what is.

    A young person's letter leads to none: how their parent is written to is not theirs to see.
    """
    try:
        with reading() as database:
            row = parents_message(database, token)
            speak(row.language)
            samples = _samples(database, row, page_language().code)
    except LinkUnreadable as refusal:
        return kind_page(refusal)
    form = WaysForm(row.carer, samples)
    if form.validate_on_submit():
        with transaction() as database:
            _keep(database, row, form)
        flash(gettext("Thank you. We write to you like this from now on."), "success")
        return redirect(url_for(".message", token=token))
    hints = {_VALUES[name]: sample for name, sample in samples.items()}
    page = render_template("account/wishes.html", token=token, form=form, hints=hints)
    return page, HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK


def _samples(database: Session, row: OutgoingMessage, language: str) -> Mapping[VariantName, str]:
    """How each version of a message begins; none where there is one version alone."""
    campaign = load_campaign(row.campaign.key)
    if not campaign.tailored:
        return {}
    shelf = in_use(database, row.campaign.key)
    addressee, council = Addressee.read(row.recipient), portal().council()
    found = {}
    try:
        for name in voices(campaign):
            variant = shelf(campaign.key, language, name, Channel.LETTER)
            blocks = addressee.message(variant, council, row.batch.dated).blocks
            opening = [
                block.text
                for block in blocks
                if isinstance(block, Paragraph) and block.part == "opening"
            ]
            found[name] = " ".join(opening)
    except (CompositionRefused, VariantNotWrittenError):
        return {}
    return found


def _keep(database: Session, row: OutgoingMessage, form: WaysForm) -> None:
    """Keep each wish; one that is as it was changes nothing."""
    how: dict[str, Any] = {"now": now(), "by": None}
    channel = Channel(form.channel.data) if form.channel.data else None
    preferences.choose_channel(database, row.carer_id, channel, **how)
    preferences.choose_format(database, row.carer_id, PrintFormat(form.print_format.data), **how)
    if form.voice is not None and form.voice.data:
        voice = next(name for name, letter in _VALUES.items() if letter == form.voice.data)
        preferences.choose_voice(database, row.carer_id, voice, **how)
