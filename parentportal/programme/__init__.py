"""The programme team's pages: where parents stand, the discussion groups, the typing tool."""

from parentportal.programme import tool  # noqa: F401 -- its views join the blueprint
from parentportal.programme.views import bp

__all__ = ["bp"]
