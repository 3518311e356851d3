"""What a letter is about beside the family, as the columns of a proofs file tell it.

A meeting: `meeting_place`, `meeting_starts`, `meeting_minutes`, `meeting_access`, `reply_link`.
A survey: `survey_code`, `survey_closes`. A review: `review_starts`, `review_decided`,
`review_officer`. What changed: `met_on`, then `said_1` and `changed_1`, `said_2` and `changed_2`…;
for a letter in two languages the same in the other one too, in `said_1_beside`, `changed_1_beside`…
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from messaging.campaigns import About, Campaign, LockedBlock
from messaging.council import Council
from messaging.locked import (
    Details,
    InvitationDetails,
    ReviewDetails,
    SurveyDetails,
    WhatChanged,
)

Cells = Mapping[str, str]
Reason = tuple[str, str]
"""Why a row is not printed: a code, and words for whoever keeps the file."""

DETAIL_COLUMNS = frozenset(
    {"meeting_place", "meeting_starts", "meeting_minutes", "meeting_access", "reply_link"}
    | {"survey_code", "survey_closes"}
    | {"review_starts", "review_decided", "review_officer"}
    | {"met_on"}
)
NUMBERED_COLUMN = re.compile(r"(said|changed)_([1-9][0-9]?)(_beside)?")
"""A column of what was said, or of what changed because of it, or of either in two languages."""

LONGEST_MEETING = 600  # minutes


class DetailsRefused(ValueError):
    """The columns do not tell what the letter is about; `reasons` are (code, words)."""

    def __init__(self, *reasons: Reason) -> None:
        self.reasons = reasons
        super().__init__("; ".join(words for _, words in reasons))


def row_details(campaign: Campaign, council: Council, cells: Cells, dated: date) -> Details | None:
    """What the letter of a row is about; none where the campaign needs nothing, or may do without.

    Args:
        campaign: what it is about is read from it; columns of anything else are left alone.
        council: how long its meetings usually are.
        cells: the row by its columns.
        dated: the date of the letter: what it announces comes later.

    Raises:
        DetailsRefused: a column that is needed is empty, or holds something else.
    """
    own = {name: text.strip() for name, text in cells.items()}
    if campaign.about is About.NOTHING:
        told = own.get("meeting_place") or own.get("meeting_starts")
        if LockedBlock.MEETING in campaign.first and told:
            return _meeting(own, council, dated)
        return None
    return _READERS[campaign.about](own, council, dated)


def _meeting(cells: Cells, council: Council, _dated: date) -> InvitationDetails:
    """A meeting; that it lies in the past is refused where the letter is made."""
    _require(cells, "meeting_place", "meeting_starts")
    minutes = cells.get("meeting_minutes", "")
    try:
        starts = datetime.strptime(  # noqa: DTZ007 -- the time on the wall clock there
            cells["meeting_starts"].replace(" ", "T"), "%Y-%m-%dT%H:%M"
        )
        length = int(minutes) if minutes else council.focus_groups.minutes
    except ValueError:
        length = 0
    if not 0 < length <= LONGEST_MEETING:
        words = "meeting_starts is a time such as 2026-12-08T10:00, meeting_minutes a number."
        raise DetailsRefused(("bad-meeting", words))
    return InvitationDetails(
        place=cells["meeting_place"],
        starts=starts,
        minutes=length,
        access=cells.get("meeting_access", ""),
        reply_link=cells.get("reply_link", ""),
    )


def _survey(cells: Cells, _council: Council, dated: date) -> SurveyDetails:
    """A survey; without a code, the link alone leads in."""
    _require(cells, "survey_closes")
    closes = _day(cells, "survey_closes")
    if closes < dated:
        raise DetailsRefused(("survey-is-closed", "survey_closes lies before the letter's date."))
    return SurveyDetails(cells.get("survey_code", ""), closes)


def _review(cells: Cells, _council: Council, dated: date) -> ReviewDetails:
    _require(cells, "review_starts", "review_decided", "review_officer")
    starts, decided = _day(cells, "review_starts"), _day(cells, "review_decided")
    if not dated < starts <= decided:
        words = "The review starts after the letter's date, and is decided after that."
        raise DetailsRefused(("bad-review", words))
    return ReviewDetails(starts, decided, cells["review_officer"])


def _changes(cells: Cells, _council: Council, dated: date) -> WhatChanged:
    """What changed; each that was said has an answer, be it why nothing changed."""
    _require(cells, "met_on", "said_1", "changed_1")
    met_on = _day(cells, "met_on")
    if met_on > dated:
        raise DetailsRefused(("bad-meeting", "met_on lies after the letter's date."))
    filled = {
        (int(found[2]), found[3] or "")
        for name, text in cells.items()
        if text and (found := NUMBERED_COLUMN.fullmatch(name))
    }
    numbers = sorted({number for number, _ in filled})
    endings = sorted({ending for _, ending in filled})
    rows = {ending: tuple(_row(cells, number, ending) for number in numbers) for ending in endings}
    return WhatChanged(met_on, rows[""], rows.get("_beside", ()))


def _row(cells: Cells, number: int, ending: str) -> tuple[str, str]:
    """What was said and what came of it; where one row is in two languages, all are."""
    said, changed = f"said_{number}{ending}", f"changed_{number}{ending}"
    _require(cells, said, changed)
    return cells[said], cells[changed]


_READERS: Mapping[About, Callable[[Cells, Council, date], Details]] = {
    About.MEETING: _meeting,
    About.SURVEY: _survey,
    About.REVIEW: _review,
    About.CHANGES: _changes,
}


def _require(cells: Cells, *names: str) -> None:
    missing = [name for name in names if not cells.get(name)]
    if missing:
        raise DetailsRefused(
            *(("details-missing", f"The column {name} is empty or missing.") for name in missing)
        )


def _day(cells: Cells, name: str) -> date:
    try:
        return date.fromisoformat(cells[name])
    except ValueError:
        words = f"The column {name} is a day such as 2026-12-08."
        raise DetailsRefused(("bad-day", words)) from None
