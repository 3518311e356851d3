"""Rows that tests of discussion groups begin from: plainly invented families, typed or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select

from parentportal.models import AuditEvent, Carer, Family, Wave
from parentportal.operations.groups import Meeting, plan_meeting, set_up_groups
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import typed

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
AS_LISTED = 6
"""A seed that leaves the groups' names in the order of their list."""
AIMS = dict.fromkeys((*Segment, None), "To hear what matters.")


def meeting_after(now: datetime, days: float = 20) -> Meeting:
    return Meeting(
        place="Invented Library, 2 Made-up Road, Exampleton",
        starts_at=now + timedelta(days=days),
        minutes=90,
        access="There is a ramp and a hearing loop.",
    )


class Cohort:
    """Families in a session, each with one carer unless more are asked for."""

    def __init__(self, session) -> None:
        self.session = session
        self.wave = Wave(
            name="Autumn",
            instrument_version="travel-values-1",
            tool_version="test",
            opens_at=LONG_AGO,
            closes_at=LONG_AGO + timedelta(days=300),
        )
        session.add(self.wave)
        self.number = 0

    def family(self, *, carers=1, segment=None, answered=None, **traits) -> list[Carer]:
        """One family whose carers all stand alike; answered when they have a segment."""
        self.number += 1
        family = Family(
            reference=f"F{self.number:04}",
            flags=traits.pop("flags", []),
            created_at=LONG_AGO,
            changed_at=LONG_AGO,
        )
        self.session.add(family)
        self.session.flush()
        return [self._carer(family, segment, answered, place, **traits) for place in range(carers)]

    def families(self, number, **traits) -> list[Carer]:
        return [self.family(**traits)[0] for _ in range(number)]

    def _carer(self, family, segment, answered, place, *, reachable=True, **traits) -> Carer:
        carer = Carer(
            family_id=family.id,
            name_key=bytes([place]) * 32,
            name=f"Mx Alex{self.number} Sample",
            language=traits.get("language", "en_GB"),
            objected_at=traits.get("objected_at"),
            created_at=LONG_AGO,
        )
        if reachable:
            carer.address_lines = [f"{self.number} Invented Road", "Exampleton", "EX1 1ZZ"]
        self.session.add(carer)
        self.session.flush()
        if segment is not None or answered:
            self.answer(carer, segment, wave=self.wave)
        return carer

    def answer(self, carer, segment, *, wave, at=LONG_AGO) -> None:
        typed(self.session, carer, segment, wave=wave, at=at)


def four_groups(session, clock, officer, *, meeting_in_days=20):
    """The four groups by segment, each with a meeting ahead."""
    made = set_up_groups(session, AIMS, 6, chance=Random(AS_LISTED), now=clock(), by=officer)
    groups = {group.segment: group for group in made}
    for group in groups.values():
        plan_meeting(
            session, group.id, meeting_after(clock(), meeting_in_days), now=clock(), by=officer
        )
    return groups


def actions(session, kind):
    """What the trail holds of all of a kind, the oldest first."""
    return session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject_kind == kind).order_by(AuditEvent.number)
    ).all()
