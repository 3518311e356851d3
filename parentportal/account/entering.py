"""The door of a parent's own page: a code and a postcode, or a message's link and a postcode."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import StringField

from parentportal.account.blueprint import bp, kind_page, speak
from parentportal.account.messages import parents_message
from parentportal.account.visitor import NotKnown, leave, let_in
from parentportal.mistyped import what_is_odd
from parentportal.operations.invitations import Confirmation
from parentportal.operations.recognising import recognise, whose_code
from parentportal.operations.replies import LinkUnreadable
from parentportal.web import client_address, now, portal, transaction

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


class PostcodeForm(FlaskForm):  # type: ignore[misc]
    """The postcode that we write to."""

    postcode = StringField(lazy_gettext("Your postcode"))


class DoorForm(PostcodeForm):
    """The code from any of our letters, and the postcode."""

    code = StringField(lazy_gettext("Your code"))


@bp.get("/my/enter")
def door() -> ResponseReturnValue:
    """Ask who somebody is."""
    return _door(DoorForm())


@bp.post("/my/enter")
def knock() -> ResponseReturnValue:
    """Let a parent in by a code and a postcode."""
    form = DoorForm()
    typed = (form.code.data or "").strip()
    if not typed:
        form.code.errors = [_("Type the code from your letter.")]
        return _door(form)
    with transaction() as database:
        whose = whose_code(database, typed, address=client_address(), now=now())
        outcome = (
            recognise(database, whose.carer_id, form.postcode.data or "", now=now())
            if whose.carer_id
            else None
        )
    if whose.too_many:
        page = render_template("survey/too-many.html", council=portal().council())
        return page, HTTPStatus.TOO_MANY_REQUESTS
    if whose.carer_id is None or outcome is None:
        form.code.errors = [
            what_is_odd(whose.mistyped)
            if whose.mistyped is not None
            else _("We do not know this code. Please check it against your letter.")
        ]
        return _door(form)
    return _answered(form, whose.carer_id, outcome) or _door(form)


@bp.route("/m/<token>/my", methods=["GET", "POST"])
def door_of_message(token: str) -> ResponseReturnValue:
    """Let in whom a message went to; their own young person's letter leads to no such page."""
    form = PostcodeForm()
    try:
        with transaction() as database:  # what is wrong is counted
            row = parents_message(database, token)
            speak(row.language)
            outcome = (
                recognise(database, row.carer_id, form.postcode.data or "", now=now())
                if form.is_submitted() and form.validate()
                else None
            )
            carer_id = row.carer_id
    except LinkUnreadable as refusal:
        return kind_page(refusal)
    if outcome is None:
        return _door(form, token)
    return _answered(form, carer_id, outcome) or _door(form, token)


@bp.post("/my/leave")
def go() -> ResponseReturnValue:
    """Close the page on this browser."""
    leave()
    flash(_("You have left your page. Nobody else can open it on this computer."), "success")
    return redirect(url_for(".door"))


@bp.errorhandler(NotKnown)
def ask_again(_refusal: NotKnown) -> ResponseReturnValue:
    """Ask once more who somebody is."""
    return redirect(url_for(".door"))


def _answered(
    form: PostcodeForm, carer_id: UUID, outcome: Confirmation
) -> ResponseReturnValue | None:
    """Where a postcode leads; none with words at its field, where it has to be typed again."""
    phone = portal().council().contact.phone
    match outcome:
        case Confirmation.CONFIRMED:
            let_in(carer_id)
            return redirect(url_for(".home"))
        case Confirmation.LOCKED | Confirmation.NONE_ON_RECORD:
            words = _(
                "We cannot open your page with this postcode now. Wait an hour, or ring us on "
                "%(phone)s and we will help you.",
                phone=phone,
            )
        case Confirmation.UNREADABLE:
            words = _("Type a whole postcode, such as EX1 1AB.")
        case _:
            words = _(
                "This is not the postcode we have for you. It may be an old one of yours. "
                "You can try again, or ring us on %(phone)s.",
                phone=phone,
            )
    form.postcode.errors = [words]
    return None


def _door(form: PostcodeForm, token: str = "") -> ResponseReturnValue:
    page = render_template(
        "account/enter.html", form=form, token=token, contact=portal().council().contact
    )
    return page, HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
