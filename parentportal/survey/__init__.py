"""The parents' questionnaire: from the code to the thanks, and the standing pages."""

from parentportal.survey import (  # noqa: F401 -- each adds its pages to the blueprint
    answering,
    entering,
    faults,
    finishing,
    notice,
    returning,
    standing,
)
from parentportal.survey.blueprint import bp

__all__ = ["bp"]
