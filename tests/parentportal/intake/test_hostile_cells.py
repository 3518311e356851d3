"""An attacker fills every cell of a cohort's file, and whatever is written out again."""

from __future__ import annotations

import pytest

from parentportal.desk.cohort_words import problem_words, refusal_words
from parentportal.intake.cohort import check_cohort
from parentportal.intake.spreadsheet import SheetRefused
from parentportal.intake.tables import safe_csv
from parentportal.intake.vocabulary import Column
from tests.hostile import ATTACKS, formula_cells, hidden_in
from tests.parentportal.intake.sheets import csv_of, row


@pytest.mark.parametrize("name", ATTACKS)
def test_a_cell_of_a_cohort_is_read_as_typed_or_refused_with_a_code_that_has_words(name):
    text = ATTACKS[name].text
    for column in Column:
        try:
            checked = check_cohort(csv_of(row(**{column: text})), demonstration=True)
        except SheetRefused as why:
            refused = why
        else:
            refused = None
        if refused is not None:
            assert refusal_words(refused)
            continue
        assert all(problem_words(problem)[0] for problem in checked.problems)
        assert all(hidden_in(problem.shown) <= {"U+FFFD"} for problem in checked.problems)
        kept = [family for family in checked.families if text in repr(family)]
        assert not kept or ATTACKS[name].printable
        assert checked.problems or checked.notes or checked.families
        told = [[problem.row, problem.column, problem.shown] for problem in checked.problems]
        assert formula_cells(safe_csv(told)) == []


@pytest.mark.parametrize("name", ATTACKS)
def test_no_cell_that_is_written_is_one_that_a_spreadsheet_works_out(name):
    text = ATTACKS[name].text
    assert formula_cells(safe_csv([[text, f" {text}", f"x{text}"]])) == []
