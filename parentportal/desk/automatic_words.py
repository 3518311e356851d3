"""What officers read about rules by which messages go by themselves."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from parentportal.models import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

TRIGGERS: Mapping[str, str] = MappingProxyType(
    {
        Trigger.SURVEY_SUBMITTED: _("When a carer has sent in their answers"),
        Trigger.INVITATION_ACCEPTED: _("When a carer says yes to a meeting"),
        Trigger.DAYS_BEFORE_MEETING: _("Some days before a meeting"),
        Trigger.CALL_ASKED: _("When a carer asks for a call"),
        Trigger.PLACE_FREE: _("When a place at a meeting has become free"),
    }
)


class Standing(StrEnum):
    """Where a rule stands today."""

    PROPOSED = "proposed"
    TO_COME = "to-come"
    IN_FORCE = "in-force"
    RESTING = "resting"
    OVER = "over"
    ENDED = "ended"


STANDING: Mapping[Standing, tuple[str, str]] = MappingProxyType(
    {
        Standing.PROPOSED: (_("Waiting for approval"), "yellow"),
        Standing.TO_COME: (_("Approved, not begun"), "blue"),
        Standing.IN_FORCE: (_("In force"), "green"),
        Standing.RESTING: (_("Rests: the words have changed"), "orange"),
        Standing.OVER: (_("Over"), "grey"),
        Standing.ENDED: (_("Ended"), "grey"),
    }
)
"""The words of a standing and the colour of its tag."""
