"""The practice council, set up through the operations that pages call, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from messaging.council import demonstration_council
from parentportal.access_codes import AccessCode
from parentportal.demonstration.families import PREFIX, cohort_file, lone_carers_file
from parentportal.demonstration.opinions import answers_of_one
from parentportal.models import (
    Carer,
    Family,
    FocusGroup,
    Invitation,
    Mode,
    Officer,
    Role,
    Trigger,
    Wave,
)
from parentportal.operations import automatic, outbox, survey
from parentportal.operations.accounts import add_officer
from parentportal.operations.cohort import check_import, confirm_import
from parentportal.operations.council import save_council
from parentportal.operations.groups import Meeting, plan_meeting, set_up_groups
from parentportal.operations.installation import begin_practice
from segmentation.adaptive import play
from segmentation.instrument import LANGUAGES, Answers
from segmentation.segments import Segment
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from parentportal.operations.survey import Issued

FAMILIES = 600
SEED = 2026
WAVE = "Autumn wave"
OPEN_FOR = timedelta(weeks=8)
SEATS = 8
MEETING_MINUTES = 90
LONDON = ZoneInfo("Europe/London")

_ANSWERED, _HALF_WAY, _SKIPPED = 0.50, 0.55, 0.58
"""Where a parent's lot falls: below the first has answered, below the next is half way…"""

