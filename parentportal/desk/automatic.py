"""Rules by which messages go by themselves: proposed, approved by a second officer, ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from parentportal.auth import requires, signed_in_officer
from parentportal.desk.automatic_words import STANDING, TRIGGERS, Standing
from parentportal.desk.blueprint import bp
from parentportal.desk.forms import READABLE_DATE
from parentportal.models import Trigger
from parentportal.operations import automatic
from parentportal.operations.contacts import LONDON
from parentportal.permissions import Action
from parentportal.queries.automatic import rules
from parentportal.web import now, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from parentportal.models import AutomaticRule, Officer


class RuleForm(FlaskForm):  # type: ignore[misc]
    """What sets a message off, and from when until when.

    Args:
        today: the first day to begin with; none lies before it.
    """

    trigger = RadioField(
        _("When does it go?"),
        choices=[SelectChoice(one.value, TRIGGERS[one]) for one in Trigger],
        validators=[InputRequired(_("Choose when it goes."))],
    )
    days = IntegerField(_("Days before the meeting"), [Optional()])
    valid_from = DateField(
        _("First day"), [InputRequired(_("Enter the first day.")), READABLE_DATE]
    )
    valid_until = DateField(_("Last day"), [Optional(), READABLE_DATE])

    def __init__(self, today: date) -> None:
        super().__init__(data={"valid_from": today})
        self.today = today

    def validate_valid_from(self, field: DateField) -> None:
        """Refuse a day that is over."""
        if field.data < self.today:
            raise ValidationError(gettext("Choose today or a later day."))

    def validate_valid_until(self, field: DateField) -> None:
        """Refuse an end before the beginning."""
        if self.valid_from.data and field.data < self.valid_from.data:
            raise ValidationError(gettext("Choose the first day or a later one."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for days before a meeting where they count, and there alone."""
        fits = bool(super().validate(extra_validators))
        days = self.days.data
        wanted = self.trigger.data == Trigger.DAYS_BEFORE_MEETING
        if not wanted or (days is not None and 1 <= days <= automatic.MOST_DAYS):
            return fits
        most = automatic.MOST_DAYS
        self.days.errors = [gettext("Enter a number of days from 1 to %(most)s.", most=most)]
        return False


@bp.get("/automatic")
@requires(Action.READ_MESSAGES)
def automatic_rules() -> ResponseReturnValue:
    """Every rule with where it stands, and a form for another."""
    return _page(RuleForm(_today()))


@bp.post("/automatic/propose")
@requires(Action.DRAFT_MESSAGES)
def propose_rule() -> ResponseReturnValue:
    """Put a rule before a second officer."""
    form = RuleForm(_today())
    if not form.validate_on_submit():
        return _page(form)
    trigger = Trigger(form.trigger.data)
    with transaction() as session:
        automatic.propose(
            session,
            trigger,
            valid_from=form.valid_from.data,
            valid_until=form.valid_until.data,
            days=form.days.data if trigger is Trigger.DAYS_BEFORE_MEETING else None,
            now=now(),
            by=_officer(),
        )
    flash(gettext("A second officer can read and approve this now."), "success")
    return redirect(url_for("desk.automatic_rules"))


@bp.post("/automatic/<uuid:rule_id>/approve")
@requires(Action.APPROVE_MESSAGES)
def approve_rule(rule_id: UUID) -> ResponseReturnValue:
    """Let messages go by a rule, in the words in use now."""
    with transaction() as session:
        automatic.approve(session, rule_id, now=now(), by=_officer())
    flash(gettext("Approved. Messages go by this rule from its first day on."), "success")
    return redirect(url_for("desk.automatic_rules"))


@bp.post("/automatic/<uuid:rule_id>/end")
@requires(Action.DRAFT_MESSAGES)
def end_rule(rule_id: UUID) -> ResponseReturnValue:
    """Let nothing more go by a rule."""
    with transaction() as session:
        automatic.end(session, rule_id, now=now(), by=_officer())
    flash(gettext("Ended. Nothing more goes by this rule."), "success")
    return redirect(url_for("desk.automatic_rules"))


def _page(form: RuleForm) -> ResponseReturnValue:
    today = _today()
    with reading() as session:
        lines = rules(session)
        words_now = _words_now(session, [line.rule for line in lines])
    page = render_template(
        "desk/automatic.html",
        form=form,
        lines=[(line, _standing(line.rule, today, words_now)) for line in lines],
        templates=automatic.TEMPLATES,
        triggers=TRIGGERS,
        standing=STANDING,
        Standing=Standing,
        me=_officer().id,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _words_now(
    session: Session, listed: list[AutomaticRule]
) -> Mapping[Trigger, Mapping[str, str]]:
    """The wording in use of each trigger that has a rule; one query each, five at most."""
    triggers = {rule.fired_by for rule in listed if rule.ended_at is None}
    return {
        one: automatic.wording_in_use(session, automatic.TEMPLATES[one])
        for one in Trigger
        if one in triggers
    }


def _standing(
    rule: AutomaticRule, today: date, words_now: Mapping[Trigger, Mapping[str, str]]
) -> Standing:
    """Where a rule stands; the first that holds."""
    holds = {
        Standing.ENDED: rule.ended_at is not None,
        Standing.OVER: rule.valid_until is not None and rule.valid_until < today,
        Standing.PROPOSED: rule.approved_at is None,
        Standing.RESTING: rule.wording != words_now.get(rule.fired_by),
        Standing.TO_COME: rule.valid_from > today,
        Standing.IN_FORCE: True,
    }
    return next(standing for standing, is_so in holds.items() if is_so)


def _today() -> date:
    return now().astimezone(LONDON).date()


def _officer() -> Officer:
    """Whoever is signed in: every page here asks for it first."""
    return cast("Officer", signed_in_officer())
