"""The names of the three segments: the one word of segmentation that messaging may know."""

from enum import StrEnum


class Segment(StrEnum):
    """One of three broad groups of values (Rose and Dade, *Using Values Modes*).

    A segment chooses wording and the discussion group that is offered, never terms. A parent whose
    segment is not known well enough has none: they are *unassigned*.
    """

    SETTLER = "settler"
    PROSPECTOR = "prospector"
    PIONEER = "pioneer"
