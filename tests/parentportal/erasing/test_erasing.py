"""A family that is erased leaves nothing behind, and every other family stays as it was."""

from __future__ import annotations

import json
from collections import Counter

import pypdfium2
import pytest
from sqlalchemy import func, select, text, true

from parentportal.dispatch.erasing import finish, search_for
from parentportal.models import (
    AuditEvent,
    Base,
    Campaign,
    Erasure,
    Family,
    ImportBatch,
    ImportState,
    OutgoingBatch,
    TrialFamily,
)
from parentportal.operations.erasing import erase
from parentportal.queries.details import Kind, rows_of
from parentportal.queries.outbox import evidence_of
from parentportal.queries.trials import drawn_families
from tests.parentportal.erasing.conftest import a_world

EVERYTHING = {
    Kind.REFERENCE,
    Kind.NAME,
    Kind.ADDRESS,
    Kind.POSTCODE,
    Kind.TELEPHONE,
    Kind.EMAIL,
    Kind.CODE,
    Kind.ANSWERS,
    Kind.RECORD,
    Kind.KEY,
}


def erased(database, settings, clock, world, found):
    with database.transaction() as session:
        erasure = erase(session, world.family_id, now=clock(), shared=found.shared)
    return erasure, finish(database, settings, erasure.id, clock=clock)


def words(pdf):
    """The words on the paper, as fast as can be: a print file has hundreds of sides."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def search(database, settings, details, **how):
    return search_for(database, settings, details, **how)


def others(database, world):
    """Every row of every other family, as it lies in the database."""
    theirs = rows_of(world.family_id)
    with database.reading() as session:
        return {
            table.name: Counter(
                map(repr, session.execute(select(table).where(mine.is_not(true()))))
            )
            for table, mine in theirs.items()
            if table.name != TrialFamily.__tablename__
        }


def files(settings, world):
    """Every file but the erased family's own, and those that tell of a whole batch."""
    keys = {str(key) for key in world.messages}
    return {
        path: path.read_bytes()
        for path in settings.var_directory.rglob("*")
        if path.is_file()
        and not any(key in path.name for key in keys)
        and path.name not in {"letters.pdf", "manifest.csv", "print-files.csv", "demo.json"}
        and path.name != "1:2,S"
    }


def counts(database):
    with database.reading() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.key == "ptb-offer")).one()
        found = drawn_families(session, campaign.id)
        arms = session.execute(
            select(TrialFamily.stratum, TrialFamily.place, TrialFamily.arm, TrialFamily.drawn_at)
        )
        return found, Counter(map(tuple, arms))


def in_the_servers_files(database, details):
    """What PostgreSQL's own files of this database hold, byte for byte; nothing on SQLite."""
    if database.engine.dialect.name != "postgresql":
        return None
    with database.engine.connect() as lent:
        session = lent.execution_options(isolation_level="AUTOCOMMIT")
        session.execute(text("CHECKPOINT"))
        oid = session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        names = session.scalars(text(f"SELECT pg_ls_dir('base/{oid}')")).all()
        content = [
            session.scalar(
                text(f"SELECT pg_read_binary_file('base/{oid}/{name}', 0, {2**28}, true)")
            )
            for name in names
        ]
    return {
        one.kind
        for one in details
        for piece in (*one.raw, *one.prints)
        if any(found and piece in found for found in content)
    }


def leaves_nothing(database, settings, clock, world):
    before = search(database, settings, world.details, family_id=world.family_id)
    kinds = {place.kind for place in before.places}
    assert kinds == EVERYTHING
    assert {
        "outgoing_batch.note_sealed",
        "import_batch.file_sealed",
        "demo.json",
        f"outbox/{world.batch}/manifest.csv",
        f"outbox/{world.batch}/letters/….pdf",
        "mailbox/cur/….eml:2,S",
        "mailbox/tmp/….eml",
        "texts/….txt",
        "bounces/cur/1:2,S",
    } <= {place.where for place in before.places}
    print_file = settings.outbox_directory / str(world.batch) / "letters.pdf"
    assert world.words[0].split()[-1] in words(print_file.read_bytes())
    lying = in_the_servers_files(database, world.details)
    assert lying is None or lying >= {Kind.REFERENCE, Kind.CODE, Kind.ANSWERS, Kind.RECORD}
    rows, kept, tried = others(database, world), files(settings, world), counts(database)

    erasure, details = erased(database, settings, clock, world, before)

    after = search(database, settings, details)
    assert after.places == ()
    assert not in_the_servers_files(database, details)
    assert {one.kind for one in details} >= EVERYTHING - {Kind.TELEPHONE}
    paper = words(print_file.read_bytes())
    assert not any(word in paper for word in world.words)
    assert others(database, world) == rows
    assert files(settings, world) == kept
    assert counts(database) == tried
    with database.reading() as session:
        assert session.get(Family, world.family_id) is None
        row = session.get_one(Erasure, erasure.id)
        assert row.finished_at == clock()
        assert row.removing_sealed is None
        assert row.removed["family"] == 1
        lines = (print_file.parent / "manifest.csv").read_text().splitlines()
        assert len(lines) == 1 + len(evidence_of(session, world.batch))
    left = json.loads((settings.var_directory / "demo.json").read_text())["codes"]
    assert len(left) == 1


def test_nothing_is_left_of_one_family_of_a_few(database, settings, clock, world):
    leaves_nothing(database, settings, clock, world)


@pytest.mark.full
def test_nothing_is_left_of_one_family_among_six_hundred(database, settings, clock):
    world = a_world(database, settings, clock, families=600)
    leaves_nothing(database, settings, clock, world)


def test_what_must_stay_stays_under_a_random_key(database, settings, clock, world):
    before = search(database, settings, world.details, family_id=world.family_id)
    with database.reading() as session:
        events = session.scalar(select(func.count()).select_from(AuditEvent))
    erasure, _ = erased(database, settings, clock, world, before)
    with database.reading() as session:
        row = session.get_one(Erasure, erasure.id)
        assert row.kept["decisions"]
        assert row.kept["decisions"][0] == {"offer": "ptb", "decided_on": "2026-11-02"}
        assert row.kept["complaints"] == [
            {"asked_on": "2026-11-02", "due_on": "2026-12-02", "ended": None, "ended_on": None}
        ]
        assert row.keep_until.isoformat() == "2032-11-02"
        assert {(one["where"], one.get("channel"), one["deleted_by"]) for one in row.copies} == {
            ("folder", "letter", "2026-11-30"),
            ("folder", "email", None),
            ("backups", None, "2026-12-07"),
        }
        assert session.scalar(select(func.count()).select_from(AuditEvent)) > events
        batch = session.get_one(OutgoingBatch, world.batch)
        assert batch.note is None
        assert batch.left_out[-1] == [str(world.batch), "kept"]
        assert not {pair[0] for pair in batch.left_out} & {str(key) for key in world.carers}
        waiting = session.scalars(select(ImportBatch).order_by(ImportBatch.uploaded_at)).all()
        assert {one.state for one in waiting} == {ImportState.CONFIRMED, ImportState.DISCARDED}


def test_every_table_that_names_a_family_or_a_carer_is_emptied():
    """Of a new table the foreign key alone tells, and it is enough."""
    reached = {table.name for table in rows_of(Base.metadata.tables["family"].c.id)}
    named = {
        table.name
        for table in Base.metadata.sorted_tables
        if {"family_id", "carer_id", "child_id", "response_id", "message_id"} & {*table.c.keys()}
    }
    assert named <= reached
