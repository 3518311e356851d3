"""The programme team's pages: where parents stand, groups, trials, the typing tool."""

from parentportal.programme import tool, trials  # noqa: F401 -- their views join the blueprint
from parentportal.programme.views import bp

__all__ = ["bp"]
