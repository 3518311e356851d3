"""What the programme team's pages call things."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from messaging.lifecycle import State
from parentportal.models import InviteeState, ToolState
from parentportal.models.standing import Standing
from parentportal.operations.pools import KeptOut
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping

STANDINGS: Mapping[Standing, tuple[str, str]] = MappingProxyType(
    {
        Standing.SETTLER: (_("Settlers"), _("Safety, routine and belonging come first")),
        Standing.PROSPECTOR: (
            _("Prospectors"),
            _("Doing well, a better deal and respect come first"),
        ),
        Standing.PIONEER: (_("Pioneers"), _("Fairness, own ideas and a say come first")),
        Standing.UNSURE: (
            _("No clear answer"),
            _("They answered, and no group fits, or they asked us not to use it"),
        ),
        Standing.SILENT: (_("No answers"), _("They skipped the questions or have not answered")),
    }
)
"""Each standing: its name, and what it means."""

FOR_WHOM: Mapping[Segment | None, str] = MappingProxyType(
    {
        Segment.SETTLER: _("Settlers"),
        Segment.PROSPECTOR: _("Prospectors"),
        Segment.PIONEER: _("Pioneers"),
        None: _("Everyone else (mixed)"),
    }
)

AIMS: Mapping[Segment | None, str] = MappingProxyType(
    {
        Segment.SETTLER: _(
            "Hear what keeps the journey safe and steady, and what must not change."
        ),
        Segment.PROSPECTOR: _(
            "Hear what would make the journey better, and what would be worth it."
        ),
        Segment.PIONEER: _(
            "Hear how they would plan the journey themselves, and what is unfair now."
        ),
        None: _("Hear what matters on the way to school, from parents of every kind."),
    }
)
"""The first aim of each group, for the officer to change."""

KEPT_OUT: Mapping[KeptOut, str] = MappingProxyType(
    {
        KeptOut.NOT_TO_CONTACT: _("Marked not to be written to"),
        KeptOut.ALREADY_INVITED: _("Somebody of the household was invited to a group already"),
        KeptOut.UNREACHABLE: _("No address and no email"),
    }
)

REPLIES: Mapping[InviteeState, tuple[str, str]] = MappingProxyType(
    {
        InviteeState.PENDING: (_("No reply"), "grey"),
        InviteeState.ACCEPTED: (_("Coming"), "green"),
        InviteeState.DECLINED: (_("Not coming"), "red"),
        InviteeState.WAITING: (_("On the waiting list"), "yellow"),
        InviteeState.EXPIRED: (_("Place passed on"), "grey"),
        InviteeState.ATTENDED: (_("Was there"), "green"),
        InviteeState.ABSENT: (_("Did not come"), "red"),
    }
)
"""Each state of an invitee: its words, and the colour of its tag."""

BATCHES: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: _("Drafted"),
        State.SUBMITTED: _("Waiting for a second officer"),
        State.APPROVED: _("Approved"),
        State.PAUSED: _("Paused"),
        State.DISPATCHED: _("Sent"),
        State.WITHDRAWN: _("Withdrawn"),
    }
)

TOOL_STATES: Mapping[ToolState, tuple[str, str]] = MappingProxyType(
    {
        ToolState.PROPOSED: (_("To be decided"), "yellow"),
        ToolState.ADOPTED: (_("Adopted"), "green"),
        ToolState.DECLINED: (_("Declined"), "grey"),
        ToolState.SET_ASIDE: (_("Set aside"), "grey"),
    }
)
"""Each state of a version of the typing tool: its words, and the colour of its tag."""

_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady"})


def first_name(name: str) -> str:
    """The first name of a whole one, without its title: all that a list of replies needs."""
    words = name.split()
    return next((w for w in words if w.rstrip(".").casefold() not in _TITLES), name)