_NAMES = {
    Role.OFFICER: "Robin Desk",
    Role.APPROVER: "Ashley Second",
    Role.PROGRAMME: "Jo Programme",
}
_AIMS: dict[Segment | None, str] = {
    Segment.SETTLER: "What would make a change of travel feel safe and settled?",
    Segment.PROSPECTOR: "What would make another way of travelling worth having?",
    Segment.PIONEER: "How would parents design travel to school themselves?",
    None: "What do parents of every kind want us to know?",
}
_PLACES = (
    "Exampleton Library, Room 2",
    "Testerby Community Hall",
    "Little Sample Children's Centre",
    "Mockford Town Hall, Garden Room",
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the practice council signs in: known to all, for nothing real is here."""

    role: Role
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class UnusedCode:
    """A code that nobody has entered, and the postcode of its carer."""

    language: str
    code: str
    postcode: str


SIGN_INS = tuple(
    SignIn(role, f"{role}@exampleshire.example", f"practice-{role}-password") for role in Role
)


def is_staged(session: Session) -> bool:
    """Whether the practice council is there already."""
    return session.scalar(select(Wave.id).where(Wave.name == WAVE)) is not None


def stage(session: Session, base_url: str, *, now: datetime, families: int = FAMILIES) -> None:
    """Set everything up: a council, sign-ins, families, a wave half answered, drafts, groups.

    Args:
        session: one transaction for all of it, so that a start that is killed leaves nothing half.
        base_url: where the pages are served.
        now: when; the same seed makes the same families and answers whenever it is.
        families: how many households.
    """
    begin_practice(session)
    chance = Random(SEED)  # noqa: S311 (invented families, not secrets)
    save_council(session, demonstration_council(), now=now)
    officers = {
        one.role: add_officer(session, one.email, _NAMES[one.role], one.role, one.password, now)
        for one in SIGN_INS
    }
    officer = officers[Role.OFFICER]
    _bring(session, cohort_file(families, chance), officer, now)
    wave = survey.open_wave(
        session, WAVE, opens_at=now, closes_at=now + OPEN_FOR, now=now, by=officer
    )
    carers = session.scalars(
        select(Carer).join(Family).order_by(Family.reference, Carer.position)
    ).all()
    by_key = {carer.id: carer for carer in carers}
    for issued in survey.invite(session, wave, carers, now=now, by=officer):
        _respond(session, issued, by_key[issued.carer_id].language, chance, now)
    outbox.draft_batch(
        session, "ptb-offer", dated=now.date(), now=now, by=officer, portal_link=base_url
    )
    _plan_groups(session, officers[Role.PROGRAMME], chance, now)
    _let_thanks_go(session, officers, now)


def unused_codes(session: Session, *, now: datetime) -> Sequence[UnusedCode]:
    """Four codes that nobody has entered, one a language; families are added when none is left."""
    wave = session.scalars(select(Wave).where(Wave.name == WAVE)).one()
    if wave.closes_at - now < OPEN_FOR / 2:
        wave.closes_at = now + OPEN_FOR  # a practice council that is kept for long stays open
    return [_unused_code(session, wave, language, now) for language in LANGUAGES]


def _unused_code(session: Session, wave: Wave, language: str, now: datetime) -> UnusedCode:
    found = session.execute(
        select(Invitation, Carer)
        .join(Carer, Carer.id == Invitation.carer_id)
        .where(
            Invitation.wave_id == wave.id,
            Invitation.opened_at.is_(None),
            Invitation.skipped_at.is_(None),
            Carer.language == language,
            Carer.postcode_key.is_not(None),
            ~Invitation.response.has(),
        )
        .order_by(func.random())
        .limit(1)
    ).one_or_none()
    if found is None:
        _add_carer(session, wave, language, now)
        return _unused_code(session, wave, language, now)
    invitation, carer = found
    return UnusedCode(language, str(AccessCode(invitation.code)), carer.address_lines[-1])


def _add_carer(session: Session, wave: Wave, language: str, now: datetime) -> None:
    officer = session.scalars(select(Officer).where(Officer.role == Role.OFFICER)).first()
    number = 1 + (session.scalar(select(func.count()).select_from(Family)) or 0)
    content = lone_carers_file(
        [language],
        Random(number),  # noqa: S311 (invented families, not secrets)
        prefix=PREFIX,
        first=number,
    )
    _bring(session, content, officer, now)
    added = select(Carer).join(Family).where(Family.reference == f"{PREFIX}-{number:05}")
    survey.invite(session, wave, session.scalars(added).all(), now=now, by=officer)


def _bring(session: Session, content: bytes, officer: Officer | None, now: datetime) -> None:
    batch, _ = check_import(
        session, "practice-families.csv", content, demonstration=True, now=now, by=officer
    )
    confirm_import(session, batch, now=now, by=officer)


def _respond(
    session: Session, issued: Issued, language: str, chance: Random, now: datetime
) -> None:
    lot = chance.random()
    ratings = answers_of_one(chance)
    wishes = [chance.choice((True, True, False, None)) for _ in range(2)]
    if lot >= _SKIPPED:
        return
    survey.enter(session, str(issued.code), address="practice", now=now)
    if lot >= _HALF_WAY:
        survey.skip(session, issued.invitation_id, now=now)
        return
    # Played: nobody sat before a page, so the time between the answers says nothing.
    survey.start(session, issued.invitation_id, language, now=now, mode=Mode.REPLAY)
    answers, asked = play(load_typing_tool(), ratings)
    if lot >= _ANSWERED:
        asked = asked[: len(asked) // 2]
        answers = Answers({item: answers.ratings[item] for item in asked if item in ratings})
    survey.record_answers(session, issued.invitation_id, answers, now=now, shown=asked)
    if lot < _ANSWERED:
        survey.record_wishes(session, issued.invitation_id, ptb=wishes[0], itt=wishes[1], now=now)
        survey.submit(session, issued.invitation_id, now=now, typed_languages=LANGUAGES)


def _let_thanks_go(session: Session, officers: Mapping[Role, Officer], now: datetime) -> None:
    """From now on thanks and confirmations go by themselves, by rules that two officers stand for.

    Nobody who has answered before is thanked anew.
    """
    for trigger in (Trigger.SURVEY_SUBMITTED, Trigger.INVITATION_ACCEPTED):
        today = now.astimezone(LONDON).date()
        rule = automatic.propose(
            session, trigger, valid_from=today, now=now, by=officers[Role.OFFICER]
        )
        automatic.approve(session, rule.id, now=now, by=officers[Role.APPROVER])


def _plan_groups(session: Session, programme: Officer, chance: Random, now: datetime) -> None:
    set_up_groups(session, _AIMS, SEATS, chance=chance, now=now, by=programme)
    session.flush()
    groups = session.scalars(select(FocusGroup).order_by(FocusGroup.name)).all()
    ahead = now.astimezone(LONDON).date() + timedelta(weeks=7)
    monday = ahead - timedelta(days=ahead.weekday())
    for place, (group, where) in enumerate(zip(groups, _PLACES, strict=True)):
        day = monday + timedelta(days=place)
        meeting = Meeting(
            place=where,
            starts_at=datetime.combine(day, time(10, 30), LONDON),
            minutes=MEETING_MINUTES,
            access="Step-free entrance, parking beside the door, hearing loop.",
        )
        plan_meeting(session, group.id, meeting, now=now, by=programme)
