"""A parent's own pages, reached by a link from a letter: the message itself, and an invitation."""

from parentportal.account import messages, replies  # noqa: F401 -- each adds its pages
from parentportal.account.blueprint import bp

__all__ = ["bp"]
