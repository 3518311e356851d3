"""Whether a stored message still says what holds: the council's settings, the day to answer by.

Its facts were made from the settings as they stood when it was drafted. They are compared with what
the settings make of it now, and not the settings themselves: most changes touch few messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from messaging.channels import Channel
from messaging.composition import terms_of
from messaging.facts import facts_of
from messaging.locked import ReviewDetails, SurveyDetails
from messaging.message import Message
from messaging.placeholders import CompositionRefused
from messaging.variants import Variant, VariantName
from messaging.wording import locked_wording
from parentportal.operations.wording import EVERY_SLOT
from parentportal.operations.writing import LONG_FORM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from messaging.council import Council
    from parentportal.models import OutgoingMessage
    from parentportal.operations.addressees import Addressee


def states_otherwise(row: OutgoingMessage, addressee: Addressee, council: Council) -> bool:
    """Whether a message states other facts than it would if it were written with these settings.

    Of a text message, what stands on the page behind its link counts as well.
    """
    try:
        return any(
            facts_of(stored) != facts_of(_bare(stored, addressee, council))
            for stored in _stored(row)
        )
    except CompositionRefused:  # what it is about cannot be said any more
        return True


def answer_by(
    campaign: str, dated: date, addressee: Addressee, language: str, council: Council
) -> date | None:
    """The day that a message asks an answer by, as it is printed; none where it asks for none."""
    actions = locked_wording(language)["actions"]
    asks = actions[campaign].get("reply", actions["reply"])
    match addressee.details:
        case SurveyDetails(closes=day) if "((closes))" in asks:
            return day
        case ReviewDetails(starts_on=day) if "((starts_on))" in asks:
            return day
    if "((reply_by))" not in asks:
        return None
    return terms_of(
        campaign,
        language,
        addressee.recipient,
        council,
        dated=dated,
        details=addressee.details,
        portal_link=addressee.link,
    ).reply_by


def _stored(row: OutgoingMessage) -> Iterator[Message]:
    yield Message.from_json(row.content)
    if row.channel is Channel.SMS:
        yield Message.read(row.recipient[LONG_FORM])


def _bare(stored: Message, addressee: Addressee, council: Council) -> Message:
    """The same message with these settings, without its tone: the facts know nothing of that.

    Raises:
        CompositionRefused: something is missing or cannot be printed.
    """
    beside = _without_tone(stored.beside) if stored.beside else None
    return addressee.message(_without_tone(stored), council, stored.dated, beside=beside)


def _without_tone(message: Message) -> Variant:
    bare: dict[str, Any] = dict.fromkeys(EVERY_SLOT, "-")
    return Variant(message.campaign, message.channel, message.language, VariantName.NEUTRAL, **bare)
