"""What the pages of a trial call things, and how they write percentage points."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from flask_babel import format_decimal, format_percent, gettext
from flask_babel import lazy_gettext as _

from messaging.trials.allocation import Stratum
from messaging.trials.plan import Outcome
from messaging.trials.results import Verdict
from parentportal.queries.disclosure import SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from messaging.trials.intervals import Interval, Tally

OUTCOMES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CALL_ASKED: _("asked for a call"),
        Outcome.INTEREST_REGISTERED: _("said they are interested"),
        Outcome.SURVEY_ANSWERED: _("answered the survey"),
        Outcome.INVITATION_ACCEPTED: _("accepted the invitation"),
    }
)
"""What families did, as it ends a sentence."""

CHOICES: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CALL_ASKED: _("A carer asks for a call"),
        Outcome.INTEREST_REGISTERED: _("A carer says that they are interested"),
        Outcome.SURVEY_ANSWERED: _("A carer answers the survey"),
        Outcome.INVITATION_ACCEPTED: _("A carer accepts the invitation"),
    }
)

SHARES: Mapping[int, str] = MappingProxyType(
    {
        10: _("One family in ten"),
        20: _("One family in five"),
        25: _("One family in four"),
        50: _("Every other family"),
    }
)
"""Each share of neutral families that can be drawn, in whole per cent."""

STRATA: Mapping[Stratum, str] = MappingProxyType(
    {
        Stratum.SETTLER: _("Settlers"),
        Stratum.PROSPECTOR: _("Prospectors"),
        Stratum.PIONEER: _("Pioneers"),
        Stratum.MIXED: _("Mixed families"),
    }
)

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.STILL_COUNTING: _("Counting goes on. Nothing can be said yet."),
        Verdict.NOTHING_TO_COMPARE: _(
            "There is nothing to compare: one of the two versions went to no family."
        ),
        Verdict.NO_DIFFERENCE_SHOWN: _(
            "No difference was shown. One may be there and be too small for so few families to "
            "show, or there may be none."
        ),
        Verdict.MORE_WHEN_TAILORED: _(
            "In this campaign more families did it when the wording was tailored. The wording was "
            "all that differed. It may be otherwise with another campaign or other families."
        ),
        Verdict.MORE_WHEN_NEUTRAL: _(
            "In this campaign more families did it when the wording was neutral. The wording was "
            "all that differed. It may be otherwise with another campaign or other families."
        ),
        Verdict.TOO_FEW_TO_SHOW: _(
            "In one of the two versions fewer than %(smallest)s families did this, or fewer than "
            "%(smallest)s did not. Nothing is shown, so that nobody can be recognised, and nothing "
            "could be said.",
            smallest=SMALLEST_SHOWN,
        ),
    }
)
"""What may be said of a trial: never a promise, and nothing of winning."""


def points(share: float, *, places: int = 1) -> str:
    """A difference of shares in percentage points, with its sign: +4.2, −0.3, 0.0."""
    whole = round(100 * share, places)
    digits = f"0.{'0' * places}" if places else "0"
    return _turned(format_decimal(whole, format=f"+{digits};-{digits}" if whole else digits))


def interval_words(found: Interval) -> str:
    """An interval in percentage points: −1.5 to +9.3."""
    return str(gettext("%(low)s to %(high)s", low=points(found.low), high=points(found.high)))


def difference_words(found: Interval) -> str:
    """A difference with its interval in percentage points: +4.2 (−1.5 to +9.3)."""
    return str(
        gettext(
            "%(difference)s (%(low)s to %(high)s)",
            difference=points(found.value),
            low=points(found.low),
            high=points(found.high),
        )
    )


def tally_words(tally: Tally) -> str:
    """Those who did it, of all, with the share: 12 of 48 (25%)."""
    if not tally.of:
        return str(gettext("no families"))
    return str(
        gettext(
            "%(hits)s of %(all)s (%(share)s)",
            hits=format_decimal(tally.hits),
            all=format_decimal(tally.of),
            share=format_percent(tally.share),
        )
    )


def campaign_name(name: str) -> str:
    """What a campaign is called in the officer's language; the desk's words have the same names."""
    return str(gettext(name))


def _turned(number: str) -> str:
    """A number that stays as it is written among words that run the other way."""
    return f"\u2066{number}\u2069"
