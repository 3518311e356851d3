"""What a Personal Transport Budget might come to: the council's own scheme, line by line.

It needs no sign-in and keeps nothing. The sum is that of the letter (`messaging.schemes`); a letter
has it for the child's own journey, as an officer recorded it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from messaging.campaigns import LockedBlock
from messaging.languages import isolated
from messaging.locked.money import printed_lines
from messaging.offers import (
    GROUPS_OF_BAND,
    LONGEST_JOURNEY,
    AgeBand,
    AgeGroup,
    ChildOffer,
    read_miles,
)
from messaging.schemes.journeys import ANY_AGE, Journey
from messaging.schemes.money import format_pounds, to_the_penny
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.timeline import work_out_on
from parentportal.account.blueprint import bp
from parentportal.account.facts import facts_of_letter
from parentportal.i18n import page_language
from parentportal.operations.contacts import LONDON
from parentportal.web import now, portal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

    from messaging.council import PersonalTransportBudget

LETTER: Final = "ptb-offer"
"""The campaign whose letter carries the same facts."""

SCHOOL_WEEK: Final = 5
MOST_CHILDREN: Final = 6

REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "age-needed": _("Choose your child’s age. The amount goes by it."),
        "beyond-the-bands": _(
            "Our table does not go that far. Please ask us: we work it out with you."
        ),
    }
)

NOT_NOW: Final = _("We cannot work this out here just now. Please ask us: we do it with you.")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a year might come to.

    Attributes:
        lines: the lines of the sum for one child who goes to school each day, with what each
            comes to.
        a_child: pounds a year for one child.
        whole: for all of them, on the days that were given.
        days: the days of a week on which they go.
        children: how many they are.
        facts: what would change and what would not, and the terms of the letter.
    """

    lines: tuple[tuple[str, str], ...]
    a_child: str
    whole: str
    days: int
    children: int
    facts: Markup | None


class JourneyForm(FlaskForm):  # type: ignore[misc]
    """What the sum asks about a journey, and nothing else about a child."""

    miles = StringField(_("How many miles is it from home to school?"))
    age = SelectField(_("How old is your child?"), default="")
    days = SelectField(_("How many days a week does your child go to school?"), default="5")
    children = SelectField(_("How many of your children make this journey?"), default="1")

    def __init__(self) -> None:
        super().__init__()
        self.age.choices = [
            SelectChoice("", _("I would rather not say")),
            *(
                SelectChoice(
                    str(group),
                    gettext(
                        "%(first)s to %(last)s",
                        **dict(zip(("first", "last"), group.split("-"), strict=True)),
                    ),
                )
                for group in AgeGroup
            ),
        ]
        self.days.choices = [SelectChoice(str(n), str(n)) for n in range(SCHOOL_WEEK, 0, -1)]
        self.children.choices = [SelectChoice(str(n), str(n)) for n in range(1, MOST_CHILDREN + 1)]

    def validate_miles(self, field: StringField) -> None:
        """Take a comma for the point, and say what a distance looks like."""
        try:
            field.data = str(read_miles((field.data or "").replace(",", ".")))
        except ValueError as wrong:
            words = _(
                "Type the miles one way, as a number up to %(most)s, such as 4.5",
                most=LONGEST_JOURNEY,
            )
            raise ValidationError(words) from wrong


@bp.route("/travel-budget", methods=["GET", "POST"])
def estimate() -> ResponseReturnValue:
    """Ask about the journey, and show the sum beside the travel there is now."""
    budget = portal().council().personal_transport_budget
    form, found = JourneyForm(), None
    if form.validate_on_submit():
        try:
            found = _worked_out(budget, form, now().astimezone(LONDON).date())
        except WorkingOutRefused as refusal:
            asked_for = form.age if refusal.code == "age-needed" else form.miles
            asked_for.errors = [REFUSED.get(refusal.code, NOT_NOW)]
    page = render_template(
        "account/estimate.html",
        form=form,
        found=found,
        school_week=SCHOOL_WEEK,
        contact=portal().council().contact,
    )
    return page, HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK


def _worked_out(budget: PersonalTransportBudget, form: JourneyForm, today: date) -> Estimate:
    """The sum by the scheme that holds today.

    Raises:
        WorkingOutRefused: the scheme needs to know more, or has no amount for such a journey.
    """
    language = page_language().code
    age = AgeGroup(form.age.data) if form.age.data else None
    ages = frozenset({age}) if age else ANY_AGE
    payment = work_out_on(budget.schemes, Journey(Decimal(form.miles.data), ages), today)
    days, children = int(form.days.data), int(form.children.data)
    a_child = to_the_penny(payment.pounds_a_year * days / SCHOOL_WEEK)
    band = AgeBand.POST_16 if age in GROUPS_OF_BAND[AgeBand.POST_16] else AgeBand.UNDER_16
    child = ChildOffer("", band, age_group=age)
    return Estimate(
        lines=printed_lines(payment, language),
        a_child=isolated(format_pounds(payment.pounds_a_year), language),
        whole=isolated(format_pounds(a_child * children), language),
        days=days,
        children=children,
        facts=facts_of_letter(LETTER, LockedBlock.CHOICE, LockedBlock.TERMS, child=child),
    )
