"""What a carer wishes of how they are written to: it holds at once, for what is not sent yet too.

A wish never changes an offer, an amount or a right. Each leaves its line in the trail.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from messaging.channels import Channel
from messaging.composition import CompositionRefused
from messaging.languages import LANGUAGES
from messaging.lifecycle import State
from messaging.variants import VariantNotWrittenError
from parentportal.models import Carer, OutgoingMessage, Suppression, SuppressionReason
from parentportal.operations import trail
from parentportal.operations.addressees import Addressee, mobile, postal_address
from parentportal.operations.restating import WRITTEN_ANEW, Drafts, restate, unsent_of
from parentportal.operations.suppressing import lift
from parentportal.operations.taking_out import take_out, take_out_stale
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from messaging.campaigns import Purpose
    from messaging.variants import VariantName
    from parentportal.models import Officer, PrintFormat


class LanguageNotWritten(Refusal):
    """Nothing is written in this language."""

    code = "language-not-written-here"


class ChannelNotOpen(Refusal):
    """A carer cannot be reached by this channel: nothing is known of where it would go."""

    code = "channel-not-open"


def carer_in_hand(session: Session, carer_id: UUID) -> Carer:
    """A carer whom nobody else changes until this transaction ends.

    Raises:
        NotThere: no such carer.
    """
    carer = session.get(Carer, carer_id, with_for_update=True, populate_existing=True)
    if carer is None:
        raise NotThere
    return carer


def choose_voice(
    session: Session,
    carer_id: UUID,
    voice: VariantName | None,
    *,
    now: datetime,
    by: Officer | None,
) -> Sequence[OutgoingMessage]:
    """Keep for good which version a carer picked from the samples; none forgets it again.

    It is their own wish and no profiling: it holds whatever the lot or the answers say.

    Returns:
        The messages that were not sent yet and are in the chosen version now.

    Raises:
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    if voice is carer.chosen_voice:
        return ()
    carer.chosen_voice, carer.chosen_voice_at = voice, now if voice else None
    action = "choose-voice" if voice else "forget-voice"  # which one is nobody else's to read
    trail.keep(session, action, "carer", carer_id, now=now, by=by)
    return restate(session, carer, now) if voice else ()


