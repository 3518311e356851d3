"""A parent's own pages, reached by a link from a letter: the message itself, and an invitation."""

from parentportal.account import (  # noqa: F401 -- each adds its pages to the blueprint
    entering,
    estimate,
    formats,
    home,
    messages,
    replies,
    school,
    versions,
    wishes,
)
from parentportal.account.blueprint import bp

__all__ = ["bp"]
