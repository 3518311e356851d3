"""Real respondents' ratings, sent the way of a parent's: code, answers, assignment, letter.

The families are synthetic, the answers real: each respondent of the European Social Survey speaks
for one made-up carer, mapped by facet onto our own items. Every step is an operation that a page
calls, or (:mod:`parentportal.replay_pages`) the page itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.council import demonstration_council
from messaging.lifecycle import State
from parentportal.demonstration.families import lone_carers_file
from parentportal.models import (
    Answer,
    Assignment,
    Carer,
    Family,
    Invitation,
    Officer,
    OutgoingBatch,
    OutgoingMessage,
    Response,
    Role,
    Wave,
)
from parentportal.operations import outbox, survey
from parentportal.operations.accounts import add_officer
from parentportal.operations.cohort import check_import, confirm_import
from parentportal.operations.council import NoCouncil, council_in_force, save_council
from parentportal.operations.installation import begin_practice
from parentportal.queries.survey import progress as how_far
from segmentation.instrument import Answers, load_instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import TypeVar
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from parentportal.db import Database
    from parentportal.operations.survey import Issued
    from segmentation.respondents import Respondent

    Thing = TypeVar("Thing")

CAMPAIGN = "ptb-offer"
PREFIX = "REPLAY"
OPEN_FOR = timedelta(days=30)
CHUNK = 50
"""People answered for in one transaction, and carers written to in one batch times ten."""


class WaveTaken(Exception):
    """There is a wave of this name already."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a replay left in the database, counted from its rows.

    Attributes:
        respondents: people whose answers were sent in.
        answers: ratings kept.
        assigned: people by segment.
        unassigned: people without one, by the reason.
        messages: messages by variant; all approved, none dispatched.
        unapproved: messages of the replay without an approval: none, or something is wrong.
    """

    respondents: int
    answers: int
    assigned: Counter[str]
    unassigned: Counter[str]
    messages: Counter[str]
    unapproved: int


def prepare(
    database: Database, wave_name: str, people: int, *, now: datetime
) -> tuple[UUID, list[Issued]]:
    """Bring in a synthetic family for each respondent, open a wave and give out its codes.

    Raises:
        NotForPractice: the database is a council's own.
        WaveTaken: a wave of this name is there.
    """
    with database.transaction() as session:
        begin_practice(session)
        if session.scalar(select(Wave.id).where(Wave.name == wave_name)) is not None:
            raise WaveTaken(wave_name)
        try:
            council_in_force(session)
        except NoCouncil:
            save_council(session, demonstration_council(), now=now)
        officer, _ = _officers(session, now)
        first = 1 + (session.scalar(_families(f"{PREFIX}-%")) or 0)
        content = lone_carers_file(
            ["en_GB"] * people,
            Random(first),  # noqa: S311 (invented families, not secrets)
            prefix=PREFIX,
            first=first,
        )
        batch, _ = check_import(
            session, f"{wave_name}.csv", content, demonstration=True, now=now, by=officer
        )
        confirm_import(session, batch, now=now, by=officer)
        references = [f"{PREFIX}-{number:05}" for number in range(first, first + people)]
        carers = session.scalars(
            select(Carer)
            .join(Family)
            .where(Family.reference.between(references[0], references[-1]))
            .order_by(Family.reference)
        ).all()
        wave = survey.open_wave(
            session,
            wave_name,
            opens_at=now,
            closes_at=now + OPEN_FOR,
            now=now,
            by=officer,
            replayed=True,
        )
        return wave.id, survey.invite(session, wave, carers, now=now, by=officer)


def answer(
    database: Database,
    issued: Sequence[Issued],
    respondents: Sequence[Respondent],
    *,
    clock: Callable[[], datetime],
    progress: Callable[[int], None],
) -> int:
    """Give each respondent's ratings for one carer, as they are asked for, and send them in.

    Returns:
        How many ratings were given.
    """
    instrument, given = load_instrument(), 0
    for pairs in _chunks(list(zip(issued, respondents, strict=True)), CHUNK):
        with database.transaction() as session:
            for seat, respondent in pairs:
                ratings = instrument.from_facets(respondent.ratings).ratings
                given += _answer_one(session, seat, ratings, clock)
        progress(len(pairs))
    return given


def write(
    database: Database,
    carers: Sequence[UUID],
    lot: str,
    *,
    clock: Callable[[], datetime],
    progress: Callable[[int], None],
) -> None:
    """Draft the Personal Transport Budget offer for these carers, and have it approved."""
    for some in _chunks(carers, CHUNK * 10):
        with database.transaction() as session:
            officer, approver = _officers(session, clock())
            batch = outbox.draft_batch(
                session,
                CAMPAIGN,
                dated=clock().date(),
                now=clock(),
                by=officer,
                lot=lot,
                carers=some,
            )
            outbox.submit(session, batch.id, now=clock(), by=officer)
            outbox.approve(session, batch.id, now=clock(), by=approver)
        progress(len(some))


def tally(database: Database, wave_id: UUID, lot: str) -> Tally:
    """Count what a replay left in the database."""
    with database.reading() as session:
        mine = (
            select(Response.id)
            .join(Invitation)
            .where(Invitation.wave_id == wave_id, Response.submitted_at.is_not(None))
        )
        found = session.execute(
            select(Assignment.segment, Assignment.reason, func.count())
            .where(Assignment.response_id.in_(mine))
            .group_by(Assignment.segment, Assignment.reason)
        ).all()
        messages = select(OutgoingMessage.variant, func.count()).where(OutgoingMessage.lot == lot)
        unapproved = (
            select(func.count())
            .select_from(OutgoingMessage)
            .join(OutgoingBatch)
            .where(
                OutgoingMessage.lot == lot,
                (OutgoingBatch.approved_by_id.is_(None))
                | (OutgoingMessage.state != State.APPROVED),
            )
        )
        return Tally(
            respondents=session.scalar(select(func.count()).select_from(mine.subquery())) or 0,
            answers=session.scalar(
                select(func.count(Answer.rating_sealed)).where(Answer.response_id.in_(mine))
            )
            or 0,
            assigned=Counter({str(segment): n for segment, _, n in found if segment}),
            unassigned=Counter({str(reason): n for segment, reason, n in found if not segment}),
            messages=Counter(
                {str(v): n for v, n in session.execute(messages.group_by(OutgoingMessage.variant))}
            ),
            unapproved=session.scalar(unapproved) or 0,
        )


def lot_of(wave_id: UUID) -> str:
    """What tells this replay's messages from every other's."""
    return f"replay {wave_id.hex[:12]}"


def _answer_one(
    session: Session, seat: Issued, ratings: Mapping[str, int], clock: Callable[[], datetime]
) -> int:
    """Answer what the plan of the pages asks for; what the respondent left out is left out."""
    entry = survey.enter(session, str(seat.code), address="replay", now=clock())
    if entry.outcome is not survey.Outcome.ENTERED:
        raise AssertionError(f"a right code did not enter: {entry.outcome}")
    key, given = seat.invitation_id, 0
    survey.start(session, key, "en_GB", now=clock())
    while (item := _planned(session, key)) is not None:
        answers = Answers({item: ratings[item]} if item in ratings else {})
        survey.record_answers(session, key, answers, now=clock(), shown=(item,))
        given += len(answers.ratings)
    survey.record_wishes(session, key, ptb=None, itt=None, now=clock())
    survey.submit(session, key, now=clock())
    return given


def _planned(session: Session, invitation_id: UUID) -> str | None:
    found = how_far(session, invitation_id, survey.EVERYTHING)
    item = found.planned() if found else None
    return item.code if item else None


def _families(pattern: str) -> Select[int]:
    return select(func.count()).select_from(Family).where(Family.reference.like(pattern))


def _officers(session: Session, now: datetime) -> tuple[Officer, Officer]:
    """Two who can draft and approve; they cannot sign in, for nobody knows their password."""
    both = []
    for role in (Role.OFFICER, Role.APPROVER):
        email = f"replay-{role}@exampleshire.example"
        there = session.scalar(select(Officer).where(Officer.email == email))
        both.append(
            there or add_officer(session, email, f"Replay {role}", role, token_urlsafe(32), now)
        )
    return both[0], both[1]


def _chunks(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
