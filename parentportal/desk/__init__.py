"""The officers' pages: signing in, what to do next, families, the survey, messages going out."""

from parentportal.desk import (  # noqa: F401 -- each adds its pages to the blueprint
    asked,
    automatic,
    batches,
    cohort,
    copy,
    copy_version,
    drafting,
    keying,
    languages,
    letters,
    objecting,
    paper,
    sending,
    signing,
    survey,
    telephone,
    wishes,
)
from parentportal.desk.blueprint import bp

__all__ = ["bp"]
