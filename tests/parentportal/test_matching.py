"""Who of a file is who on record: nobody is lost, doubled or taken twice; on both databases."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from messaging.printable import fold
from parentportal.intake.cohort import kept_report
from parentportal.intake.problems import NoteCode
from parentportal.models import Carer, Child, Family, OpenOffer
from parentportal.operations.cohort import check_import, confirm_import, foresee
from tests.parentportal.intake.sheets import csv_of, row


@pytest.fixture
def bring_in(session, clock):
    """Check a file of these rows and confirm it; gives what was read, and the counts."""

    def bring(*rows):
        batch, checked = check_import(
            session, "families.csv", csv_of(*rows), demonstration=True, now=clock()
        )
        clock.advance(minutes=1)
        counts = confirm_import(session, batch, now=clock())
        session.expire_all()
        return checked, counts

    return bring


def one(session, reference="F1"):
    return session.scalars(select(Family).where(Family.reference == reference)).one()


def children(session):
    return [(child.reference, child.first_name) for child in one(session).children]


def carers(session):
    return [carer.name for carer in one(session).carers]


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "family_reference": st.sampled_from(["F1", "f1", "F2"]),
            "carer_name": st.sampled_from(["Ali", "Bea", "bea"]),
            "address_line_7": st.sampled_from(["EX1 1AB", "EX2 2AB"]),
            "phone": st.sampled_from(["", "07700 900123", "07700 900124"]),
            "email": st.sampled_from(["", "a@example.org", "b@example.org"]),
            "child_reference": st.sampled_from(["", "R1", "r1", "R2", "R3"]),
            "child_first_name": st.sampled_from(["", "Sam", "sam", "Bo"]),
        }
    ).map(lambda cells: row(**cells)),
    min_size=1,
    max_size=6,
)


@given(before=ROWS, rows=ROWS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_file_twice_changes_nothing_and_everybody_in_it_is_on_record(
    session, bring_in, before, rows
):
    for table in (OpenOffer, Child, Carer, Family):
        session.execute(delete(table))
    bring_in(*before)
    bring_in(*rows)
    checked, counts = bring_in(*rows)
    assert (counts.new, counts.changed) == (0, 0)
    for entry in checked.families:
        family = session.scalars(select(Family).where(Family.reference_key == entry.key)).one()
        assert {fold(told.name) for told in entry.carers} <= {fold(c.name) for c in family.carers}
        assert len(family.children) >= len(entry.children)
        references = {fold(child.reference) for child in family.children if child.reference}
        assert {fold(told.reference) for told in entry.children if told.reference} <= references
        names = Counter(fold(child.first_name) for child in family.children if child.first_name)
        assert Counter(fold(t.first_name) for t in entry.children if t.first_name) <= names


def test_two_children_of_one_name_with_references_are_two_beside_one_without(session, bring_in):
    bring_in(row(child_reference="", child_first_name="Sam"))
    file = [row(child_reference=number, child_first_name="Sam") for number in ("R1", "R2")]
    bring_in(*file)
    assert sorted(children(session), key=str) == [("R1", "Sam"), ("R2", "Sam"), (None, "Sam")]
    _, counts = bring_in(*file)
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 1)


def test_a_reference_in_other_letters_is_the_same_family_and_the_same_child(session, bring_in):
    bring_in(row(family_reference="F1a", child_reference="C1a"))
    _, counts = bring_in(row(family_reference="f1A", child_reference="c1A"))
    assert (counts.new, counts.changed) == (0, 1)  # the child's reference is written as told
    assert session.scalars(select(Family.reference)).all() == ["F1a"]
    assert session.scalars(select(Child.reference)).all() == ["c1A"]


def test_rows_of_one_file_with_a_reference_in_other_letters_are_one_family(session, bring_in):
    bring_in(row(), row(family_reference="f1", child_reference="C2", child_first_name="Bo"))
    assert children(session) == [("C1", "Alex"), ("C2", "Bo")]


@pytest.mark.parametrize("kept", [{"phone": ""}, {"email": "new@example.org"}])
def test_a_corrected_name_is_the_same_carer_by_email_or_by_telephone_and_postcode(
    session, bring_in, kept
):
    bring_in(row(carer_name="Sam Exmaple"))
    before = one(session).carers[0].id
    _, counts = bring_in(row(carer_name="Sam Example", **kept))
    assert counts.changed == 1
    carer = session.scalars(select(Carer)).one()
    assert (carer.id, carer.name) == (before, "Sam Example")
    assert carer.address_lines[0] == "Sam Example"
    _, counts = bring_in(row(carer_name="Sam Example", **kept))
    assert counts.unchanged == 1


def test_a_corrected_name_without_an_address_is_corrected_on_the_envelope_too(session, bring_in):
    bring_in(row(carer_name="Sam Exmaple"))
    bring_in(row(carer_name="Sam Example", address_line_1="", address_line_2="", address_line_7=""))
    assert session.scalars(select(Carer)).one().address_lines == [
        "Sam Example",
        "1 Invented Street",
        "Exampleton",
        "EX1 1AB",
    ]


def test_an_email_that_two_parents_share_makes_nobody_of_the_other(session, bring_in):
    bring_in(row(carer_name="Ali Example"))
    bring_in(row(carer_name="Ali Example"), row(carer_name="Bea Example", child_first_name="Alex"))
    assert carers(session) == ["Ali Example", "Bea Example"]
    bring_in(row(carer_name="Cy Example"), row(carer_name="Di Example"))
    assert carers(session) == ["Ali Example", "Bea Example", "Cy Example", "Di Example"]


def test_carers_and_children_stand_in_the_order_of_the_file(session, bring_in):
    names = ["Mo", "Al", "Zoe", "Bo", "Kit", "Di"]
    bring_in(
        *(
            row(carer_name=f"{name} Carer", child_reference="", child_first_name=name)
            for name in names
        )
    )
    assert carers(session) == [f"{name} Carer" for name in names]
    assert [name for _, name in children(session)] == names


@pytest.fixture
def noted(session, clock):
    """Check a file of these rows; gives its notes by code."""

    def noted(*rows):
        batch, _ = check_import(session, "f.csv", csv_of(*rows), demonstration=True, now=clock())
        report = kept_report(batch.file)
        return {note.code: note.shown for note in report.notes}

    return noted


def test_a_corrected_name_is_said_before_anybody_confirms(bring_in, noted):
    bring_in(row(carer_name="Sam Exmaple"))
    assert noted(row()) == {NoteCode.CARER_RENAMED: "F1: Sam Exmaple → Sam Example"}
    assert noted(row(carer_name="sam exmaple")) == {}


def test_a_new_carer_in_a_known_family_is_said_before_anybody_confirms(bring_in, noted):
    bring_in(row())
    pat = row(carer_name="Pat Example", phone="", email="pat@example.org")
    assert noted(pat) == {NoteCode.CARER_JOINS: "F1: Pat Example"}
    assert noted(row(), row(family_reference="F2", carer_name="Pat Example")) == {}


def test_a_name_and_postcode_on_record_under_another_reference_is_pointed_out(bring_in, noted):
    bring_in(row())
    assert noted(row(family_reference="F2")) == {NoteCode.CARER_ELSEWHERE: "F2: Sam Example, F1"}
    assert noted(row(family_reference="F2", address_line_7="EX2 2AB")) == {}


def test_families_found_unchanged_before_the_lock_are_not_read_under_it(session, bring_in, clock):
    rows = [row(family_reference=f"F{n}", carer_name=f"Sam {n}") for n in range(3)]
    bring_in(*rows)
    batch, checked = check_import(session, "f.csv", csv_of(*rows), demonstration=True, now=clock())
    unchanged = foresee(session, checked).unchanged
    assert set(unchanged) == {"f0", "f1", "f2"}
    clock.advance(minutes=1)
    bring_in(row(family_reference="F1", carer_name="Sam 1", school="Other School"))
    counts = confirm_import(session, batch, now=clock(), checked=checked, unchanged=unchanged)
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1, 2)
    session.expire_all()
    assert one(session).children[0].school == "Invented Park School"
