"""The facts every version of a message carries, built without any knowledge of the version.

That the versions say the same is so by construction: nothing here is told which one it is for.
`messaging.facts` proves it from the finished messages all the same.
"""

from collections.abc import Callable, Mapping

from messaging.blocks import Block
from messaging.campaigns import LockedBlock
from messaging.locked import everywhere, meetings, offers
from messaging.locked.details import (
    Details,
    InvitationDetails,
    ReviewDetails,
    SurveyDetails,
    WhatChanged,
    details_document,
    read_details,
)
from messaging.locked.terms import Terms, check_link, names_of, printed_date

__all__ = [
    "Details",
    "InvitationDetails",
    "ReviewDetails",
    "SurveyDetails",
    "Terms",
    "WhatChanged",
    "build_locked",
    "check_link",
    "details_document",
    "names_of",
    "printed_date",
    "read_details",
]

_BUILDERS: Mapping[LockedBlock, Callable[[Terms], tuple[Block, ...]]] = {
    LockedBlock.OFFERS: offers.offers,
    LockedBlock.MEETING: meetings.meeting,
    LockedBlock.ACTIONS: everywhere.actions,
    LockedBlock.ANSWERS: everywhere.answers,
    LockedBlock.CHOICE: offers.choice,
    LockedBlock.TERMS: offers.budget,
    LockedBlock.HELP: everywhere.support,
    LockedBlock.PRIVACY: everywhere.privacy,
    LockedBlock.FORMATS: everywhere.formats,
}


def build_locked(block: LockedBlock, terms: Terms) -> tuple[Block, ...]:
    """One locked block of a message.

    Raises:
        CompositionRefused: something that it prints is missing or cannot be printed.
    """
    return _BUILDERS[block](terms)