def choose_format(
    session: Session,
    carer_id: UUID,
    print_format: PrintFormat,
    *,
    now: datetime,
    by: Officer | None,
) -> Sequence[OutgoingMessage]:
    """Keep how a carer wants what is printed; see :func:`choose_voice` for what comes back.

    Raises:
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    if print_format is carer.print_format:
        return ()
    carer.print_format = print_format
    trail.keep(session, "choose-format", "carer", carer_id, now=now, by=by, format=print_format)
    return restate(session, carer, now)


def choose_language(
    session: Session, carer_id: UUID, language: str | None, *, now: datetime, by: Officer | None
) -> Sequence[OutgoingMessage]:
    """Keep in which language a carer wants to be written to, whatever a file says of them.

    None: in the one that the file says they speak.

    Raises:
        LanguageNotWritten: nothing is written in it.
        NotThere: no such carer.
    """
    if language is not None and language not in LANGUAGES:
        raise LanguageNotWritten
    carer = carer_in_hand(session, carer_id)
    if language == carer.wished_language:
        return ()
    carer.wished_language = language
    told = language or carer.language
    trail.keep(session, "choose-language", "carer", carer_id, now=now, by=by, language=told)
    return restate(session, carer, now)


def choose_channel(
    session: Session,
    carer_id: UUID,
    channel: Channel | None,
    *,
    now: datetime,
    by: Officer | None,
) -> Sequence[OutgoingMessage]:
    """Keep by which channel a carer wants to be written to; none leaves it to the campaign.

    What is not sent yet goes by that channel alone, as a draft if it was not written for it; what
    was meant for another channel is taken out.

    Returns:
        The messages taken out.

    Raises:
        ChannelNotOpen: it is not known where that would go.
        NotThere: no such carer.
    """
    carer = carer_in_hand(session, carer_id)
    if channel is not None and channel not in channels_of(carer):
        raise ChannelNotOpen
    if channel is carer.preferred_channel:
        return ()
    carer.preferred_channel = channel
    detail = {"channel": str(channel)} if channel else {}
    trail.keep(session, "choose-channel", "carer", carer_id, now=now, by=by, **detail)
    return _move_to(session, carer, channel, now) if channel else ()


def opt_out(
    session: Session,
    carer_id: UUID,
    purpose: Purpose | None = None,
    channel: Channel | None = None,
    *,
    now: datetime,
    by: Officer | None,
) -> Sequence[OutgoingMessage]:
    """Stop messages of a purpose by a channel; none means every purpose, or every channel.

    Returns:
        The messages that were not sent yet and are taken out.

    Raises:
        NotThere: no such carer.
    """
    carer_in_hand(session, carer_id)
    if session.scalar(select(Suppression.id).where(*_opted_out(carer_id, purpose, channel))):
        return ()
    session.add(
        Suppression(
            carer_id=carer_id,
            channel=channel,
            purpose=purpose,
            reason=SuppressionReason.OPT_OUT,
            since=now,
        )
    )
    trail.keep(session, "opt-out", "carer", carer_id, now=now, by=by, **_named(purpose, channel))
    session.flush()
    _, rows = unsent_of(session, carer_id)
    stale = take_out_stale(session, OutgoingMessage.id.in_([row.id for row in rows]), now=now)
    return [row for row in rows if row.id in stale]


def opt_in(
    session: Session,
    carer_id: UUID,
    purpose: Purpose | None = None,
    channel: Channel | None = None,
    *,
    now: datetime,
    by: Officer | None,
) -> None:
    """Take back what :func:`opt_out` kept in the same words; the next draft writes again.

    Raises:
        NotThere: no such carer.
    """
    carer_in_hand(session, carer_id)
    lift(session, *_opted_out(carer_id, purpose, channel), now=now, by=by)


def channels_of(carer: Carer) -> tuple[Channel, ...]:
    """The ways a carer could be written to, by what is known of them."""
    there = {
        Channel.LETTER: postal_address(carer)[0],
        Channel.EMAIL: carer.email,
        Channel.SMS: mobile(carer.phone),
    }
    return tuple(channel for channel, where in there.items() if where)


def _opted_out(
    carer_id: UUID, purpose: Purpose | None, channel: Channel | None
) -> tuple[ColumnElement[bool], ...]:
    return (
        Suppression.carer_id == carer_id,
        Suppression.reason == SuppressionReason.OPT_OUT,
        Suppression.purpose == purpose if purpose else Suppression.purpose.is_(None),
        Suppression.channel == channel if channel else Suppression.channel.is_(None),
        Suppression.lifted_at.is_(None),
    )


def _named(purpose: Purpose | None, channel: Channel | None) -> dict[str, str]:
    return {"purpose": str(purpose or "all"), "channel": str(channel or "all")}


def _move_to(
    session: Session, carer: Carer, channel: Channel, now: datetime
) -> Sequence[OutgoingMessage]:
    """Let each mailing that is not sent yet go by one channel, and take the others out."""
    batches, rows = unsent_of(session, carer.id)
    drafts = Drafts(session, batches, now)
    mailings: dict[tuple[UUID, str], list[OutgoingMessage]] = defaultdict(list)
    for row in rows:
        mailings[row.campaign_id, row.lot].append(row)
    moved: list[OutgoingMessage] = []
    for mailing in mailings.values():
        others = [row for row in mailing if row.channel is not channel]
        if others and (len(others) < len(mailing) or _write_for(drafts, others[0], carer, channel)):
            take_out(session, dict.fromkeys([row.id for row in others], WRITTEN_ANEW), now=now)
            moved += others
    session.flush()
    return moved


def _write_for(drafts: Drafts, row: OutgoingMessage, carer: Carer, channel: Channel) -> bool:
    """Whether a mailing could be written for a channel that it was not written for."""
    session = drafts.session
    if session.scalar(
        select(OutgoingMessage.id).where(
            OutgoingMessage.campaign_id == row.campaign_id,
            OutgoingMessage.lot == row.lot,
            OutgoingMessage.carer_id == carer.id,
            OutgoingMessage.channel == channel,
            OutgoingMessage.state != State.WITHDRAWN,
        )
    ):
        return True  # it has gone that way already
    addressee = Addressee.read(row.recipient).as_wished(carer)
    into = drafts.batches[row.batch_id]
    into = into if row.state is State.DRAFT else drafts.beside(row.batch_id)
    try:
        drafts.write(row, into, addressee, drafts.choice(row, carer, channel))
    except (CompositionRefused, VariantNotWrittenError):
        return False
    return True
