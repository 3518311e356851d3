"""What a message is told beside the family it goes to: a meeting, a survey, a review, changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class InvitationDetails:
    """When and where a discussion group meets, as far as it is settled.

    Attributes:
        place: where, as it prints.
        starts: the local time on the wall clock there.
        minutes: how long.
        access: steps, parking, a hearing loop…; may be empty.
        expenses: what is paid, in the message's language; empty prints the council's practice.
        reply_link: the invitee's own signed link; empty prints the general one.
    """

    place: str
    starts: datetime
    minutes: int
    access: str = ""
    expenses: str = ""
    reply_link: str = ""


@dataclass(frozen=True, slots=True)
class SurveyDetails:
    """One carer's way into a survey round.

    Attributes:
        code: the access code as it is typed; empty where a link alone leads in.
        closes: the last day on which answers are taken.
    """

    code: str
    closes: date


@dataclass(frozen=True, slots=True)
class ReviewDetails:
    """A review of a child's travel.

    Attributes:
        starts_on: the day it begins; nothing is decided before.
        decided_by: the day until which the council answers.
        officer: who does it, as it prints.
    """

    starts_on: date
    decided_by: date
    officer: str


@dataclass(frozen=True, slots=True)
class WhatChanged:
    """What became of what a group said.

    Attributes:
        met_on: when the group met.
        rows: what was said, and what changed or why not, each in the message's language.
        beside: the same in the language that a letter carries as well; empty for others.
    """

    met_on: date
    rows: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str], ...] = ()


Details = InvitationDetails | SurveyDetails | ReviewDetails | WhatChanged

_KINDS: Mapping[str, type[Details]] = {
    "meeting": InvitationDetails,
    "survey": SurveyDetails,
    "review": ReviewDetails,
    "changes": WhatChanged,
}


def details_document(details: Details) -> dict[str, Any]:
    """Details in JSON's types, their kind first; :func:`read_details` reads them back."""
    kind = next(name for name, known in _KINDS.items() if isinstance(details, known))
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(details).items()
    }
    return {"kind": kind, **values}


def read_details(document: Mapping[str, Any]) -> Details:
    """What :func:`details_document` wrote; without a kind, the meeting of an earlier release.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    kind = _KINDS[document.get("kind", "meeting")]
    values = {name: value for name, value in document.items() if name != "kind"}
    for field in fields(kind):
        if field.type is date:
            values[field.name] = date.fromisoformat(values[field.name])
        elif field.type is datetime:
            values[field.name] = datetime.fromisoformat(values[field.name])
    if kind is WhatChanged:
        for name in ("rows", "beside"):
            values[name] = tuple(tuple(row) for row in values.get(name, ()))
    return kind(**values)


def details_beside(details: Details | None) -> Details | None:
    """The same as the other language of a letter tells it: what changed has words of its own."""
    if isinstance(details, WhatChanged):
        return replace(details, rows=details.beside, beside=details.rows)
    return details
