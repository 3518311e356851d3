"""A family that is erased leaves nothing behind, and every other family stays as it was."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pypdfium2
import pytest
from sqlalchemy import func, select, text, true

from messaging.lifecycle import State
from parentportal.dispatch import run
from parentportal.dispatch.erasing import finish, search_for
from parentportal.dispatch.print_house import PrintHouseWay
from parentportal.models import (
    AuditEvent,
    Base,
    Campaign,
    Erasure,
    Family,
    ImportBatch,
    ImportState,
    OutgoingBatch,
    Role,
    TrialFamily,
)
from parentportal.operations.erasing import Keeping, erase
from parentportal.operations.outbox import approve, draft_batch, submit
from parentportal.queries.details import Kind, rows_of
from parentportal.queries.outbox import evidence_of
from parentportal.queries.trials import drawn_families
from parentportal.ways_out import PrintHouse, Provider, WaysOut
from tests.parentportal.cohort_rows import a_family, impact_assessed
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
        and not path.match("outbox/*/letters*.pdf")
        and path.name not in {"manifest.csv", "print-files.csv", "demo.json"}
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


def on_paper(folder):
    """What a batch's print files say."""
    return "\n".join(words(file.read_bytes()) for file in sorted(folder.glob("letters*.pdf")))


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
        "outgoing_batch.event",
        "import_batch.file_sealed",
        "demo.json",
        f"outbox/{world.batch}/manifest.csv",
        f"outbox/{world.batch}/letters/….pdf",
        "mailbox/cur/….eml:2,S",
        "mailbox/tmp/….eml",
        "texts/….txt",
        "bounces/cur/1:2,S",
    } <= {place.where for place in before.places}
    folder = settings.outbox_directory / str(world.batch)
    assert all(word in on_paper(folder) for word in world.words if "@" not in word)
    lying = in_the_servers_files(database, world.details)
    assert lying is None or lying >= {Kind.REFERENCE, Kind.CODE, Kind.ANSWERS, Kind.RECORD}
    rows, kept, tried = others(database, world), files(settings, world), counts(database)

    erasure, details = erased(database, settings, clock, world, before)

    after = search(database, settings, details)
    assert after.places == ()
    assert not in_the_servers_files(database, details)
    assert {one.kind for one in details} >= EVERYTHING - {Kind.TELEPHONE}
    assert not any(word in on_paper(folder) for word in world.words)
    assert others(database, world) == rows
    assert files(settings, world) == kept
    assert counts(database) == tried
    with database.reading() as session:
        assert session.get(Family, world.family_id) is None
        row = session.get_one(Erasure, erasure.id)
        assert row.finished_at == clock()
        assert row.removing_sealed is None
        assert row.removed["family"] == 1
        lines = (folder / "manifest.csv").read_text().splitlines()
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
        assert session.scalars(select(OutgoingBatch.id)).all() == [world.batch]
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


def test_a_draft_that_was_theirs_alone_is_withdrawn(database, clock, council, officers):
    now, by = clock(), officers[Role.OFFICER]
    with database.transaction() as session:
        carer = a_family(session, "F1", now)
        batch = draft_batch(session, "ptb-offer", dated=now.date(), now=now, by=by)
    with database.transaction() as session:
        erase(session, carer.family_id, now=now, by=by)
    with database.reading() as session:
        assert session.get_one(OutgoingBatch, batch.id).state is State.WITHDRAWN
        assert session.scalars(select(Erasure.erased_by_id)).all() == [by.id]


def test_a_print_house_is_not_sent_again_what_is_made_again_without_them(
    database, settings, clock, council, officers, tmp_path
):
    """What it got it has; the copy that lies here loses their letter, and counts as put."""
    now = clock()
    house = tmp_path.parent / f"{tmp_path.name}-house"
    settings = replace(
        settings,
        ways_out=WaysOut(letters=Provider.PRINT_HOUSE, print_house=PrintHouse(str(house))),
    )
    with database.transaction() as session:
        impact_assessed(session, now)
        for number in range(3):
            lines = [f"{number} Invented Road", "Exampleton", f"EX1 {number}ZZ"]
            a_family(session, f"F{number}", now, name=f"Ali Sample {number}", address_lines=lines)
        batch = draft_batch(
            session, "ptb-offer", dated=now.date(), now=now, by=officers[Role.OFFICER]
        )
        submit(session, batch.id, now=now, by=officers[Role.OFFICER])
        approve(session, batch.id, now=now, by=officers[Role.APPROVER])
    run(database, settings, batch.id, clock=clock)
    there = {file.name: file.read_bytes() for file in house.iterdir()}
    made = settings.var_directory / "print-house" / str(batch.id) / "letters.pdf"
    assert len(there) == 3
    assert "1 Invented Road" in words(made.read_bytes())
    with database.transaction() as session:
        family = session.scalars(select(Family).where(Family.reference == "F1")).one()
        erasure = erase(session, family.id, now=now, keeping=Keeping(print_house=10))
    finish(database, settings, erasure.id, clock=clock)
    assert "1 Invented Road" not in words(made.read_bytes())
    assert "2 Invented Road" in words(made.read_bytes())
    assert {file.name: file.read_bytes() for file in house.iterdir()} == there
    letters = [one for one in erasure.copies if one["where"] == "print-house"]
    assert [(one["messages"], one["deleted_by"]) for one in letters] == [(1, "2026-11-12")]
    way = PrintHouseWay(settings.ways_out.print_house, settings.var_directory / "print-house")
    assert (made.parent / "put" / "letters.pdf.put").read_text() == sha256(
        made.read_bytes()
    ).hexdigest()
    assert not way.still_here(batch.id)
