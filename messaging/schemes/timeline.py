"""Several schemes one after the other, and the one in force on a day."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from messaging.schemes.journeys import Journey
from messaging.schemes.kinds import Scheme
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import Payment


def scheme_on(schemes: Sequence[Scheme], day: date) -> Scheme:
    """The scheme in force on a day.

    Raises:
        WorkingOutRefused: `rate-not-begun` where one is still to come, else `rate-has-ended`.
    """
    for scheme in schemes:
        if scheme.valid_from <= day <= scheme.valid_to:
            return scheme
    to_come = [scheme.valid_from for scheme in schemes if scheme.valid_from > day]
    if to_come:
        raise WorkingOutRefused("rate-not-begun", begins=min(to_come).isoformat())
    last = max(scheme.valid_to for scheme in schemes)
    raise WorkingOutRefused("rate-has-ended", ended=last.isoformat())


def work_out_on(schemes: Sequence[Scheme], journey: Journey, day: date) -> Payment:
    """The year's payment by the scheme in force on a day.

    Raises:
        WorkingOutRefused: no scheme is in force, or it has no amount for this journey.
    """
    return scheme_on(schemes, day).work_out(journey)


def overlaps(schemes: Sequence[Scheme]) -> Iterator[int]:
    """The places of schemes that begin before the one in front of them has ended."""
    for place, (earlier, later) in enumerate(pairwise(schemes), start=1):
        if later.valid_from <= earlier.valid_to:
            yield place
