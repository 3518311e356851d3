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
from parentportal.campaign_names import CAMPAIGNS
from parentportal.left_out import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CAMPAIGNS", "LEFT_OUT", "language_tag"]

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
