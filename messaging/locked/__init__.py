"""The facts every version of a message carries, built without any knowledge of the version.

That the versions say the same is so by construction: nothing here is told which one it is for.
`messaging.facts` proves it from the finished messages all the same.
"""

from collections.abc import Callable, Mapping

from messaging.blocks import Block
from messaging.campaigns import LockedBlock
from messaging.locked import (
    choices,
    everywhere,
    journeys,
    meetings,
    offers,
    surveys,
    young_people,
)
from messaging.locked.details import (
    Details,
    InvitationDetails,
    ReviewDetails,
    SurveyDetails,
    WhatChanged,
    details_beside,
    details_document,
    read_details,
)
from messaging.locked.figures import printed_date
from messaging.locked.terms import Terms, check_link, names_of
from messaging.offers import Offer

__all__ = [
    "Details",
    "InvitationDetails",
    "ReviewDetails",
    "SurveyDetails",
    "Terms",
    "WhatChanged",
    "build_locked",
    "check_link",
    "details_beside",
    "details_document",
    "names_of",
    "printed_date",
    "read_details",
]

Builder = Callable[[Terms], tuple[Block, ...]]

_OFFERS: Mapping[Offer, Builder] = {
    Offer.PTB: offers.offers,
    Offer.ITT: choices.offers,
    Offer.MINI_PTB: choices.offers,
}
_TERMS: Mapping[Offer, Builder] = {
    Offer.PTB: offers.budget,
    Offer.ITT: choices.training,
    Offer.MINI_PTB: choices.one_off,
}

_BUILDERS: Mapping[LockedBlock, Builder] = {
    LockedBlock.OFFERS: lambda terms: _OFFERS[terms.offer](terms),
    LockedBlock.MEETING: meetings.meeting,
    LockedBlock.SURVEY: surveys.survey,
    LockedBlock.AFTER_SURVEY: surveys.after_survey,
    LockedBlock.TIMELINE: journeys.timeline,
    LockedBlock.SCHOOL: journeys.school,
    LockedBlock.REVIEW: journeys.review,
    LockedBlock.THANKS: meetings.thanks,
    LockedBlock.CHANGES: meetings.changes,
    LockedBlock.YOUNG_PERSON: young_people.young_person,
    LockedBlock.ACTIONS: everywhere.actions,
    LockedBlock.ANSWERS: everywhere.answers,
    LockedBlock.CHOICE: choices.choice,
    LockedBlock.TERMS: lambda terms: _TERMS[terms.offer](terms),
    LockedBlock.APPEAL: journeys.appeal,
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
