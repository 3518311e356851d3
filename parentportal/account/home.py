"""A parent's own page: what we sent, what they asked for and when it is due, what they can ask."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from parentportal.account.blueprint import bp, speak
from parentportal.account.messages import SAID
from parentportal.account.visitor import NotKnown, leave, visitor
from parentportal.campaign_names import CAMPAIGNS
from parentportal.models import OfferKind, RequestKind
from parentportal.operations import objections, requests, withdrawing
from parentportal.queries.own_page import own_page
from parentportal.web import now, portal, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from parentportal.queries.own_page import OwnPage

LONGEST = 4_000

OFFERS: Mapping[str, str] = MappingProxyType(
    {
        OfferKind.PTB: _("A Personal Transport Budget"),
        OfferKind.ITT: _("Independent Travel Training"),
        OfferKind.MINI_PTB: _("A one-off travel payment"),
    }
)

ASKED: Mapping[str, str] = MappingProxyType(
    {
        RequestKind.CALL: _("You asked us to ring you."),
        RequestKind.INTEREST: _("You would like to know more."),
        RequestKind.DECLINE: _("You said no, for good."),
        RequestKind.WAY_BACK: _("You asked for the old travel back."),
        RequestKind.CORRECTION: _("You told us that something is wrong."),
        RequestKind.COMPLAINT: _("You complained about how we use your data."),
    }
)
"""What a parent asked for, as their page says it."""

THEN: Mapping[str, str] = MappingProxyType(
    {
        RequestKind.CALL: _("Thank you. We will ring you. Nothing is decided by this."),
        RequestKind.INTEREST: _("Thank you for telling us. Nothing is decided by this."),
        RequestKind.WAY_BACK: _(
            "Thank you for telling us. We are working on it from now. You need not say why."
        ),
        RequestKind.CORRECTION: _("Thank you. We will look at it and tell you what we changed."),
        RequestKind.COMPLAINT: _("We have your complaint. This page shows when we will answer."),
    }
)


class CallForm(FlaskForm):  # type: ignore[misc]
    """When to ring, and in which language."""

    times = RadioField(
        _("When should we ring you?"),
        [InputRequired(_("Choose when we should ring you"))],
        choices=[
            SelectChoice("morning", _("In the morning")),
            SelectChoice("midday", _("In the middle of the day")),
            SelectChoice("afternoon", _("In the afternoon")),
            SelectChoice("any", _("At any time")),
        ],
    )
    interpreter = BooleanField(_("I would like an interpreter"))
    text = TextAreaField(
        _("Is there anything we should know before we ring?"),
        [Length(max=LONGEST, message=_("This is too long. Please tell us the rest when we talk."))],
    )


class WordsForm(FlaskForm):  # type: ignore[misc]
    """What is wrong, in the parent's own words."""

    text = TextAreaField(
        _("Please tell us about it"),
        [
            InputRequired(_("Write down what it is about")),
            Length(
                max=LONGEST, message=_("This is too long. Please tell us the rest when we talk.")
            ),
        ],
    )


class WayBackForm(FlaskForm):  # type: ignore[misc]
    """Which change to take back; nobody has to say why."""

    about = RadioField(
        _("What would you like to stop?"),
        [InputRequired(_("Choose what you would like to stop"))],
        choices=[SelectChoice(kind.value, OFFERS[kind]) for kind in OfferKind],
    )


ASKING: Mapping[RequestKind, type[FlaskForm]] = MappingProxyType(
    {
        RequestKind.CALL: CallForm,
        RequestKind.WAY_BACK: WayBackForm,
        RequestKind.CORRECTION: WordsForm,
        RequestKind.COMPLAINT: WordsForm,
    }
)
"""What has a page of its own to be asked for on."""


