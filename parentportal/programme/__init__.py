"""The programme team's pages: where parents stand, and the discussion groups."""

from parentportal.programme.views import bp

__all__ = ["bp"]
