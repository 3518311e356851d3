"""What a council has set about itself: every fact that the locked blocks print comes from here.

The document form is what TOML and JSON can say. Reading it is strict: unknown fields, missing
languages and wrong values are all refused at once, each with the place where it stands.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self

from messaging.colour import Colour
from messaging.drawings import Drawing, with_drawings
from messaging.schemes.attendance import AttendanceRule
from messaging.schemes.calendars import PaymentCalendar
from messaging.schemes.kinds import Scheme
from messaging.schemes.timeline import overlaps
from messaging.services import (
    IndependentTravelTraining,
    MiniBudget,
    SchoolChoice,
    Timeline,
    TravelReview,
)
from messaging.settings import (
    Email,
    Line,
    Phone,
    Problem,
    SettingsReader,
    Texts,
    WebAddress,
    written,
)
from messaging.sides import USUAL_SIDES, MostSides

ENGLAND = "England"


class CouncilRefused(ValueError):
    """A council's document lacks something or says something impossible.

    Attributes:
        problems: (field, reason) pairs, the field with its dots as in TOML.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {reason}" for field, reason in problems))


@dataclass(frozen=True, slots=True)
class Contact:
    """The person a parent can ring or write to."""

    name: str
    role: Texts
    phone: Phone
    email: Email
    opening_hours: Texts
    signature: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """Somebody else who helps: their name and how to reach them."""

    name: str
    phone: Phone
    website: WebAddress


@dataclass(frozen=True, slots=True)
class Appeal:
    """The two stages of appeal against a travel decision, in working days, then the Ombudsman."""

    how: Texts
    days_to_ask: int
    days_to_review: int
    days_to_ask_again: int
    days_to_hear: int
    ombudsman: Service


