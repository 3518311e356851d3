"""Rows of a small cohort, written without the import: what drafting and dispatch start from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

from parentportal.models import (
    AgeBand,
    Assignment,
    Carer,
    Child,
    Family,
    Invitation,
    Mode,
    OfferKind,
    OpenOffer,
    Response,
    SignOffKind,
    Wave,
)
from parentportal.operations.signoffs import record_sign_off
from segmentation.segments import Segment

ADDRESS = ("1 Invented Road", "Exampleton", "EX1 1ZZ")
SEGMENTS = (Segment.SETTLER, Segment.PROSPECTOR, Segment.PIONEER, None)


def a_child(session, family, now, name="Sam", *, band=AgeBand.FROM_8, miles="5", offers=("ptb",)):
    child = Child(
        family_id=family.id,
        match_key=uuid4().bytes * 2,
        first_name=name,
        age_band=band,
        miles=Decimal(miles) if miles else None,
        created_at=now,
    )
    session.add(child)
    session.flush()
    session.add_all(
        OpenOffer(
            child_id=child.id, offer=OfferKind(offer), decided_by="Pat Sample", decided_at=now
        )
        for offer in offers
    )
    return child


def a_carer(session, family, now, name="Ali Sample", **columns):
    values = {
        "address_lines": list(ADDRESS),
        "email": "ali@family.example",
        "language": "en_GB",
        **columns,
    }
    carer = Carer(
        family_id=family.id, name_key=uuid4().bytes * 2, name=name, created_at=now, **values
    )
    session.add(carer)
    session.flush()
    return carer


def a_family(session, reference, now, *, flags=(), children=True, **columns):
    """A family with one carer and one child of nine, five miles from school, offered a PTB."""
    family = Family(reference=reference, flags=list(flags), created_at=now, changed_at=now)
    session.add(family)
    session.flush()
    carer = a_carer(session, family, now, **columns)
    if children:
        a_child(session, family, now)
    session.flush()
    return carer


def assigned(session, carer, segment, now):
    """Let a carer have answered in a round of their own: in this segment, or unassigned."""
    wave = Wave(
        name=str(uuid4()),
        instrument_version="i",
        tool_version="t",
        opens_at=now,
        closes_at=now,
    )
    session.add(wave)
    session.flush()
    typed(session, carer, segment, wave=wave, at=now)


def typed(session, carer, segment, *, wave, at):
    """Type a carer's answers of a round; without a segment they were not clear enough."""
    invitation = Invitation(
        wave_id=wave.id, carer_id=carer.id, code_key=uuid4().bytes * 2, code="X"
    )
    session.add(invitation)
    session.flush()
    response = Response(
        invitation_id=invitation.id,
        mode=Mode.WEB,
        language="en_GB",
        started_at=at,
        submitted_at=at,
    )
    session.add(response)
    session.flush()
    session.add(
        Assignment(
            response_id=response.id,
            segment=segment,
            reason=None if segment else "low-confidence",
            figures={},
            items_used=12,
            tool_version=wave.tool_version,
            instrument_version=wave.instrument_version,
            assigned_at=at,
        )
    )
    session.flush()


def a_cohort(session, now, families):
    """So many families, their carers by turns in each segment and in none."""
    carers = []
    for number in range(families):
        carer = a_family(
            session,
            f"F{number:04}",
            now,
            name=f"Ali Sample {number}",
            email=f"ali{number}@family.example",
        )
        assigned(session, carer, SEGMENTS[number % 4], now)
        carers.append(carer)
    return carers


def impact_assessed(session, now):
    """The impact assessment is signed off: real ways may reach people."""
    record_sign_off(
        session,
        SignOffKind.DPIA,
        name="Dee Sample",
        role="data protection officer",
        signed_on=date(2026, 1, 5),
        reference="DPIA/7",
        now=now,
        by=None,
    )
