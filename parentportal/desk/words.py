"""What officers read for the words that the database keeps. Never shown to a parent."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _

from messaging.channels import Channel
from messaging.languages import is_right_to_left, language_tag
from messaging.lifecycle import State
from messaging.variants import ChoiceReason, VariantName
from parentportal.left_out import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LEFT_OUT", "language_tag"]

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
    }
)

STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        State.DRAFT: (_("Draft"), "blue"),
        State.SUBMITTED: (_("Waiting for approval"), "yellow"),
        State.APPROVED: (_("Approved, not sent"), "purple"),
        State.PAUSED: (_("Paused"), "orange"),
        State.SENDING: (_("On its way out"), "light-blue"),
        State.DISPATCHED: (_("Sent"), "green"),
        State.DELIVERED: (_("Delivered"), "turquoise"),
        State.FAILED: (_("Not delivered"), "red"),
        State.RETURNED: (_("Returned by post"), "red"),
        State.UNCERTAIN: (_("Perhaps arrived"), "orange"),
        State.WITHDRAWN: (_("Withdrawn"), "grey"),
    }
)
"""A state's words and the colour of its tag."""

PAUSED: Mapping[str, str] = MappingProxyType(
    {
        "by-officer": _("An officer paused this."),
        "dpia-missing": _("The data protection impact assessment is not signed off."),
        "press-broken": _("Letters cannot be printed. Look at the council’s contact lines."),
        "print-file-not-printable": _("The letters cannot be printed as one file."),
        "disk-full": _("The disk is full."),
        "notify-key-refused": _("GOV.UK Notify refuses the key."),
        "notify-service-not-set-up": _("GOV.UK Notify says that the service is not set up."),
    }
)
"""Why a batch stopped; a code without words of its own says that the way out is shut."""

CHANNELS: Mapping[str, str] = MappingProxyType(
    {Channel.LETTER: _("Letter"), Channel.EMAIL: _("Email"), Channel.SMS: _("Text message")}
)

VERSIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        VariantName.NEUTRAL: (_("Version A"), _("Neutral")),
        VariantName.SETTLER: (_("Version B"), _("Settler")),
        VariantName.PROSPECTOR: (_("Version C"), _("Prospector")),
        VariantName.PIONEER: (_("Version D"), _("Pioneer")),
    }
)
"""A version's letter, which anyone may read, and its name, which officers alone do."""

REASONS: Mapping[str, str] = MappingProxyType(
    {
        ChoiceReason.CHOSEN: _("Chosen by the parent"),
        ChoiceReason.TAILORED: _("Chosen by the answers"),
        ChoiceReason.NOT_TAILORED: _("The same for everyone"),
        ChoiceReason.NO_SEGMENT: _("No answers, or not sure enough"),
        ChoiceReason.OBJECTION: _("Asked us not to tailor"),
        ChoiceReason.NEUTRAL_ARM: _("Drawn by lot, to compare"),
        ChoiceReason.NOT_WRITTEN: _("Not written in this language"),
        ChoiceReason.LANGUAGE_NOT_TYPED: _("Answers not proven in this language"),
    }
)

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "subject": _("Title"),
        "sms": _("Text message"),
        "opening": _("Opening"),
        "facts": _("Words before the facts"),
        "actions": _("Words before what to do"),
        "closing": _("Closing"),
    }
)


def campaign_name(key: str) -> str:
    """What a campaign is called, by its key."""
    return CAMPAIGNS[key]


def language_name(code: str) -> str:
    """A language's name in the officer's own, by its key; a council's families speak many."""
    base = code.partition("_")[0]
    english = Locale("en")
    name = (get_locale() or english).languages.get(base) or english.languages.get(base)
    return str(name or _("Another language"))


def direction(code: str) -> str:
    """Which way a message in this language runs, as HTML says it."""
    return "rtl" if is_right_to_left(code) else "ltr"
