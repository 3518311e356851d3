"""The ways a message can go out."""

from enum import StrEnum


class Channel(StrEnum):
    """How a message reaches a carer: their preference or the campaign's, never the segment's."""

    LETTER = "letter"
    EMAIL = "email"
    SMS = "sms"
