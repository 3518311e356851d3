"""The forms of the programme team's pages, each with its frozen value."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, Field, IntegerField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, StopValidation

from parentportal.operations.groups import LONDON, GroupPlan, Meeting
from parentportal.typed_in import Prints, Readable, tidied

if TYPE_CHECKING:
    from parentportal.models import FocusGroup, GroupSession

FEWEST_SEATS, MOST_SEATS = 4, 12
SHORTEST, LONGEST = 30, 180


class GroupForm(FlaskForm):  # type: ignore[misc]
    """A group's name, aim and seats."""

    name = StringField(
        _("Name of the group"),
        filters=[tidied],
        validators=[
            DataRequired(_("Enter a name")),
            Length(max=80, message=_("Use 80 characters at most")),
            Prints(),
        ],
    )
    aim = TextAreaField(
        _("Aim"),
        validators=[
            DataRequired(_("Enter the aim")),
            Length(max=1000, message=_("Use 1,000 characters at most")),
            Prints(lines=True),
        ],
    )
    seats = IntegerField(
        _("Seats"),
        validators=[
            Readable(_("Enter the seats as a number, such as 8")),
            InputRequired(_("Enter the number of seats")),
            NumberRange(FEWEST_SEATS, MOST_SEATS, _("Plan 4 to 12 seats")),
        ],
    )

    @classmethod
    def of(cls, group: FocusGroup) -> GroupForm:
        """The form, filled with what the group has unless something was sent."""
        return cls(data={"name": group.name, "aim": group.aim, "seats": group.seats})

    def plan(self) -> GroupPlan:
        """What a valid form says."""
        return GroupPlan(self.name.data, self.aim.data.strip(), self.seats.data)


class MeetingForm(FlaskForm):  # type: ignore[misc]
    """Where and when a group meets; times are those of the clock on the wall in England."""

    place = StringField(
        _("Place"),
        filters=[tidied],
        validators=[
            DataRequired(_("Enter the place")),
            Prints(),
        ],
    )
    day = DateField(
        _("Date"),
        validators=[
            Readable(_("Enter the date, such as 2027-03-15")),
            InputRequired(_("Enter the date")),
        ],
    )
    starts = TimeField(
        _("Start"),
        validators=[
            Readable(_("Enter the time, such as 18:30")),
            InputRequired(_("Enter the time")),
        ],
    )
    minutes = IntegerField(
        _("Length in minutes"),
        validators=[
            Readable(_("Enter the minutes as a number, such as 90")),
            InputRequired(_("Enter the length")),
            NumberRange(SHORTEST, LONGEST, _("Plan 30 to 180 minutes")),
        ],
    )
    access = StringField(
        _("Access"),
        filters=[tidied],
        validators=[Prints()],
    )
    expenses = StringField(
        _("Expenses"),
        filters=[tidied],
        validators=[Prints()],
    )

    @classmethod
    def of(cls, meeting: GroupSession | None, minutes: int) -> MeetingForm:
        """The form, filled with what is planned unless something was sent."""
        if meeting is None:
            return cls(data={"minutes": minutes})
        starts = meeting.starts_at.astimezone(LONDON)
        return cls(
            data={
                "place": meeting.place,
                "day": starts.date(),
                "starts": starts.time(),
                "minutes": meeting.minutes,
                "access": meeting.access,
                "expenses": meeting.expenses,
            }
        )

    def validate_starts(self, field: Field) -> None:
        """Refuse the hour that the clocks skip in spring: there is no such time."""
        if self.day.data and field.data and _utc(self.day.data, field.data) is None:
            raise StopValidation(_("The clocks go forward then: there is no such time"))

    def meeting(self) -> Meeting:
        """What a valid form says."""
        starts_at = _utc(self.day.data, self.starts.data)
        assert starts_at is not None  # noqa: S101 -- validate_starts saw to it
        return Meeting(
            self.place.data, starts_at, self.minutes.data, self.access.data, self.expenses.data
        )


class DrawForm(FlaskForm):  # type: ignore[misc]
    """How many to draw."""

    invite = IntegerField(
        _("How many to invite"),
        validators=[
            Readable(_("Enter a number, such as 14")),
            InputRequired(_("Enter how many to invite")),
            NumberRange(1, 200, _("Invite 1 to 200")),
        ],
    )


class RetestForm(FlaskForm):  # type: ignore[misc]
    """The round that asks again: its name and its days, both of which it is open on."""

    name = StringField(
        _("Name of the round"),
        filters=[tidied],
        validators=[
            DataRequired(_("Enter a name")),
            Length(max=80, message=_("Use 80 characters at most")),
            Prints(),
        ],
    )
    opens = DateField(
        _("First day"),
        validators=[
            Readable(_("Enter the date, such as 2027-03-15")),
            InputRequired(_("Enter the first day.")),
        ],
    )
    closes = DateField(
        _("Last day"),
        validators=[
            Readable(_("Enter the date, such as 2027-03-15")),
            InputRequired(_("Enter the last day.")),
        ],
    )


def _utc(day: date, clock: time) -> datetime | None:
    """A time of the clock on the wall in England, in UTC; none for one that the clocks skip."""
    local = datetime.combine(day, clock, LONDON)
    moment = local.astimezone(UTC)
    back = moment.astimezone(LONDON)
    return moment if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None
