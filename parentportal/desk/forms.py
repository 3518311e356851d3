"""The forms of the officers' pages."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    PasswordField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from messaging.channels import Channel
from messaging.choosing import USUAL_CHANNELS
from parentportal.typed_in import Prints, Readable, tidied

READABLE_DATE = Readable(_("Enter the date, such as 2027-03-15"))
LONGEST_NOTE = 1000
MOST_BACK, MOST_AHEAD = timedelta(days=7), timedelta(days=60)
"""How far from today the date on the letters may lie."""


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who is there."""

    email = StringField(_("Email"), [DataRequired(_("Enter your email.")), Length(max=254)])
    password = PasswordField(
        _("Password"), [InputRequired(_("Enter your password.")), Length(max=1000)]
    )


class DraftForm(FlaskForm):  # type: ignore[misc]
    """What a draft needs to be told.

    Args:
        today: what the date is to begin with, and must lie near.
    """

    dated = DateField(
        _("Date on the letters"),
        [InputRequired(_("Enter the date the letters are to carry.")), READABLE_DATE],
    )
    channels = SelectMultipleField(
        _("Ways to write"),
        [InputRequired(_("Choose at least one way to write."))],
        choices=[
            SelectChoice(Channel.LETTER.value, _("Letter")),
            SelectChoice(Channel.EMAIL.value, _("Email")),
            SelectChoice(Channel.SMS.value, _("Text message")),
        ],
    )

    def __init__(self, today: date) -> None:
        usual = [channel.value for channel in USUAL_CHANNELS]
        super().__init__(data={"dated": today, "channels": usual})
        self.first, self.last = today - MOST_BACK, today + MOST_AHEAD

    def validate_dated(self, field: DateField) -> None:
        """Refuse a date that nobody can mean."""
        if not self.first <= field.data <= self.last:
            raise ValidationError(
                gettext(
                    "Choose a date from %(first)s to %(last)s.",
                    first=format_date(self.first, "long"),
                    last=format_date(self.last, "long"),
                )
            )


class SendBackForm(FlaskForm):  # type: ignore[misc]
    """What is to be mended before a batch may go."""

    note = TextAreaField(
        _("What needs to change?"),
        [
            DataRequired(_("Say what needs to change.")),
            Length(max=LONGEST_NOTE, message=_("Use 1,000 characters or fewer.")),
        ],
    )


class ScheduleForm(FlaskForm):  # type: ignore[misc]
    """When a batch is to go.

    Args:
        today: no day lies before it.
    """

    day = DateField(_("First day"), [InputRequired(_("Enter the first day.")), READABLE_DATE])
    time = TimeField(
        _("From this time on"), [Optional(), Readable(_("Enter the time, such as 18:30"))]
    )
    before = DateField(_("Nothing goes from this day on"), [Optional(), READABLE_DATE])

    def __init__(self, today: date) -> None:
        super().__init__(data={"day": today})
        self.today = today

    def validate_day(self, field: DateField) -> None:
        """Refuse a day that is over."""
        if field.data < self.today:
            raise ValidationError(gettext("Choose today or a later day."))

    def validate_before(self, field: DateField) -> None:
        """Refuse an end that leaves no day to send on."""
        if field.data and self.day.data and field.data <= self.day.data:
            raise ValidationError(gettext("Choose a day after the first day."))


class WaveForm(FlaskForm):  # type: ignore[misc]
    """A survey round: its name and its days, both of which it is open on."""

    name = StringField(
        _("Name of the round"),
        [
            DataRequired(_("Enter a name, such as Autumn 2027.")),
            Length(max=80, message=_("Use 80 characters or fewer.")),
            Prints(),
        ],
        filters=[tidied],
    )
    opens = DateField(_("First day"), [InputRequired(_("Enter the first day.")), READABLE_DATE])
    closes = DateField(_("Last day"), [InputRequired(_("Enter the last day.")), READABLE_DATE])


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One spreadsheet of families."""

    file = FileField(_("Spreadsheet"), [FileRequired(_("Choose a spreadsheet."))])
