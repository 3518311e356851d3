"""An invented school year, in half terms."""

from datetime import date

from messaging.schemes.calendars import Term

HALVES = tuple(
    Term(date.fromisoformat(begins), date.fromisoformat(ends))
    for begins, ends in (
        ("2026-09-02", "2026-10-23"),
        ("2026-11-02", "2026-12-18"),
        ("2027-01-04", "2027-02-12"),
        ("2027-02-22", "2027-03-25"),
        ("2027-04-12", "2027-05-28"),
        ("2027-06-07", "2027-07-21"),
    )
)
