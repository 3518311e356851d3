"""A parent's own pages, reached by a link from a letter: the reply to an invitation."""

from parentportal.account.replies import bp

__all__ = ["bp"]
