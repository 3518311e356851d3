"""A practice council whose letters and emails have gone, and one of its families to erase."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from messaging.channels import Channel
from parentportal.demonstration import stage
from parentportal.demonstration.families import cohort_file
from parentportal.dispatch import run
from parentportal.models import (
    Carer,
    CarerReply,
    Family,
    HeldLicence,
    Invitation,
    LicensedSegment,
    Officer,
    OutgoingBatch,
    OutgoingMessage,
    ReplyKind,
    RequestKind,
    Response,
    Role,
    Suppression,
    SuppressionReason,
    Trigger,
)
from parentportal.operations import automatic, requests
from parentportal.operations.cohort import check_import
from parentportal.operations.council import council_in_force
from parentportal.operations.outbox import approve, submit
from parentportal.queries.details import details_of
from segmentation.segments import Segment

if TYPE_CHECKING:
    from pathlib import Path

    from parentportal.queries.details import Detail


@dataclass(frozen=True)
class World:
    """What a test has at hand of the family that is erased."""

    family_id: UUID
    reference: str
    carers: tuple[UUID, ...]
    messages: dict[UUID, Channel]
    batch: UUID
    details: tuple[Detail, ...]
    words: tuple[str, ...]


@pytest.fixture
def world(database, settings, clock):
    return a_world(database, settings, clock, families=24)


def a_world(database, settings, clock, *, families) -> World:
    """Stage a council, send its letters, and let one family have everything that can be had."""
    now = clock()
    with database.transaction() as session:
        stage.stage(session, settings.base_url, now=now, families=families)
        by = {officer.role: officer for officer in session.scalars(select(Officer))}
        batch = session.scalars(select(OutgoingBatch)).one()
        submit(session, batch.id, now=now, by=by[Role.OFFICER])
        approve(session, batch.id, now=now, by=by[Role.APPROVER])
    run(database, settings, batch.id, clock=clock)
    with database.transaction() as session:
        family = chosen(session)
        carers = [carer.id for carer in family.carers]
        add_what_is_rare(session, family, batch.id, by[Role.APPROVER], now)
        messages = session.scalars(
            select(OutgoingMessage).where(OutgoingMessage.carer_id.in_(carers))
        ).all()
        codes = session.scalars(select(Invitation).where(Invitation.carer_id.in_(carers)))
        rows = [{"language": "en_GB", "code": one.code, "postcode": "EX1 1AA"} for one in codes]
        others = stage.unused_codes(session, now=now)
        found = World(
            family.id,
            family.reference,
            tuple(carers),
            {one.id: one.channel for one in messages},
            batch.id,
            details_of(session, family.id),
            tuple(
                text
                for one in family.carers
                for text in (one.name, one.email, one.address_lines[-1])
                if text
            ),
        )
        lay_about(settings.var_directory, found, rows, others[:1], family.carers[0].phone)
    return found


def chosen(session) -> Family:
    """The first family that has answered, and to which an email has gone."""
    return session.scalars(
        select(Family)
        .join(Carer)
        .join(Invitation)
        .join(Response)
        .join(OutgoingMessage, OutgoingMessage.carer_id == Carer.id)
        .where(
            Response.submitted_at.is_not(None),
            Carer.position == 0,
            OutgoingMessage.channel == Channel.EMAIL,
            Carer.phone_sealed.is_not(None),
        )
        .order_by(Family.reference)
    ).first()


def add_what_is_rare(session, family, batch_id, approver, now) -> None:
    """A complaint, a reply, a suppression, a licensed segment, a note, a file that waits."""
    carer = family.carers[0]
    message = session.scalars(
        select(OutgoingMessage).where(OutgoingMessage.carer_id == carer.id)
    ).first()
    council = council_in_force(session)
    answered = session.scalars(
        select(Response).join(Invitation).where(Invitation.carer_id == carer.id)
    ).first()
    automatic.fire(session, Trigger.SURVEY_SUBMITTED, carer.id, answered.id, now=now)
    requests.ask(
        session,
        carer.id,
        RequestKind.COMPLAINT,
        council=council,
        now=now,
        said={"text": "You wrote to my old house."},
    )
    licence = HeldLicence(
        reference="INVENTED-1", holder="Exampleshire", valid_until=now.date(), brought_at=now
    )
    session.add(licence)
    session.flush()
    session.add_all(
        [
            CarerReply(
                campaign_id=message.campaign_id,
                message_id=message.id,
                carer_id=carer.id,
                kind=ReplyKind.INTEREST,
                at=now,
            ),
            Suppression(
                carer_id=carer.id,
                reason=SuppressionReason.RETURNED,
                channel=Channel.LETTER,
                since=now,
                message_id=message.id,
            ),
            LicensedSegment(
                licence_id=licence.id, carer_id=carer.id, segment=Segment.PIONEER, brought_at=now
            ),
        ]
    )
    batch = session.get_one(OutgoingBatch, batch_id)
    batch.note = f"Please look at {carer.name} again."
    batch.left_out = [*batch.left_out, [str(carer.id), "no-address"], [str(batch_id), "kept"]]
    content = cohort_file(1, Random(5))
    head, *lines = content.decode().splitlines()
    line = lines[0].replace("DEMO-00001", family.reference.lower(), 1)
    check_import(
        session, "again.csv", f"{head}\n{line}\n".encode(), demonstration=True, now=now, by=approver
    )


def lay_about(var: Path, world: World, codes, others, phone) -> None:
    """A read email, one half delivered, a text, a bounce, the demonstration's codes, a log."""
    sent = (file.stem for file in (var / "mailbox/new").iterdir())
    mails = [key for key in map(UUID, sent) if key in world.messages]
    new = var / "mailbox/new" / f"{mails[0]}.eml"
    (var / "mailbox/tmp" / new.name).write_bytes(new.read_bytes())
    new.rename(var / "mailbox/cur" / f"{new.name}:2,S")
    (var / "texts").mkdir()
    (var / "texts" / f"{mails[0]}.txt").write_text(f"To: {phone}\n\nHello\n")
    (var / "texts" / f"{UUID(int=7)}.txt").write_text("To: +447700900000\n\nHello\n")
    for folder in ("new", "cur"):
        (var / "bounces" / folder).mkdir(parents=True)
    (var / "bounces/cur/1:2,S").write_text(f"Subject: no\n\nMessage-ID: <{mails[0]}@localhost>\n")
    (var / "bounces/new/2").write_text(f"Subject: no\n\nMessage-ID: <{UUID(int=7)}@localhost>\n")
    rest = [{"language": one.language, "code": one.code, "postcode": ""} for one in others]
    (var / "demo.json").write_text(json.dumps({"url": "", "codes": [*codes, *rest]}))
