"""Waves and invitations: codes given out, entered, declined, and confirmed by a postcode.

Every function works inside the caller's transaction.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from messaging.address import normalise_postcode
from parentportal.access_codes import AccessCode, CodeMistyped
from parentportal.models import Carer, Form, Invitation, Response, Wave
from parentportal.operations import trail
from parentportal.operations.failures import CODES_PER_ADDRESS, count_failure, is_over
from parentportal.queries.tools import tool_for_new_waves, tool_named
from parentportal.refusals import NotThere, Refusal
from parentportal.sealing import keyring_in_use
from segmentation.instrument import DEFAULT as DEFAULT_INSTRUMENT
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer

WRONG_POSTCODES: Final = 5
"""So many wrong postcodes lock the confirmation of a code."""


class AlreadySubmitted(Refusal):
    """The answers were sent in: they do not change any more."""

    code = "already-submitted"


class SurveyClosed(Refusal):
    """The wave is over, or has not begun: nothing more can be answered."""

    code = "survey-closed"


class WaveNameTaken(Refusal):
    """Another wave has this name."""

    code = "wave-name-taken"


class WaveClosesTooSoon(Refusal):
    """A wave would close before it opens, or is over already."""

    code = "wave-closes-too-soon"


@dataclass(frozen=True, slots=True)
class Issued:
    """A new invitation and its code, for the letter that carries it."""

    invitation_id: UUID
    carer_id: UUID
    code: AccessCode


class Outcome(StrEnum):
    """What came of entering a code."""

    ENTERED = "entered"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    TOO_MANY = "too-many"
    USED = "used"
    CLOSED = "closed"
    NOT_OPEN = "not-open"


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of entering a code.

    Attributes:
        outcome: what came of it.
        invitation: whose code it is, its wave and response loaded; none when it is nobody's.
        mistyped: what is odd about a code that is none.
    """

    outcome: Outcome
    invitation: Invitation | None = None
    mistyped: CodeMistyped | None = None


class Confirmation(StrEnum):
    """What came of giving a postcode."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    NONE_ON_RECORD = "none-on-record"


def open_wave(
    session: Session,
    name: str,
    *,
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    by: Officer | None = None,
    instrument_version: str = DEFAULT_INSTRUMENT,
    tool_version: str | None = None,
    replayed: bool = False,
) -> Wave:
    """Begin a round of asking, with the instrument and the typing tool it keeps to its end.

    Without a tool's version it takes the council's own that was adopted last, else the shipped one.
    In a replayed one a machine plays people: time says nothing of its answers.

    Raises:
        WaveClosesTooSoon: when it would close before it opens, or is over already.
        WaveNameTaken: another one has the name.
        ValueError: when the tool reads another instrument.
    """
    if closes_at <= max(opens_at, now):
        raise WaveClosesTooSoon
    tool_version = tool_version or tool_for_new_waves(session, instrument_version)
    if tool_named(session, tool_version).instrument_version != instrument_version:
        raise ValueError(f"{tool_version} does not read {instrument_version}")
    wave = Wave(
        name=name,
        instrument_version=load_instrument(instrument_version).version,
        tool_version=tool_version,
        opens_at=opens_at,
        closes_at=closes_at,
        replayed=replayed,
    )
    try:
        with session.begin_nested():
            session.add(wave)
    except IntegrityError as taken:
        raise WaveNameTaken from taken
    trail.keep(session, "open", "wave", wave.id, now=now, by=by)
    return wave


def invite(
    session: Session,
    wave: Wave,
    carers: Iterable[Carer],
    *,
    now: datetime,
    by: Officer | None = None,
    form: Form = Form.ADAPTIVE,
    chance: Callable[[int], int] = secrets.randbelow,
) -> list[Issued]:
    """Give each carer a code of this wave; who has one already is passed over.

    Args:
        session: the transaction.
        wave: the round of asking; flushed or just opened.
        carers: in the order in which their codes come back.
        now: when.
        by: who invites.
        form: which questions they are asked.
        chance: draws the codes, see :meth:`AccessCode.draw`.
    """
    session.flush()
    invited = set(session.scalars(select(Invitation.carer_id).where(Invitation.wave_id == wave.id)))
    issued = []
    for carer in carers:
        if carer.id in invited:
            continue
        invited.add(carer.id)
        code = AccessCode.draw(chance)
        invitation = Invitation(
            wave_id=wave.id,
            carer_id=carer.id,
            code_key=code.digest(),
            code=code.characters,
            form=form,
            wrong_postcodes=0,
        )
        session.add(invitation)
        issued.append(Issued(invitation.id, carer.id, code))
    trail.keep(session, "invite", "wave", wave.id, now=now, by=by, invitations=len(issued))
    session.flush()
    return issued


def find_invitation(session: Session, code: AccessCode) -> Invitation | None:
    """Whose code this is, with its wave and response; none when it is nobody's."""
    return session.scalar(
        select(Invitation)
        .where(Invitation.code_key == code.digest())
        .options(joinedload(Invitation.wave), joinedload(Invitation.response))
    )