@dataclass(frozen=True, slots=True)
class PersonalTransportBudget:
    """The council's scheme, as its published policy has it.

    Attributes:
        scheme: how an amount is worked out.
        later_schemes: those that follow it, each from its own first day.
        calendar: the days on which the year's amount is paid.
        attendance: what absence does to a payment.
        payments: what the council says beside the calendar, or in its place, of when money comes.
        evidence: what a family has to show.
        permitted_uses: what the money may be spent on.
        absence: what it says beside the attendance rule, or in its place, of a child who is away.
        tax, benefits, insurance, employing: the council's own reviewed words, each.
        trial_weeks: how long a family can try it.
        notice_days: the notice a family gives to stop.
        restore_median_days, restore_longest_days: calendar days until the old travel ran again,
            over the families who asked for it in the last two years.
        post_16: what the council's policy statement says about the choice after compulsory
            school age.
    """

    scheme: Scheme
    evidence: Texts
    permitted_uses: Texts
    tax: Texts
    benefits: Texts
    insurance: Texts
    employing: Texts
    trial_weeks: int
    notice_days: int
    restore_median_days: int
    restore_longest_days: int
    post_16: Texts
    later_schemes: tuple[Scheme, ...] = ()
    calendar: PaymentCalendar | None = None
    attendance: AttendanceRule | None = None
    payments: Texts | None = None
    absence: Texts | None = None

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme that is set, in the order of their days."""
        return (self.scheme, *self.later_schemes)

    def contradictions(self) -> Iterator[Problem]:
        """What no single field can tell."""
        if self.restore_median_days > self.restore_longest_days:
            yield "restore_longest_days", "is less than the median days"
        for place in overlaps(self.schemes):
            yield f"later_schemes[{place - 1}].valid_from", "lies in the scheme before"
        if self.calendar is None and self.payments is None:
            yield "calendar", "is missing, and so is payments: one of them says when money comes"
        if self.attendance is None and self.absence is None:
            yield "attendance", "is missing, and so is absence: one of them says what it does"


@dataclass(frozen=True, slots=True)
class FocusGroupPractice:
    """How the council runs a discussion group.

    `thanks_pounds` is paid to each who comes; `paid` says how and when.
    """

    fewest_people: int
    most_people: int
    minutes: int
    thanks_pounds: Decimal
    expenses: Texts
    benefits: Texts
    before: Texts
    company: Texts
    consent: Texts
    afterwards: Texts
    where_and_when: Texts
    paid: Texts | None = None


@dataclass(frozen=True, slots=True)
class Council:
    """One council, frozen: who it is, who answers, and the terms of what it offers.

    ``colour`` is its own, on pages and letters; dark enough to be read on white. ``freepost`` is
    the one line of a Freepost address, for forms that come back; without it they go to
    ``reply_address`` and need a stamp. ``follow_up_weeks``: how long an offer has to be answered
    before it is followed up, once. Where a service is not set, no message about it is sent.
    ``call_hours`` says when an officer rings back, ``bsl_link`` leads to a film in British Sign
    Language. Where ``forum_signs_copy``, the parent carer forum signs wording before it is used.
    """

    name: str
    colour: Colour
    department: Texts
    jurisdiction: str
    website: WebAddress
    portal_url: WebAddress
    reply_address: tuple[str, ...]
    reply_weeks: int
    contact: Contact
    other_formats: Texts
    sendiass: Service
    parent_carer_forum: Service
    complaints: Service
    appeal: Appeal
    personal_transport_budget: PersonalTransportBudget
    focus_groups: FocusGroupPractice
    freepost: Line | None = None
    follow_up_weeks: int = 4
    independent_travel_training: IndependentTravelTraining | None = None
    mini_budget: MiniBudget | None = None
    travel_review: TravelReview | None = None
    school_choice: SchoolChoice | None = None
    timeline: Timeline | None = None
    call_hours: Texts | None = None
    bsl_link: WebAddress | None = None
    logo: Drawing | None = None
    most_sides: MostSides = USUAL_SIDES
    forum_signs_copy: bool = False

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read a document as TOML or JSON has it.

        Raises:
            CouncilRefused: with every field that is missing, unknown or wrong.
        """
        reader = SettingsReader()
        council = reader.read(cls, document)
        if council is not None:
            reader.problems.extend(_contradictions(council))
        if reader.problems or council is None:
            raise CouncilRefused(tuple(reader.problems))
        return council

    def document(self) -> dict[str, Any]:
        """The document form, of JSON's types alone; `from_document` reads it back as it was."""
        document = written(self)
        assert isinstance(document, dict)  # noqa: S101 -- a dataclass is written as a table
        return document


def _contradictions(council: Council) -> list[Problem]:
    """What no single field can tell."""
    groups = council.focus_groups
    found: list[Problem] = []
    if council.jurisdiction != ENGLAND:
        found.append(("jurisdiction", "England is the only one whose rules are written here"))
    if groups.fewest_people > groups.most_people:
        found.append(("focus_groups.most_people", "is less than the fewest"))
    return found


def load_council(path: Path) -> Council:
    """A council from a TOML file; `logo = { file = "logo.svg" }` names a drawing beside it.

    Raises:
        CouncilRefused: the file is no TOML in UTF-8, or what it says is refused.
        OSError: the file cannot be read.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise CouncilRefused((("", f"is not a TOML document in UTF-8: {wrong}"),)) from wrong
    return _read_beside(document, path.parent)


@cache
def demonstration_council() -> Council:
    """The invented council that ships with this package, with its logo and a signature.

    Its file does not name the drawings, so that a council may copy the file alone.
    """
    folder = files("messaging") / "demonstration"
    document = tomllib.loads(
        (folder / "council.toml").read_text(encoding="utf-8"), parse_float=Decimal
    )
    document["logo"] = {"file": "logo.svg"}
    document["contact"]["signature"] = {"file": "signature.svg"}
    return _read_beside(document, folder)


def _read_beside(document: Mapping[str, Any], folder: Traversable) -> Council:
    """A council with the drawings that its document names as files in the same folder."""
    problems: list[Problem] = []
    council = with_drawings(document, folder, problems)
    if problems:
        raise CouncilRefused(tuple(problems))
    return Council.from_document(council)
