"""A letter that only lies here is looked at again before it is printed with the others."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import select, update

from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.variants import VariantName
from parentportal.dispatch import Worker
from parentportal.models import (
    AuditEvent,
    Carer,
    Child,
    Family,
    OpenOffer,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    SuppressionReason,
)
from parentportal.office_hours import OfficeHours
from parentportal.operations import preferences
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.suppressing import suppress
from parentportal.ways_out import PrintHouse, Provider, WaysOut
from tests.parentportal.cohort_rows import impact_assessed
from tests.parentportal.sending.outcomes import rows_of

NOT_NOW = OfficeHours(time(3), time(4))
"""Emails wait, and so the batch stays open."""


@pytest.fixture(params=["folder", "print-house"])
def way(request, settings, tmp_path, database, now):
    """Where letters go, and the folder that a print house fetches from."""
    if request.param == "folder":
        return settings, None
    house = tmp_path / "house"
    house.mkdir()
    with database.transaction() as session:
        impact_assessed(session, now)
    out = WaysOut(letters=Provider.PRINT_HOUSE, print_house=PrintHouse(str(house)))
    return replace(settings, ways_out=out), house


@pytest.fixture
def laid_down(database, released, way, clock):
    """A batch whose letters lie here, while its emails wait; the letters."""

    def make(families=2):
        batch = released(families)
        with database.transaction() as session:
            session.execute(
                update(OutgoingMessage).values(choice_reason="tailored", variant="settler")
            )
        Worker(database, replace(way[0], office_hours=NOT_NOW), clock).drain()
        return batch, letters_of(database, batch)

    return make


@pytest.fixture
def close(database, way, clock):
    """Send the rest of a batch, and print its letters; the messages that the manifest names."""

    def make(batch):
        Worker(database, way[0], clock).drain()
        with database.reading() as session:
            assert session.get_one(OutgoingBatch, batch.id).state is State.DISPATCHED
        folder = way[0].outbox_directory / str(batch.id)
        file = way[1] / f"{batch.id}-manifest.csv" if way[1] else folder / "manifest.csv"
        with file.open(newline="") as manifest:
            return {line["message"] for line in csv.DictReader(manifest)}

    return make


def letters_of(database, batch):
    rows = rows_of(database, batch)
    return sorted(
        (row for row in rows if row.channel is Channel.LETTER), key=lambda row: str(row.id)
    )


def objects(session, carer, now):
    object_to_tailoring(session, carer.id, now=now, by=None)


def stops_letters(session, carer, now):
    preferences.opt_out(session, carer.id, None, Channel.LETTER, now=now, by=None)


def has_had_a_letter_returned(session, carer, now):
    rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.carer_id == carer.id))
    letter = next(row for row in rows if row.channel is Channel.LETTER)
    suppress(session, letter, SuppressionReason.RETURNED, now=now)


def moves(session, carer, now):
    carer.address_lines = ["9 Invented Lane", "Exampleton", "EX1 9ZZ"]


def is_bereaved(session, carer, now):
    session.get_one(Family, carer.family_id).flags = ["bereavement"]


def loses_the_offer(session, carer, now):
    for child in session.scalars(select(Child).where(Child.family_id == carer.family_id)):
        for offer in session.scalars(select(OpenOffer).where(OpenOffer.child_id == child.id)):
            session.delete(offer)


@pytest.mark.parametrize(
    "case",
    [
        (objects, "objection"),
        (stops_letters, "opt-out"),
        (has_had_a_letter_returned, "returned-mail"),
        (moves, "address-changed"),
        (is_bereaved, "bereavement"),
        (loses_the_offer, "offer-changed"),
    ],
)
def test_a_letter_that_may_not_go_any_more_is_not_printed(
    database, laid_down, close, way, now, case
):
    happens, reason = case
    batch, letters = laid_down()
    assert {row.state for row in letters} == {State.DISPATCHED}
    with database.transaction() as session:
        happens(session, session.get_one(Carer, letters[0].carer_id), now)
    printed = close(batch)
    out, stays = letters_of(database, batch)
    assert (out.state, out.evidence, out.dispatched_at) == (
        State.WITHDRAWN,
        {"refused": reason},
        None,
    )
    assert stays.state is State.DISPATCHED
    assert str(stays.id) in printed
    assert str(out.id) not in printed
    lying = {file.stem for file in way[0].var_directory.rglob("letters/*.pdf")}
    assert lying == {str(stays.id)}
    with database.reading() as session:
        query = select(AuditEvent).filter_by(subject_id=out.id, action="refuse")
        assert session.scalars(query).one().detail["reason"] == reason


def test_who_objects_gets_the_neutral_version_in_a_draft(database, laid_down, close, now):
    batch, letters = laid_down()
    with database.transaction() as session:
        objects(session, session.get_one(Carer, letters[0].carer_id), now)
    close(batch)
    with database.reading() as session:
        query = select(OutgoingMessage).where(
            OutgoingMessage.batch_id != batch.id, OutgoingMessage.channel == Channel.LETTER
        )
        (anew,) = session.scalars(query).all()
    assert (anew.carer_id, anew.state) == (letters[0].carer_id, State.DRAFT)
    assert anew.variant is VariantName.NEUTRAL


def test_a_batch_is_closed_of_which_no_letter_is_left(database, laid_down, way, clock, now):
    batch, letters = laid_down(1)
    with database.transaction() as session:
        moves(session, session.get_one(Carer, letters[0].carer_id), now)
    Worker(database, way[0], clock).drain()
    with database.reading() as session:
        assert session.get_one(OutgoingBatch, batch.id).state is State.DISPATCHED
    assert letters_of(database, batch)[0].state is State.WITHDRAWN


def test_what_was_printed_has_gone_whatever_comes_later(database, laid_down, close, way, now):
    batch, letters = laid_down()
    before = close(batch)
    with database.transaction() as session:
        moves(session, session.get_one(Carer, letters[0].carer_id), now)
        session.get_one(OutgoingBatch, batch.id).state = State.APPROVED  # an email goes again
    assert close(batch) == before
    assert {row.state for row in letters_of(database, batch)} == {State.DISPATCHED}


def test_the_page_says_how_many_were_taken_out(database, laid_down, close, as_role, now):
    batch, letters = laid_down()
    with database.transaction() as session:
        moves(session, session.get_one(Carer, letters[0].carer_id), now)
    close(batch)
    page = as_role(Role.OFFICER).get(f"/desk/messages/{batch.id}/progress").text
    assert "1 message was taken out." in page
    page = as_role(Role.OFFICER).get(f"/desk/messages/{batch.id}").text
    assert "Their address changed after it was drafted: draft it again." in page
