"""Cells to values, rows to families, and everything that can be wrong with them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging import offers
from parentportal.intake import cells
from parentportal.intake.cohort import check_again, check_cohort, grouped, kept_report
from parentportal.intake.problems import CellRefused, NoteCode, shown
from parentportal.intake.vocabulary import Flag
from parentportal.models import AgeBand, OfferKind
from tests.parentportal.intake.sheets import csv_of, lines, row, xlsx_of


def check(*rows, demonstration=True):
    return check_cohort(csv_of(*rows), demonstration=demonstration)


def codes(checked):
    return [(p.row, p.column, str(p.code)) for p in checked.problems]


def test_a_good_row_becomes_a_family_with_everything_normalised():
    checked = check(row(annual_cost="£4,321.5", phone="+44 7700 900 123", age_band="8 to 10"))
    (family,) = checked.families
    carer, child = family.carers[0], family.children[0]
    assert carer.address.lines == ("Sam Example", "1 Invented Street", "Exampleton", "EX1 1AB")
    assert (carer.phone, carer.email, carer.language) == (
        "+447700900123",
        "sam@example.org",
        "en_GB",
    )
    assert (child.annual_cost, child.miles) == (Decimal("4321.50"), Decimal("3.2"))
    assert (child.age_band, child.offers) == (AgeBand.FROM_8, (OfferKind.PTB,))
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("family_reference", "", "reference-missing"),
        ("family_reference", "1.23457E+17", "number-shortened"),
        ("family_reference", "x" * 61, "too-long"),
        ("family_reference", "...", "reference-unreadable"),
        ("carer_name", "", "name-missing"),
        ("carer_name", "=cmd|' /C calc'!A0", "formula"),
        ("school", "＝1+1", "formula"),
        ("school", "@SUM(A1)", "formula"),
        ("school", "#REF!", "sheet-error"),
        ("school", "A123456789012", "identifier"),
        ("school", "x" * 121, "too-long"),
        ("carer_name", "Sam \u202eExample", "unprintable"),
        ("address_line_7", "EX1", "address-no-postcode"),
        ("address_line_1", "(flat) 1", "address-bad-opening"),
        ("address_line_1", "No fixed abode", "address-no-fixed-abode"),
        ("phone", "0123", "phone-unreadable"),
        ("phone", "=07700900123", "formula"),
        ("email", "sam@", "email-unreadable"),
        ("email", "zoë@example.org", "email-letters"),
        ("miles", "0", "miles-out-of-range"),
        ("miles", "0.0001", "miles-out-of-range"),
        ("miles", "151", "miles-out-of-range"),
        ("age_band", "teenager", "age-band-unknown"),
        ("age_band", "5-10", "age-band-unknown"),
        ("age_band", "26", "age-band-unknown"),
        ("annual_cost", "about 4000", "money-unreadable"),
        ("annual_cost", "4,32", "money-unreadable"),
        ("annual_cost", "1.234", "money-unreadable"),
        ("annual_cost", "-5", "money-out-of-range"),
        ("annual_cost", "£2,000,000", "money-out-of-range"),
        ("miles", "far", "miles-unreadable"),
        ("miles", "-1", "miles-out-of-range"),
        ("miles", "4000", "miles-out-of-range"),
        ("offers_open", "ptb;bus", "offer-unknown"),
        ("flags", "fragile", "flag-unknown"),
    ],
)
def test_each_bad_cell_is_named_with_its_row_and_column(cell, value, code):
    checked = check(row(), row(**({"family_reference": "F2", "carer_name": "Pat"} | {cell: value})))
    problem = checked.problems[0]
    assert (problem.row, problem.code) == (3, code)
    assert problem.column is not None
    assert problem.column.split("_line")[0] == cell.split("_line")[0]
    assert [family.reference for family in checked.families] == ["F1"]


def test_a_letter_whose_address_has_two_lines_is_refused():
    checked = check(row(address_line_1="", address_line_2=""))
    assert codes(checked) == [(2, "address_line_1", "address-too-few-lines")]


def test_a_row_tells_everything_that_is_wrong_with_it():
    checked = check(row(phone="1", email="x", miles="far"))
    assert {p.column for p in checked.problems} == {"phone", "email", "miles"}


def test_numbers_kept_for_drama_are_good_in_a_demonstration_alone():
    assert check(row()).problems == ()
    refused = check(row(email=""), demonstration=False)
    assert codes(refused) == [(2, "phone", "phone-of-drama")]


def test_a_workbook_that_lost_the_zero_of_a_number_is_understood():
    content = xlsx_of(
        [["family_reference", "carer_name", "phone"], ["F1", "Sam Example", 7700900123]]
    )
    checked = check_cohort(content, demonstration=True)
    assert checked.families[0].carers[0].phone == "+447700900123"


@pytest.mark.parametrize("cell", ["2026-07-05", "2026-05-07", "05-Jul", "Jul-05", "7 May"])
def test_an_age_band_that_a_spreadsheet_made_a_date_of_is_read_back(cell):
    assert cells.read_age_band(cell) is AgeBand.FROM_5


@pytest.mark.parametrize(
    ("cell", "band"),
    [("5–7", "5-7"), ("Aged 11 to 13", "11-13"), ("16-18 years", "16-18"), ("6", "5-7"),
     ("25", "19-25"), ("2026-10-08", "8-10"), ("08-10", "8-10")],
)  # fmt: skip
def test_an_age_band_is_read_in_the_ways_people_write_it(cell, band):
    assert cells.read_age_band(cell) == band


@pytest.mark.parametrize(
    ("cell", "language"),
    [("English", "en_GB"), ("en-GB", "en_GB"), ("EN", "en_GB"), ("Welsh / Cymraeg", "cy"),
     ("polski", "pl"), ("Urdu", "ur"), ("اردو", "ur"), ("Somali", "so"), ("pl-PL", "pl"),
     ("en_US", "en_GB"), ("Kurdish Sorani", "ku"), ("Farsi", "fa"), ("asked at home", "other")],
)  # fmt: skip
def test_a_language_is_known_by_code_and_by_name(cell, language):
    assert cells.read_spoken(cell) == language


def test_a_language_that_is_not_written_here_is_kept_and_the_english_letter_is_said():
    checked = check(row(language="Somali"))
    assert checked.families[0].carers[0].language == "so"
    assert grouped(checked.notes) == [(NoteCode.LANGUAGE_NOT_WRITTEN, "Somali", 1)]


def test_flags_are_read_in_one_spelling():
    assert cells.read_flags("Do not contact; shared_parenting") == (
        Flag.DO_NOT_CONTACT,
        Flag.SHARED_PARENTING,
    )


def test_rows_of_one_reference_make_one_household():
    checked = check(
        row(),
        row(child_reference="C2", child_first_name="Bo"),
        row(carer_name="Pat Example", address_line_1="2 Other Street", email="", phone=""),
    )
    (family,) = checked.families
    assert [carer.name for carer in family.carers] == ["Sam Example", "Pat Example"]
    assert [child.first_name for child in family.children] == ["Alex", "Bo"]
    assert family.rows == (2, 3, 4)


def test_what_one_row_leaves_blank_another_fills():
    blank = dict.fromkeys(
        ("address_line_1", "address_line_2", "address_line_7", "phone", "email", "language"), ""
    )
    checked = check(row(child_reference="C2", child_first_name="Bo", **blank), row())
    assert checked.families[0].carers[0].address is not None
    assert checked.problems == ()


def test_contradictions_name_the_other_row():
    checked = check(
        row(),
        row(child_reference="C2", child_first_name="Bo", address_line_1="9 Elsewhere Street"),
        row(carer_name="Pat Example", miles="7"),
        row(),
    )
    assert [(p.row, p.column, str(p.code), p.params["other"]) for p in checked.problems] == [
        (3, "address_line_1", "carer-differs", 2),
        (4, "miles", "child-differs", 2),
        (5, None, "row-twice", 2),
    ]
    assert checked.families == ()
    assert checked.waiting == 1


def test_one_adult_at_one_postcode_under_two_references_is_one_family_twice():
    checked = check(row(), row(family_reference="F2", carer_name="SAM  example"))
    assert [(p.row, str(p.code), p.params["other"]) for p in checked.problems] == [
        (2, "family-twice", 3),
        (3, "family-twice", 2),
    ]
    assert checked.families == ()


def test_a_family_needs_somebody_to_write_to_and_a_way_to_reach_them():
    nobody = dict.fromkeys(
        ("carer_name", "address_line_1", "address_line_2", "address_line_7", "phone", "email"), ""
    )
    assert codes(check(row(**nobody))) == [(2, "carer_name", "no-carer")]
    checked = check(row(**(nobody | {"carer_name": "Sam Example"})))
    assert codes(checked) == [(2, "address_line_1", "no-way-to-reach")]


def test_a_child_needs_a_reference_or_a_name():
    checked = check(row(child_reference="", child_first_name=""))
    assert codes(checked) == [(2, "child_reference", "child-unnamed")]


def test_an_unquoted_comma_is_noticed():
    content = lines("family_reference,carer_name,email", "F1,Example,Sam,sam@example.org")
    assert codes(check_cohort(content, demonstration=True))[0] == (2, None, "extra-cells")


def test_a_bad_row_keeps_its_whole_family_out_and_no_other():
    checked = check(
        row(),
        row(child_reference="C2", child_first_name="Bo", miles="far"),
        row(family_reference="F2", carer_name="Pat Example"),
    )
    assert [family.reference for family in checked.families] == ["F2"]
    assert (checked.waiting, checked.bad_rows) == (1, 1)


def test_a_file_without_a_family_reference_waits_for_its_columns():
    content = csv_of({"Ref no": "F1", "Name": "x"})
    checked = check_cohort(content, demonstration=True)
    assert not checked.columns.complete
    assert checked.problems == ()


def test_a_kept_check_says_the_same_again():
    checked = check(
        row(), row(family_reference="F2", carer_name="Pat", language="Somali", miles="x")
    )
    document = checked.document()
    assert check_again(document) == checked
    report = kept_report(document)
    assert (report.problems, report.notes) == (checked.problems, checked.notes)


def test_a_report_never_shows_an_identifier_or_a_hidden_character():
    assert shown("A123456789012") == "•••"
    assert shown("a\u202eb\x00") == "a\ufffdb\ufffd"
    assert len(shown("x" * 500)) == 60


def test_an_email_is_kept_in_the_form_in_which_it_can_be_sent():
    assert cells.read_email("Sam@bücher.example", demonstration=True) == (
        "Sam@xn--bcher-kva.example"
    )


@given(st.decimals(min_value=-1, max_value=200, allow_nan=False, allow_infinity=False, places=2))
def test_the_cohort_takes_the_miles_that_a_letter_takes_and_no_others(miles):
    try:
        kept = cells.read_miles(str(miles))
    except CellRefused:
        kept = None
    try:
        printed = offers.read_miles(str(miles))
    except ValueError:
        printed = None
    assert kept == printed


READERS = (
    cells.read_reference,
    cells.read_age_band,
    cells.read_money,
    cells.read_miles,
    cells.read_offers,
    cells.read_flags,
    cells.read_phone,
    cells.read_email,
)


@pytest.mark.parametrize("read", READERS)
@given(st.text(min_size=1, max_size=80))
def test_a_reader_gives_a_value_or_a_code_for_any_text(read, cell):
    try:
        value = read(cell)
    except CellRefused as refused:
        value = refused.code
    assert value is not None


@given(st.decimals(min_value=0, max_value=1_000_000, places=2))
def test_money_is_read_to_the_penny_however_it_is_written(pounds):
    assert cells.read_money(f"£{pounds:,}") == cells.read_money(str(pounds)) == pounds


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("xyz"), st.sampled_from("123"))))
def test_no_row_is_lost_every_one_is_in_a_family_or_has_or_shares_a_problem(rows):
    made = [
        row(family_reference=f, carer_name=f"{f} {c}", child_reference=k, child_first_name=k)
        for f, c, k in rows
    ]
    if not made:
        return
    checked = check(*made)
    kept = {number for family in checked.families for number in family.rows}
    bad = {problem.row for problem in checked.problems}
    assert not kept & bad
    waiting = {made[number - 2]["family_reference"] for number in bad}
    assert {n for n, r in enumerate(made, 2) if r["family_reference"] not in waiting} == kept


def test_every_offer_can_be_opened_by_a_file_in_the_order_they_print():
    assert cells.read_offers("mini-ptb; itt, PTB") == tuple(OfferKind)