@bp.get("/my")
def home() -> ResponseReturnValue:
    """Show a parent their own page."""
    found = _own_page()
    speak(found.carer.written_language)
    return render_template(
        "account/home.html",
        page=found,
        messages=[
            (CAMPAIGNS[sent.campaign_key], sent.sent_at, urlsplit(sent.link).path)
            for sent in found.messages
        ],
        asked=ASKED,
        said=SAID,
        offers=OFFERS,
        open_offers=[(offer, OFFERS[offer]) for offer in OfferKind if offer in found.offers],
        interested=[
            one.about
            for one in found.requests
            if one.kind is RequestKind.INTEREST and one.ended_at is None
        ],
        contact=portal().council().contact,
    )


@bp.route("/my/ask/<kind>", methods=["GET", "POST"])
def ask(kind: str) -> ResponseReturnValue:
    """Ask for something that needs a word or two, and say when it will be done."""
    try:
        wanted = RequestKind(kind)
        form = ASKING[wanted]()
    except (ValueError, KeyError):
        abort(HTTPStatus.NOT_FOUND)
    carer_id = visitor()
    if form.validate_on_submit():
        about = form.about.data if "about" in form else ""
        said = {
            name: str(form[name].data)
            for name in ("times", "interpreter", "text")
            if name in form and form[name].data
        }
        _keep(carer_id, wanted, about, said)
        return redirect(url_for(".home"))
    council = portal().council()
    page = render_template(
        f"account/ask-{kind}.html",
        form=form,
        council=council,
        days=requests.COMPLAINT_DAYS,
        contact=council.contact,
    )
    return page, HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK


@bp.post("/my/interest/<offer>")
def interest(offer: str) -> ResponseReturnValue:
    """A parent would like to hear more of an offer."""
    if offer not in set(OfferKind):
        abort(HTTPStatus.NOT_FOUND)
    _keep(visitor(), RequestKind.INTEREST, offer, {})
    return redirect(url_for(".home"))


@bp.post("/my/take-back/<uuid:request_id>")
def take_back(request_id: UUID) -> ResponseReturnValue:
    """A parent does not want something any more; to press twice is harmless."""
    carer_id = visitor()
    try:
        with transaction() as database:
            requests.take_back(database, carer_id, request_id, now=now())
    except requests.RequestEnded:
        return redirect(url_for(".home"))
    flash(gettext("We have taken this back for you."), "success")
    return redirect(url_for(".home"))


@bp.route("/my/answers", methods=["GET", "POST"])
def take_answers_back() -> ResponseReturnValue:
    """Delete a parent's answers once they have said so."""
    carer_id = visitor()
    form = FlaskForm()
    if form.validate_on_submit():
        with transaction() as database:
            withdrawing.withdraw_answers(database, carer_id, now=now(), by=None)
        flash(
            gettext("Your answers are deleted. We write to you in the plain version now."),
            "success",
        )
        return redirect(url_for(".home"))
    return render_template("account/take-answers-back.html", form=form)


@bp.post("/my/plain")
def plain() -> ResponseReturnValue:
    """A parent wants no words chosen by their answers."""
    carer_id = visitor()
    with transaction() as database:
        objections.object_to_tailoring(database, carer_id, now=now(), by=None)
    flash(gettext("From now on we write to you in the plain version."), "success")
    return redirect(url_for(".home"))


@bp.get("/my/data")
def data() -> ResponseReturnValue:
    """A summary of what is held: what it is and since when, never an answer or an address."""
    found = _own_page()
    return render_template(
        "account/data.html", page=found, contact=portal().council().contact, carer=found.carer
    )


def _own_page() -> OwnPage:
    """The page of whoever is in.

    Raises:
        NotKnown: nobody is, or they are gone.
    """
    with reading() as database:
        found = own_page(database, visitor())
    if found is None:
        leave()
        raise NotKnown
    return found


def _keep(carer_id: UUID, kind: RequestKind, about: str, said: dict[str, str]) -> None:
    with transaction() as database:
        requests.ask(
            database,
            carer_id,
            kind,
            portal().council(),
            about=about,
            said=said,
            now=now(),
        )
    flash(THEN[kind], "success")
