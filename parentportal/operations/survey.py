"""The questionnaire's use cases behind one door: what pages, replay and demonstration call.

The walk: ``open_wave`` → ``invite`` → ``enter`` → ``start`` → ``record_answers`` →
``record_wishes`` → ``submit``; aside from it ``skip``, ``confirm_postcode``, ``take_back_answer``.
"""

from parentportal.operations.answering import (
    LANGUAGE_NOT_TYPED,
    AskedEnough,
    KeptFromView,
    NotStarted,
    record_answers,
    record_wishes,
    start,
    submit,
    take_back_answer,
)
from parentportal.operations.invitations import (
    WRONG_POSTCODES,
    AlreadySubmitted,
    Confirmation,
    Entry,
    Issued,
    Outcome,
    SurveyClosed,
    confirm_postcode,
    enter,
    find_invitation,
    invite,
    open_wave,
    skip,
    take_back_skip,
)
from parentportal.sight import EVERYTHING, Sight

__all__ = [
    "EVERYTHING",
    "LANGUAGE_NOT_TYPED",
    "WRONG_POSTCODES",
    "AlreadySubmitted",
    "AskedEnough",
    "Confirmation",
    "Entry",
    "Issued",
    "KeptFromView",
    "NotStarted",
    "Outcome",
    "Sight",
    "SurveyClosed",
    "confirm_postcode",
    "enter",
    "find_invitation",
    "invite",
    "open_wave",
    "record_answers",
    "record_wishes",
    "skip",
    "start",
    "submit",
    "take_back_answer",
    "take_back_skip",
]
