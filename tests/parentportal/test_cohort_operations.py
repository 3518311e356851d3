"""A cohort comes in: check, confirm, discard, and the same file again; on both databases."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread

import pytest
from sqlalchemy import func, select

from messaging.council import demonstration_council
from messaging.variants import ChoiceReason, VariantName
from parentportal.intake.spreadsheet import SheetRefused
from parentportal.models import (
    AuditEvent,
    Carer,
    Child,
    ColumnMapping,
    Family,
    ImportBatch,
    ImportState,
    OfferKind,
    OpenOffer,
    OutgoingMessage,
    Role,
)
from parentportal.operations.accounts import add_officer
from parentportal.operations.cohort import (
    NOBODY,
    ImportEnded,
    ImportNotReady,
    check_import,
    choose_columns,
    confirm_import,
    discard_import,
    remembered_columns,
)
from parentportal.operations.council import save_council
from parentportal.operations.outbox import draft_batch
from parentportal.queries.cohort import family_page
from parentportal.sealing import keyring_in_use
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import assigned
from tests.parentportal.intake.sheets import csv_of, row


@pytest.fixture
def officer(session, clock):
    return add_officer(
        session, "sam@exampleshire.example", "Sam Officer", Role.OFFICER, "x" * 12, clock()
    )


@pytest.fixture
def bring_in(session, clock, officer):
    """Check a file of these rows and confirm it."""

    def bring(*rows):
        batch, _ = check_import(
            session, "families.csv", csv_of(*rows), demonstration=True, now=clock(), by=officer
        )
        return confirm_import(session, batch, now=clock(), by=officer)

    return bring


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def the(session, table):
    return session.scalars(select(table)).one()


def test_nothing_is_written_before_the_confirmation(session, clock, officer):
    batch, checked = check_import(
        session, "a/b/families.csv", csv_of(row()), demonstration=True, now=clock(), by=officer
    )
    assert (batch.state, batch.file_name) == (ImportState.CHECKED, "families.csv")
    assert batch.counts["new"] == len(checked.families) == 1
    assert count(session, Family) == 0


def test_a_confirmed_family_is_on_record_as_the_file_says(session, bring_in, officer, clock):
    counts = bring_in(row())
    assert (counts.new, counts.changed, counts.unchanged) == (1, 0, 0)
    carer, child, offer = the(session, Carer), the(session, Child), the(session, OpenOffer)
    assert carer.name == "Sam Example"
    assert carer.address_lines == ["Sam Example", "1 Invented Street", "Exampleton", "EX1 1AB"]
    assert carer.postcode_key == keyring_in_use().digest("postcode", "EX1 1AB")
    assert (carer.phone, carer.email) == ("+447700900123", "sam@example.org")
    assert (child.first_name, child.annual_cost, child.miles) == (
        "Alex",
        Decimal("4321.50"),
        Decimal("3.2"),
    )
    assert (offer.offer, offer.decided_by, offer.decided_at) == (
        OfferKind.PTB,
        officer.name,
        clock(),
    )


def test_the_database_alone_gives_no_name_away(session, bring_in):
    bring_in(row())
    session.expire_all()
    carer, child = the(session, Carer), the(session, Child)
    kept = b"".join(
        bytes(value)
        for value in (
            carer.name_sealed,
            carer.address_sealed,
            carer.phone_sealed,
            carer.email_sealed,
            carer.name_key,
            child.first_name_sealed,
            child.match_key,
        )
    )
    for secret in (b"Sam", b"Invented", b"7700", b"example", b"Alex"):
        assert secret not in kept


def test_the_same_file_again_changes_nothing_and_says_so(session, bring_in, clock):
    rows = [row(), row(family_reference="F2", carer_name="Pat", flags="shared-parenting")]
    bring_in(*rows)
    before = [(f.id, f.changed_at) for f in session.scalars(select(Family))]
    clock.advance(days=1)
    counts = bring_in(*rows)
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 2)
    assert [(f.id, f.changed_at) for f in session.scalars(select(Family))] == before
    assert count(session, Carer) == count(session, Child) == 2


def test_what_differs_is_changed_and_what_is_blank_stays(session, bring_in):
    bring_in(row(), row(family_reference="F2", carer_name="Pat"))
    counts = bring_in(
        row(phone="", miles="5.5", address_line_7="EX2 2AB", school="Other School"),
        row(family_reference="F2", carer_name="Pat"),
    )
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1, 1)
    session.expire_all()
    family = session.scalars(select(Family).where(Family.reference == "F1")).one()
    assert family.carers[0].phone == "+447700900123"
    assert family.carers[0].address_lines[-1] == "EX2 2AB"
    assert family.carers[0].postcode_key == keyring_in_use().digest("postcode", "EX2 2AB")
    assert (family.children[0].miles, family.children[0].school) == (
        Decimal("5.5"),
        "Other School",
    )


def test_an_empty_offers_cell_closes_an_offer_and_a_missing_column_does_not(session, bring_in):
    bring_in(row(offers_open="ptb;itt"))
    without = {name: cell for name, cell in row().items() if name != "offers_open"}
    assert bring_in(without).changed == 0
    assert count(session, OpenOffer) == 2
    assert bring_in(row(offers_open="itt")).changed == 1
    assert the(session, OpenOffer).offer is OfferKind.ITT
    assert bring_in(row(offers_open="")).changed == 1
    assert count(session, OpenOffer) == 0


def test_flags_follow_the_column_where_there_is_one(session, bring_in):
    bring_in(row(flags="do-not-contact"))
    without = {name: cell for name, cell in row().items() if name != "flags"}
    bring_in(without)
    assert the(session, Family).flags == ["do-not-contact"]
    bring_in(row(flags=""))
    assert the(session, Family).flags == []


def test_a_child_that_gets_a_reference_later_stays_the_same_child(session, bring_in):
    bring_in(row(child_reference=""))
    before = the(session, Child).id
    assert bring_in(row(child_reference="C1")).changed == 1
    assert bring_in(row(child_reference="")).changed == 0
    assert the(session, Child).id == before
    assert the(session, Child).reference == "C1"


def test_a_family_with_a_bad_row_is_left_out_whole(session, bring_in):
    counts = bring_in(
        row(),
        row(child_reference="C2", child_first_name="Bo", miles="far"),
        row(family_reference="F2", carer_name="Pat"),
    )
    assert (counts.new, counts.waiting, counts.bad_rows) == (1, 1, 1)
    assert the(session, Family).reference == "F2"


def test_families_that_are_not_in_the_file_stay(session, bring_in):
    bring_in(row())
    bring_in(row(family_reference="F2", carer_name="Pat"))
    assert count(session, Family) == 2


def test_a_new_carer_joins_the_family_and_the_old_one_stays(session, bring_in):
    bring_in(row())
    pat = row(carer_name="Pat Example", phone="", email="pat@example.org")
    assert bring_in(pat).changed == 1
    session.expire_all()
    assert {c.name for c in the(session, Family).carers} == {"Sam Example", "Pat Example"}
    assert count(session, Child) == 1


def test_identifier_columns_never_reach_the_database(session, clock):
    batch, checked = check_import(
        session,
        "f.csv",
        csv_of(row() | {"UPN": "A123456789012"}),
        demonstration=True,
        now=clock(),
    )
    assert [d.header for d in checked.dropped] == ["UPN"]
    assert "A123456789012" not in str(batch.file)
    assert "UPN" not in batch.file["chosen"]


def test_the_file_waits_sealed_and_is_forgotten_afterwards(session, clock):
    for end in (confirm_import, discard_import):
        content = csv_of(row() | {"Robin Example": ""})
        batch, _ = check_import(session, "f.csv", content, demonstration=True, now=clock())
        kept = session.execute(select(ImportBatch.__table__)).all()
        assert "Example" not in str(kept)
        end(session, batch, now=clock())
        assert batch.file_sealed is None
        assert batch.ended_at == clock()


def test_confirming_twice_writes_once_and_tells_the_same(session, clock, officer):
    batch, _ = check_import(session, "f.csv", csv_of(row()), demonstration=True, now=clock())
    first = confirm_import(session, batch, now=clock(), by=officer)
    assert confirm_import(session, batch, now=clock(), by=officer) == first
    assert count(session, Family) == 1
    with pytest.raises(ImportEnded):
        discard_import(session, batch, now=clock())


def test_a_discarded_file_cannot_be_confirmed(session, clock):
    batch, _ = check_import(session, "f.csv", csv_of(row()), demonstration=True, now=clock())
    discard_import(session, batch, now=clock())
    discard_import(session, batch, now=clock())
    with pytest.raises(ImportEnded):
        confirm_import(session, batch, now=clock())
    assert count(session, Family) == 0


def test_a_refused_file_leaves_no_trace(session, clock):
    with pytest.raises(SheetRefused):
        check_import(session, "f.csv", b"", demonstration=True, now=clock())
    assert count(session, ImportBatch) == 0


def test_chosen_columns_are_remembered_for_the_next_file(session, clock, officer):
    content = csv_of({("Ref no" if k == "family_reference" else k): v for k, v in row().items()})
    batch, _ = check_import(session, "f.csv", content, demonstration=True, now=clock())
    with pytest.raises(ImportNotReady):
        confirm_import(session, batch, now=clock())
    chosen = batch.file["chosen"] | {"Ref no": "family_reference", "school": ""}
    checked = choose_columns(session, batch.id, chosen, now=clock(), by=officer)
    assert len(checked.families) == batch.counts["new"] == 1
    assert remembered_columns(session)["refno"] == "family_reference"
    _, again = check_import(session, "f.csv", content, demonstration=True, now=clock())
    assert again.columns.chosen == chosen
    assert count(session, ColumnMapping) == len(chosen)


def test_a_header_that_means_nothing_is_not_remembered_and_may_be_forgotten(session, clock):
    content = csv_of(row() | {"Robin Example": "x", "Notes": "x"})
    batch, checked = check_import(session, "f.csv", content, demonstration=True, now=clock())
    usual = dict(checked.columns.chosen)
    choose_columns(session, batch.id, usual | {"school": "", "Notes": "school"}, now=clock())
    assert remembered_columns(session)["school"] == ""
    assert remembered_columns(session)["notes"] == "school"
    choose_columns(session, batch.id, usual, now=clock())
    assert "notes" not in remembered_columns(session)
    assert "robinexample" not in remembered_columns(session)


def test_without_an_officer_the_file_itself_is_named_as_the_decision(session, clock):
    batch, _ = check_import(session, "f.csv", csv_of(row()), demonstration=True, now=clock())
    confirm_import(session, batch, now=clock())
    assert the(session, OpenOffer).decided_by == NOBODY


def test_the_trail_tells_what_was_done_and_names_nobody(session, bring_in):
    bring_in(row())
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.subject_kind == "import_batch")
    ).all()
    assert [event.action for event in events] == ["check", "confirm"]
    assert events[1].detail == {"new": 1, "changed": 0, "unchanged": 0}


def test_more_families_than_one_look_up_takes_come_in_and_come_again(session, bring_in):
    rows = [row(family_reference=f"F{i}", carer_name=f"Sam {i}") for i in range(1_203)]
    assert bring_in(*rows).new == 1_203
    assert bring_in(*rows).unchanged == 1_203


def test_two_officers_at_once_write_every_family_once(database, clock):
    """Two files with the same family, confirmed by two officers in the same moment."""
    with database.transaction() as session:
        batches = [
            check_import(
                session,
                f"{n}.csv",
                csv_of(*(row(family_reference=f"F{i}", carer_name=f"Sam {i}") for i in range(30))),
                demonstration=True,
                now=clock(),
            )[0]
            for n in range(2)
        ]
    told, failed = [], []

    def confirm(batch):
        try:
            with database.transaction() as session:
                told.append(confirm_import(session, batch, now=clock()))
        except Exception as problem:  # noqa: BLE001 -- whatever it is, the test shows it
            failed.append(problem)

    threads = [Thread(target=confirm, args=(batch,)) for batch in [*batches, batches[0]]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(counts.new for counts in told) in ([0, 0, 30], [0, 30, 30])
    with database.reading() as session:
        assert count(session, Family) == count(session, Carer) == 30


def test_the_list_finds_a_family_by_its_reference_and_never_by_a_pattern(session, bring_in):
    bring_in(*(row(family_reference=f"F{i:03}", carer_name=f"Sam {i}") for i in range(120)))
    page = family_page(session, number=3)
    assert (page.total, page.pages, len(page.lines)) == (120, 3, 20)
    assert family_page(session, number=99).number == 3
    assert [line.reference for line in family_page(session, "f07").lines][:2] == ["F070", "F071"]
    assert family_page(session, "%").total == 0
    line = family_page(session, "F000").lines[0]
    assert (line.carers[0].name, line.carers[0].answered) == ("Sam 0", False)
    assert line.children[0].offers == ("PTB",)


def test_a_carer_of_another_language_gets_the_neutral_english_text_whatever_the_segment(
    session, bring_in, clock, officer
):
    save_council(session, demonstration_council(), now=clock())
    bring_in(
        row(language="Somali"), row(family_reference="F2", carer_name="Pat", language="Dothraki")
    )
    for carer in session.scalars(select(Carer)):
        assigned(session, carer, Segment.PIONEER, clock())
    draft_batch(session, "ptb-offer", dated=clock().date(), now=clock(), by=officer)
    messages = session.scalars(select(OutgoingMessage)).all()
    assert {message.carer.language for message in messages} == {"so", "other"}
    assert {(m.language, m.variant, m.choice_reason) for m in messages} == {
        ("en_GB", VariantName.NEUTRAL, ChoiceReason.NOT_WRITTEN)
    }
