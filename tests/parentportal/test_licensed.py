"""Segments under a licence: brought in whole or not at all, and never mixed with our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from messaging.council import demonstration_council
from parentportal.cli import main
from parentportal.models import (
    AuditEvent,
    Campaign,
    Family,
    HeldLicence,
    LicensedSegment,
    OutgoingMessage,
    Role,
)
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
from parentportal.operations.licensed import LicenceOver, bring_in, choose_wording, unusable
from parentportal.operations.outbox import draft_batch
from parentportal.operations.recipients import gather
from parentportal.queries.groups import standings
from parentportal.refusals import NotThere
from segmentation.faults import Fault
from segmentation.licensed import Licence
from segmentation.segments import Segment
from tests.conftest import KEYRING
from tests.parentportal.cohort_rows import a_carer, a_family, assigned

LICENCE = Licence("INVENTED-1", "Exampleshire County Council", date(2027, 6, 30))


@pytest.fixture
def cohort(session, clock):
    """F1 a pioneer by our own typing, F2 a settler, F3 never asked."""
    carers = [a_family(session, f"F{number}", clock()) for number in (1, 2, 3)]
    assigned(session, carers[0], Segment.PIONEER, clock())
    assigned(session, carers[1], Segment.SETTLER, clock())
    return carers


def kept(session):
    session.flush()
    rows = session.scalars(select(LicensedSegment))
    return {row.carer_id: row.segment for row in rows}


def test_segments_are_kept_under_their_licence(session, clock, cohort):
    held = bring_in(session, LICENCE, {"f1": Segment.SETTLER, "F2": None}, now=clock())
    assert (held.reference, held.valid_until) == ("INVENTED-1", date(2027, 6, 30))
    assert kept(session) == {cohort[0].id: Segment.SETTLER, cohort[1].id: None}
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert (event.action, event.detail["people"]) == ("bring-in-licensed", 2)


def test_bringing_them_in_again_replaces_them_and_doubles_nothing(session, clock, cohort):
    bring_in(session, LICENCE, {"F1": Segment.SETTLER, "F2": Segment.PIONEER}, now=clock())
    later = replace(LICENCE, valid_until=date(2028, 6, 30))
    held = bring_in(session, later, {"F1": Segment.PROSPECTOR}, now=clock())
    assert kept(session) == {cohort[0].id: Segment.PROSPECTOR, cohort[1].id: Segment.PIONEER}
    assert held.valid_until == date(2028, 6, 30)
    assert session.scalar(select(func.count(HeldLicence.id))) == 1


def test_a_licence_that_is_over_brings_nothing_in(session, clock, cohort):
    with pytest.raises(LicenceOver):
        bring_in(
            session, replace(LICENCE, valid_until=date(2026, 11, 1)), {"F1": None}, now=clock()
        )
    assert len(cohort) == 3
    assert kept(session) == {}


def test_a_reference_that_is_nobodys_or_two_carers_says_so(session, clock, cohort):
    a_carer(session, session.get_one(Family, cohort[1].family_id), clock(), name="Bo Sample")
    assert unusable(session, ["F1", "F2", "F9"]) == {
        "F2": Fault.NOT_ONE_CARER,
        "F9": Fault.NOT_OURS,
    }


def segments(session, clock, **how):
    found = gather(session, "ptb-offer", dated=clock().date(), **how)
    return {one.carer.family.reference: one.segment for one in found.candidates}


def test_our_own_segments_choose_the_wording_unless_the_licence_is_chosen(session, clock, cohort):
    bring_in(session, LICENCE, {"F1": Segment.PROSPECTOR, "F3": Segment.PIONEER}, now=clock())
    today = clock().date()
    ours = {"F1": Segment.PIONEER, "F2": Segment.SETTLER, "F3": None}
    assert segments(session, clock, today=today) == ours
    choose_wording(session, "INVENTED-1", now=clock(), by=None)
    assert segments(session, clock, today=today) == {
        "F1": Segment.PROSPECTOR,
        "F2": None,
        "F3": Segment.PIONEER,
    }
    assert segments(session, clock, today=LICENCE.valid_until + timedelta(days=1)) == ours
    choose_wording(session, None, now=clock(), by=None)
    assert segments(session, clock, today=today) == ours


def test_figures_go_by_our_own_in_every_case(session, clock, cohort):
    before = standings(session)
    bring_in(session, LICENCE, {"F1": Segment.PROSPECTOR, "F3": Segment.PIONEER}, now=clock())
    choose_wording(session, "INVENTED-1", now=clock(), by=None)
    assert standings(session) == before


def test_a_draft_is_worded_by_the_licence_that_was_chosen(session, clock, cohort):
    save_council(session, demonstration_council(), now=clock())
    officer = add_officer(
        session, "d@council.example", "Dot Drafter", Role.OFFICER, "a long password", clock()
    )
    session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=clock()))
    bring_in(session, LICENCE, {"F1": Segment.PROSPECTOR}, now=clock())
    choose_wording(session, "INVENTED-1", now=clock(), by=None)
    batch = draft_batch(session, "ptb-offer", dated=clock().date(), now=clock(), by=officer)
    rows = session.scalars(select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id))
    variants = {(row.carer_id, str(row.variant)) for row in rows}
    assert variants == {
        (cohort[0].id, "prospector"),
        (cohort[1].id, "neutral"),
        (cohort[2].id, "neutral"),
    }


def test_only_a_valid_licence_that_was_brought_in_can_be_chosen(session, clock, cohort):
    with pytest.raises(NotThere):
        choose_wording(session, "NONE-1", now=clock(), by=None)
    bring_in(session, LICENCE, {"F1": None}, now=clock())
    clock.advance(days=365)
    with pytest.raises(LicenceOver):
        choose_wording(session, "INVENTED-1", now=clock(), by=None)


DATA_FILE = """
[licence]
reference = "INVENTED-1"
holder = "Exampleshire County Council"
valid_until = 2099-03-31
[groups]
column = "type"
words = {A = "settler", B = "prospector"}
"""


@pytest.fixture
def run(database, tmp_path, monkeypatch, clock):
    """Bring a file in; gives what was printed and the exit code."""
    (tmp_path / "keys.json").write_text(KEYRING.to_json())
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    with database.transaction() as session:
        for number in (1, 2):
            a_family(session, f"F{number}", clock())

    def run(content, *options, data_file=DATA_FILE):
        licence, file = tmp_path / "licence.toml", tmp_path / "scores.csv"
        licence.write_text(data_file)
        file.write_text(content)
        return CliRunner().invoke(main, ["licensed", "import", str(licence), str(file), *options])

    return run


def count(database):
    with database.reading() as session:
        return session.scalar(select(func.count(LicensedSegment.id)))


def test_without_confirm_nothing_is_written(run, database):
    result = run("id,type\nF1,A\nF2,\n")
    assert result.exit_code == 0, result.output
    assert "2 people, 1 of them with a segment." in result.output
    assert "Nothing was written." in result.output
    assert count(database) == 0
    assert run("id,type\nF1,A\nF2,\n", "--confirm").exit_code == 0
    assert count(database) == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,type\nF1,A\nF7,A\n", "row 3, column id: no family has this reference"),
        ("id,type\nF1,A\nF2,Q\n", "row 3, column type: neither blank nor the name of a segment"),
        ("id\nF1\n", "row 1, column type: there is no such column"),
    ],
)
def test_a_bad_row_refuses_the_whole_file(run, database, content, words):
    result = run(content, "--confirm")
    assert result.exit_code == 1
    assert words in result.output
    assert count(database) == 0


def test_a_data_file_that_is_not_sound_is_refused(run, database):
    result = run("id,type\nF1,A\n", "--confirm", data_file="[licence]\n")
    assert result.exit_code == 1
    assert "licence.toml" in result.output
    assert count(database) == 0


def test_the_source_of_wording_is_chosen_in_an_officers_name(run, database, officers):
    run("id,type\nF1,A\n", "--confirm")
    choose = ["licensed", "choose", "INVENTED-1", "--officer"]
    refused = CliRunner().invoke(main, [*choose, officers[Role.OFFICER].email])
    assert "Your role does not cover this." in refused.output
    done = CliRunner().invoke(main, [*choose, officers[Role.PROGRAMME].email])
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert session.scalars(select(HeldLicence)).one().chooses_wording
    ours = ["licensed", "choose", "ours", "--officer", officers[Role.PROGRAMME].email]
    assert CliRunner().invoke(main, ours).exit_code == 0
    with database.reading() as session:
        assert not session.scalars(select(HeldLicence)).one().chooses_wording
    missing = ["licensed", "choose", "X", "--officer", officers[Role.PROGRAMME].email]
    assert "Nothing was brought in under “X”." in CliRunner().invoke(main, missing).output
