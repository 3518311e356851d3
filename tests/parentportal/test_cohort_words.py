"""Every column, problem, note and refusal of a cohort file has its words."""

import re

from parentportal.desk import cohort_words
from parentportal.intake.problems import NoteCode, Problem, ProblemCode
from parentportal.intake.spreadsheet import SheetReason, SheetRefused
from parentportal.intake.vocabulary import Column, Flag, Identifier

PARAMS = {"other": 7, "most": 60, "word": "bus", "row": 3, "header": "x", "seen": "y", "largest": 1}


def test_every_code_has_words_and_no_words_are_left_over():
    assert set(cohort_words.COLUMNS) == set(Column)
    assert set(cohort_words.IDENTIFIERS) == set(Identifier)
    assert set(cohort_words.PROBLEMS) == set(ProblemCode)
    assert set(cohort_words.NOTES) == set(NoteCode)
    assert set(cohort_words.REFUSED) == set(SheetReason)


def test_words_can_always_be_filled_in(app):
    with app.test_request_context():
        for code in ProblemCode:
            reason, mend = cohort_words.problem_words(Problem(2, None, code, "", PARAMS))
            assert reason.endswith((".", "”."))
            assert mend.endswith(".")
            assert not re.search(r"%\(\w+\)", reason + mend)
        for reason in SheetReason:
            assert "%(" not in cohort_words.refusal_words(SheetRefused(reason, **PARAMS))


def test_the_guide_names_every_flag_and_every_address_reason_has_its_problem(app):
    with app.test_request_context():
        guide = str(cohort_words.COLUMNS[Column.FLAGS])
    assert all(flag in guide for flag in Flag)
