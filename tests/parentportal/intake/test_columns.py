"""Headers to columns, and columns that are never kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentportal.intake.columns import (
    _ALSO_CALLED,
    NOT_USED,
    drop_identifiers,
    header_key,
    holds_data,
    identifier_in,
    match_columns,
)
from parentportal.intake.spreadsheet import read_sheet
from parentportal.intake.vocabulary import Column, Identifier
from tests.parentportal.intake.sheets import csv_of, row

UPN = "A123456789012"
NHS = ["943 476 5919", "4505577104", "401 023 2137", "9434765919"]  # published for testing


def test_every_canonical_header_is_its_own_column():
    columns = match_columns(tuple(Column))
    assert columns.chosen == {column: column for column in Column}
    assert columns.unused == ()


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Family Reference", Column.FAMILY_REFERENCE),
        ("FAMILY-REF", Column.FAMILY_REFERENCE),
        ("Parent/Carer Name", Column.CARER_NAME),
        ("Address Line 1", Column.ADDRESS_LINE_1),
        ("Post Code", Column.ADDRESS_LINE_7),
        ("Annual Cost (£)", Column.ANNUAL_COST),
        ("Child's first name", Column.CHILD_FIRST_NAME),
    ],
)
def test_headers_are_known_by_case_blanks_and_common_names(header, column):
    assert match_columns([header]).chosen == {header: column}


def test_a_column_is_filled_once_and_by_its_own_name_first():
    columns = match_columns(["Mobile", "phone", "Telephone"])
    assert columns.chosen == {"Mobile": NOT_USED, "phone": "phone", "Telephone": NOT_USED}


def test_what_was_chosen_beats_what_is_remembered_and_that_beats_the_usual_name():
    headers = ["Ref", "Family"]
    assert match_columns(headers, {"ref": "family_reference"}).places == {
        Column.FAMILY_REFERENCE: 0
    }
    chosen = match_columns(
        headers, {"ref": "family_reference"}, {"Ref": NOT_USED, "Family": "family_reference"}
    )
    assert chosen.places == {Column.FAMILY_REFERENCE: 1}


def test_a_remembered_word_that_is_no_column_any_more_is_passed_over():
    assert match_columns(["Ref"], {"ref": "pupil_premium"}).unused == ("Ref",)


def test_no_name_of_a_column_is_taken_for_somebodys_own():
    names = [name.strip() for names in _ALSO_CALLED.values() for name in names.split(",")]
    assert [name for name in [*Column, *names, "Column A", "2026/27"] if holds_data(name)] == []


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("UPN", Identifier.UPN),
        ("Former UPN", Identifier.UPN),
        ("Unique Pupil Number", Identifier.UPN),
        ("ULN", Identifier.ULN),
        ("NHS No.", Identifier.NHS),
        ("NI Number", Identifier.NATIONAL_INSURANCE),
        ("National Insurance", Identifier.NATIONAL_INSURANCE),
    ],
)
def test_columns_of_identifiers_are_dropped_by_their_header(header, kind):
    sheet, dropped = drop_identifiers(read_sheet(csv_of(row() | {header: "secret"})))
    assert [(d.header, d.identifier) for d in dropped] == [(header, kind)]
    assert header not in sheet.headers
    assert "secret" not in str(sheet)


@pytest.mark.parametrize("header", ["Group number", "Nina", "Unit", "Night stay", "Funding"])
def test_headers_that_only_sound_alike_are_kept(header):
    _, dropped = drop_identifiers(read_sheet(csv_of(row() | {header: "x"})))
    assert dropped == ()


def test_a_column_whose_every_value_is_an_nhs_number_is_dropped_whatever_it_is_called():
    content = csv_of(*(row(family_reference=f"F{i}") | {"Health": n} for i, n in enumerate(NHS)))
    sheet, dropped = drop_identifiers(read_sheet(content))
    assert [d.identifier for d in dropped] == [Identifier.NHS]
    assert NHS[0] not in str(sheet)


def test_a_telephone_column_is_never_taken_for_nhs_numbers():
    content = csv_of(*(row(phone=number) for number in NHS))
    assert drop_identifiers(read_sheet(content))[1] == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"see {UPN}", Identifier.UPN),
        ("QQ 12 34 56 C", None),
        ("AB123456C", Identifier.NATIONAL_INSURANCE),
        ("ab 12 34 56 c", Identifier.NATIONAL_INSURANCE),
        ("NHS 943 476 5919", Identifier.NHS),
        ("943 476 5918", None),
        ("1 Invented Street", None),
    ],
)
def test_identifiers_are_known_by_their_shape(text, kind):
    assert identifier_in(text) is kind


def test_ten_bare_digits_in_a_reference_are_not_doubted():
    assert identifier_in("9434765919") is Identifier.NHS
    assert identifier_in("9434765919", bare_digits=False) is None


@given(st.lists(st.text(min_size=1), min_size=1, max_size=12, unique=True))
def test_no_column_is_ever_filled_twice(headers):
    places = match_columns(headers).places
    assert len(set(places.values())) == len(places)


@given(st.text())
def test_a_header_is_remembered_by_a_short_key_without_case(header):
    assert header_key(header) == header_key(header_key(header))
    assert len(header_key(header)) <= 200
