"""What the tests of a trial ask of it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from messaging.trials.plan import Outcome
from parentportal.models import (
    Campaign,
    CarerReply,
    FocusGroup,
    GroupDraw,
    GroupSession,
    Invitee,
    InviteeState,
    Officer,
    OutgoingMessage,
    ReplyKind,
    Trial,
    TrialFamily,
)
from parentportal.operations.trials import TrialChoices
from parentportal.queries.trials import trial_result

CHOICES = TrialChoices(Outcome.CALL_ASKED, date(2026, 12, 24), 20)


def drawn(session):
    return session.scalars(select(TrialFamily).order_by(TrialFamily.place)).all()


def arms(session):
    return {row.family_id: row.arm for row in drawn(session)}


def the_trial(session):
    return session.execute(select(Campaign, Trial).join(Trial)).one()


def result(session, now):
    return trial_result(session, *the_trial(session), now=now)


def says(session, carer, now, kind=ReplyKind.CALL):
    """Let a carer reply to the first of their messages."""
    message = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.carer_id == carer.id).limit(1)
    ).one()
    session.add(
        CarerReply(
            campaign_id=message.campaign_id,
            message_id=message.id,
            carer_id=carer.id,
            kind=kind,
            at=now,
        )
    )
    session.flush()


def drawn_invitees(session, carers, now):
    """Each carer's invitation to one meeting a month from now."""
    officer = session.scalars(select(Officer)).first()
    group = FocusGroup(name="Oak group", segment=None, aim="To listen.", seats=8, created_at=now)
    session.add(group)
    session.flush()
    meeting = GroupSession(
        group_id=group.id,
        place="Invented Library",
        starts_at=now + timedelta(days=30),
        minutes=90,
        access="",
        expenses="",
    )
    session.add(meeting)
    session.flush()
    lottery = GroupDraw(
        session_id=meeting.id,
        seed="s",
        pool=len(carers),
        pool_sha256="0" * 64,
        drawn=len(carers),
        drawn_by_id=officer.id,
        drawn_at=now,
    )
    session.add(lottery)
    session.flush()
    invitees = {
        carer: Invitee(
            session_id=meeting.id,
            carer_id=carer.id,
            draw_id=lottery.id,
            state=InviteeState.PENDING,
        )
        for carer in carers
    }
    session.add_all(invitees.values())
    session.flush()
    return invitees
