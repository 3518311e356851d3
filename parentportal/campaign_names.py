"""What each campaign is called, in words that officers and parents both read."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

CAMPAIGNS: Mapping[str, str] = MappingProxyType(
    {
        "survey-invitation": _("An invitation to answer a few questions"),
        "survey-reminder": _("A reminder of the questions"),
        "survey-thanks": _("Thank you for your answers"),
        "first-contact": _("Welcome to travel support"),
        "ptb-offer": _("A Personal Transport Budget for your family"),
        "ptb-follow-up": _("A Personal Transport Budget: a second letter"),
        "itt-offer": _("Independent Travel Training for your child"),
        "itt-follow-up": _("Independent Travel Training: a second letter"),
        "mini-ptb-offer": _("A small budget to keep a journey going"),
        "focus-group-invitation": _("An invitation to talk about travel to school"),
        "focus-group-confirmation": _("Your place at the meeting"),
        "focus-group-reminder": _("A reminder of the meeting"),
        "focus-group-thanks": _("Thank you for coming to the meeting"),
        "focus-group-changes": _("What changed because of the meeting"),
        "travel-review": _("A review of your child’s travel"),
        "naming-a-school": _("Before you name a school"),
        "young-person": _("A letter to the young person"),
        "call-back": _("You asked us to ring you"),
        "place-offered": _("A place has become free at the meeting"),
    }
)
