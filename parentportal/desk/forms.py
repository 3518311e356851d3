"""The forms of the officers' pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

LONGEST_NOTE = 1000


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who is there."""

    email = StringField(_("Email"), [DataRequired(_("Enter your email.")), Length(max=254)])
    password = PasswordField(
        _("Password"), [InputRequired(_("Enter your password.")), Length(max=1000)]
    )


class DraftForm(FlaskForm):  # type: ignore[misc]
    """What a draft needs to be told."""

    dated = DateField(
        _("Date on the letters"), [InputRequired(_("Enter the date the letters are to carry."))]
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


class WaveForm(FlaskForm):  # type: ignore[misc]
    """A survey round: its name and its days, both of which it is open on."""

    name = StringField(
        _("Name of the round"),
        [
            DataRequired(_("Enter a name, such as Autumn 2027.")),
            Length(max=80, message=_("Use 80 characters or fewer.")),
        ],
        filters=[lambda text: " ".join(text.split()) if text else ""],
    )
    opens = DateField(_("First day"), [InputRequired(_("Enter the first day."))])
    closes = DateField(_("Last day"), [InputRequired(_("Enter the last day."))])


class UploadForm(FlaskForm):  # type: ignore[misc]
    """One spreadsheet of families."""

    file = FileField(_("Spreadsheet"), [FileRequired(_("Choose a spreadsheet."))])
