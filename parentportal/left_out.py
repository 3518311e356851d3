"""What officers read, at the desk and in the programme team, of whoever gets no message."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from messaging.address import AddressReason
from messaging.choosing import TooOften
from messaging.variants import ChoiceReason
from parentportal.intake.vocabulary import Flag
from parentportal.models import SuppressionReason
from parentportal.operations.contacts import NEVER_OFFERED, REPLIED, TOO_SOON
from parentportal.operations.restating import WRITTEN_ANEW
from parentportal.operations.scheduling import CANCELLED, TOO_LATE
from parentportal.operations.sending import TRIES_USED_UP
from parentportal.operations.taking_out import (
    ADDRESS_CHANGED,
    OFFER_CHANGED,
    REPLY_DATE_PAST,
    SETTINGS_CHANGED,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        Flag.DO_NOT_CONTACT: _("Do not contact: nothing is sent."),
        Flag.SAFEGUARDING: _("Safeguarding: look at this family in person."),
        Flag.BEREAVEMENT: _("Bereavement: look at this family in person."),
        Flag.CARE_ORDER: _("Care order: look at this family in person."),
        Flag.APPEAL_OPEN: _("An appeal is open: nothing is sent meanwhile."),
        Flag.TRIBUNAL_OPEN: _("A tribunal is open: nothing is sent meanwhile."),
        Flag.COMPLAINT_OPEN: _("A complaint is open: nothing is sent meanwhile."),
        Flag.HOSPITAL_STAY: _("A child is in hospital: nothing is sent meanwhile."),
        Flag.SCHOOL_MOVE: _("A child is moving school: nothing is sent meanwhile."),
        "no-address": _("No postal address, so no letter."),
        AddressReason.TOO_FEW_LINES: _("The address has fewer than 3 lines."),
        AddressReason.TOO_MANY_LINES: _("The address has more than 7 lines."),
        AddressReason.NO_POSTCODE: _("The address does not end with a real postcode."),
        AddressReason.NO_LETTER_OR_DIGIT: _("A line of the address has no letter or number."),
        AddressReason.BAD_OPENING: _("A line of the address begins with a sign that is refused."),
        AddressReason.NO_FIXED_ABODE: _("No fixed abode: reach them in another way."),
        AddressReason.LINE_TOO_LONG: _("A line of the address is too long."),
        AddressReason.UNPRINTABLE: _("The address holds a hidden character."),
        "unknown-placeholder": _("The wording asks for something nobody can fill in."),
        "missing-value": _("Something the letter must say is missing."),
        "unprintable-value": _("A name holds a character that cannot be printed."),
        "no-children": _("No child of this family can be named."),
        "child-name-missing": _("A child's first name is missing; that child is not named."),
        "age-band-missing": _("A child's age band is not known; that child is not named."),
        "miles-missing": _("A child's miles to school are not known; that child is not named."),
        "language-not-written": _("This message is not written in their language."),
        "rate-not-begun": _("The mileage rate begins after this date: choose a later date."),
        "rate-has-ended": _("The mileage rate has ended by this date: set the new rate first."),
        "age-needed": _("The amount goes by age, and a child's age band is not known well enough."),
        "beyond-the-bands": _("The scheme has no amount for a child's miles to school."),
        "meeting-is-past": _("The meeting is on or before the date of the letter."),
        "too-many-children": _("There are too many children for one letter."),
        "link-refused": _("A link in the message is not a web address."),
        "address-too-wide": _("A line of the address is too long for the envelope's window."),
        "contact-too-tall": _("The council's contact lines are too long for the page."),
        "character-not-in-fonts": _("It holds a character that cannot be printed."),
        "not-printable": _("The letter cannot be printed."),
        "not-an-email": _("The email address is not one."),
        OFFER_CHANGED: _("The offer is closed, or no longer as the letter states it."),
        ADDRESS_CHANGED: _("Their address changed after it was drafted: draft it again."),
        SETTINGS_CHANGED: _("The council’s settings changed after it was drafted: draft it again."),
        REPLY_DATE_PAST: _("The day to answer by had passed before it went: draft it again."),
        ChoiceReason.OBJECTION: _("Written anew at their wish: it waits in a draft of its own."),
        WRITTEN_ANEW: _("Written anew at their wish: it waits in a draft of its own."),
        SuppressionReason.OPT_OUT: _("They asked us to stop messages like this."),
        SuppressionReason.RETURNED: _("An earlier letter came back: ask for the new address."),
        SuppressionReason.UNDELIVERABLE: _("An earlier message could not be delivered this way."),
        SuppressionReason.ADDRESS_REFUSED: _("The address or number was refused as wrong."),
        TooOften.OFFER: _("They had this offer in this school year already."),
        TooOften.FOLLOW_UP: _("This offer was followed up in this school year already."),
        TooOften.CONTACTS: _("The family was written to four times in this school year."),
        CANCELLED: _("An officer withdrew it before it went."),
        TOO_LATE: _("It had not gone by its last day."),
        TRIES_USED_UP: _("It was tried many times, and nobody took it."),
        "unexpected": _("It was tried many times, and something went wrong each time."),
        "unreadable": _("What was stored of it cannot be read."),
        "connection-lost": _("The connection was lost many times."),
        "too-many-pages": _("The letter has too many pages."),
        "letter-too-large": _("The letter is too large a file."),
        "recipient-refused": _("GOV.UK Notify says that the address or number is none."),
        "message-refused": _("GOV.UK Notify refuses this message."),
        "notify-away": _("GOV.UK Notify could not be reached."),
        "notify-failed": _("GOV.UK Notify failed each time."),
        "notify-rate-limit": _("GOV.UK Notify took no more messages that minute."),
        "notify-daily-limit": _("GOV.UK Notify took no more messages that day."),
        "smtp-away": _("The mail server could not be reached."),
        "smtp-recipient-refused": _("The mail server refuses this address."),
        "smtp-content-refused": _("The mail server refuses this email."),
        "smtp-recipient-later": _("The mail server put this address off each time."),
        "smtp-content-later": _("The mail server put this email off each time."),
        "address-beyond-ascii": _("The address has letters that the mail server does not take."),
        "print-house-away": _("The print house could not be reached."),
        "permanent-failure": _("There is no such mailbox or telephone."),
        "temporary-failure": _("The mailbox was full or the telephone off for days."),
        "technical-failure": _("GOV.UK Notify could not send it."),
        "validation-failed": _("GOV.UK Notify could not print it."),
        "virus-scan-failed": _("GOV.UK Notify would not open it."),
        "returned-letter": _("The letter came back by post."),
        NEVER_OFFERED: _("They have not had the offer that this follows up."),
        TOO_SOON: _("They have not had the offer for long enough."),
        REPLIED: _("They have answered the offer."),
    }
)
"""Why somebody gets no message, or a letter that does not name every child."""