def enter(session: Session, typed: str, *, address: str, now: datetime) -> Entry:
    """Try a code that somebody typed or followed.

    Only what is no code of ours is counted, per network address, and the caller keeps the
    transaction in every case. A right code enters however many others have failed: a family that
    shares an address with somebody who guesses is not locked out.
    """
    invitation, mistyped = None, None
    try:
        invitation = find_invitation(session, AccessCode.parse(typed))
    except CodeMistyped as found:
        mistyped = found
    if invitation is None:
        if is_over(session, CODES_PER_ADDRESS, address, now):
            return Entry(Outcome.TOO_MANY)
        count_failure(session, CODES_PER_ADDRESS, address, now)
        outcome = Outcome.MISTYPED if mistyped else Outcome.UNKNOWN
        return Entry(outcome, mistyped=mistyped)
    if invitation.response is not None and invitation.response.submitted_at is not None:
        return Entry(Outcome.USED, invitation)
    if now < invitation.wave.opens_at:
        return Entry(Outcome.NOT_OPEN, invitation)
    if now >= invitation.wave.closes_at:
        return Entry(Outcome.CLOSED, invitation)
    if invitation.opened_at is None:
        invitation.opened_at = now
    return Entry(Outcome.ENTERED, invitation)


def skip(session: Session, invitation_id: UUID, *, now: datetime) -> None:
    """Remember that the carer would rather not answer; saying so twice changes nothing.

    Raises:
        NotThere: when there is no such invitation.
        AlreadySubmitted: when the answers were sent in: they are used.
        SurveyClosed: when its wave is not open.
    """
    invitation = invitation_to_change(session, invitation_id)
    sent = select(Response.submitted_at).where(Response.invitation_id == invitation_id)
    if session.scalar(sent) is not None:
        raise AlreadySubmitted
    check_open(invitation.wave, now)
    if invitation.skipped_at is None:
        invitation.skipped_at = now
        trail.keep(session, "skip", "invitation", invitation.id, now=now)


def take_back_skip(session: Session, invitation_id: UUID, *, now: datetime) -> None:
    """Forget that the carer would rather not answer.

    Raises:
        NotThere: when there is no such invitation.
    """
    invitation = invitation_to_change(session, invitation_id)
    if invitation.skipped_at is not None:
        invitation.skipped_at = None
        trail.keep(session, "take-back-skip", "invitation", invitation.id, now=now)


def confirm_postcode(
    session: Session, invitation_id: UUID, typed: str, *, now: datetime
) -> Confirmation:
    """Compare a postcode with the one on record; five wrong ones lock it, even for the right one.

    Raises:
        NotThere: when there is no such invitation.
    """
    invitation = invitation_to_change(session, invitation_id)
    on_record = session.scalar(select(Carer.postcode_key).where(Carer.id == invitation.carer_id))
    if on_record is None:
        return Confirmation.NONE_ON_RECORD
    if invitation.wrong_postcodes >= WRONG_POSTCODES:
        return Confirmation.LOCKED
    postcode = normalise_postcode(typed)
    if postcode is None:
        return Confirmation.UNREADABLE
    if secrets.compare_digest(keyring_in_use().digest("postcode", postcode), on_record):
        invitation.wrong_postcodes = 0
        return Confirmation.CONFIRMED
    invitation.wrong_postcodes += 1
    trail.keep(session, "postcode-wrong", "invitation", invitation.id, now=now)
    return (
        Confirmation.LOCKED if invitation.wrong_postcodes >= WRONG_POSTCODES else Confirmation.WRONG
    )


def invitation_to_change(session: Session, invitation_id: UUID) -> Invitation:
    """The invitation, its row locked until the transaction ends.

    Raises:
        NotThere: when there is no such invitation.
    """
    invitation = session.scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(joinedload(Invitation.wave, innerjoin=True))
        .with_for_update(of=Invitation)
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise NotThere
    return invitation


def check_open(wave: Wave, now: datetime) -> None:
    """Go on only while the wave is open.

    Raises:
        SurveyClosed: before it opens, and from the moment it closes.
    """
    if not wave.opens_at <= now < wave.closes_at:
        raise SurveyClosed
