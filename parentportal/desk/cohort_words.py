"""What officers read of a cohort file: each column, each problem and how to mend it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from parentportal.intake.problems import NoteCode, ProblemCode
from parentportal.intake.spreadsheet import SheetReason, SheetRefused
from parentportal.intake.vocabulary import Column, Identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parentportal.intake.problems import Problem

_ADDRESS = _("A line of the address. Leave lines you do not need empty.")

COLUMNS: Mapping[Column, str] = MappingProxyType(
    {
        Column.FAMILY_REFERENCE: _(
            "Your own reference for the household. Needed in every row. Rows with the same "
            "reference are one household, and the next file is matched by it."
        ),
        Column.CARER_NAME: _("The adult we write to, as it should stand on the envelope."),
        Column.ADDRESS_LINE_1: _ADDRESS,
        Column.ADDRESS_LINE_2: _ADDRESS,
        Column.ADDRESS_LINE_3: _ADDRESS,
        Column.ADDRESS_LINE_4: _ADDRESS,
        Column.ADDRESS_LINE_5: _ADDRESS,
        Column.ADDRESS_LINE_6: _ADDRESS,
        Column.ADDRESS_LINE_7: _("The last line of the address you fill in is the postcode."),
        Column.PHONE: _("One telephone number. A number without a country is British."),
        Column.EMAIL: _("One email address."),
        Column.LANGUAGE: _(
            "English, Welsh, Polish or Urdu (or en, cy, pl, ur). Any other language gets English."
        ),
        Column.CHILD_REFERENCE: _(
            "Your own reference for the child. Never a pupil, NHS or National Insurance number."
        ),
        Column.CHILD_FIRST_NAME: _("The child's first name, as letters should say it."),
        Column.AGE_BAND: _("5-7, 8-10, 11-13, 14-15, 16-18 or 19-25."),
        Column.SCHOOL: _("The school or college the child travels to."),
        Column.PRESENT_TRAVEL: _("How the child travels now, such as taxi or minibus."),
        Column.ANNUAL_COST: _("What the child's travel costs the council in a year, in pounds."),
        Column.MILES: _("Miles from home to school, one way, such as 3.2."),
        Column.OFFERS_OPEN: _(
            "What an officer has decided to offer: ptb, itt, mini-ptb, or ptb;itt. Empty sends no "
            "offer. Where the file has this column, an empty cell closes offers opened before."
        ),
        Column.FLAGS: _(
            "What must be honoured before anybody writes: do-not-contact, care-order, "
            "safeguarding, bereavement, shared-parenting, appeal-open, tribunal-open, "
            "complaint-open, hospital-stay, school-move. Put ; between two. Where the file has "
            "this column, an empty cell lifts flags set before."
        ),
    }
)

IDENTIFIERS: Mapping[Identifier, str] = MappingProxyType(
    {
        Identifier.UPN: _("pupil numbers (UPN)"),
        Identifier.ULN: _("learner numbers (ULN)"),
        Identifier.NHS: _("NHS numbers"),
        Identifier.NATIONAL_INSURANCE: _("National Insurance numbers"),
    }
)

_WRITE_ONE_LINE = _("Type the words again, on one line.")
_MEND_ADDRESS = _("Write the address as on an envelope, with the postcode in its last line.")
_COMPARE = _("Compare it with row %(other)s, and write the same in both.")

PROBLEMS: Mapping[ProblemCode, tuple[str, str]] = MappingProxyType(
    {
        ProblemCode.REFERENCE_MISSING: (
            _("There is no family reference."),
            _("Write your own reference for this family."),
        ),
        ProblemCode.REFERENCE_UNREADABLE: (
            _("This is not a reference."),
            _("Use letters and numbers."),
        ),
        ProblemCode.NUMBER_SHORTENED: (
            _("The spreadsheet has shortened this number, so its end is lost."),
            _("Make the column a text column, and write the whole number again."),
        ),
        ProblemCode.NAME_MISSING: (
            _("There is an address, telephone number or email, but no name."),
            _("Write the carer's name in this row."),
        ),
        ProblemCode.NO_CARER: (
            _("No row of this family names a carer."),
            _("Write the carer's name in one of its rows."),
        ),
        ProblemCode.NO_WAY_TO_REACH: (
            _("There is no way to reach this carer."),
            _("Write an address, an email or a telephone number."),
        ),
        ProblemCode.CHILD_UNNAMED: (
            _("There are details of a child, but neither a reference nor a first name."),
            _("Write a child reference or a first name."),
        ),
        ProblemCode.TOO_LONG: (
            _("This is longer than %(most)s characters."),
            _("Shorten it."),
        ),
        ProblemCode.UNPRINTABLE: (
            _("This holds a hidden character, or no letter at all."),
            _WRITE_ONE_LINE,
        ),
        ProblemCode.FORMULA: (
            _("This looks like a formula. Formulas are never run."),
            _("Write the value itself. Start it with a letter or a number."),
        ),
        ProblemCode.SHEET_ERROR: (
            _("The spreadsheet shows an error in this cell."),
            _("Mend the formula, or write the value itself."),
        ),
        ProblemCode.IDENTIFIER: (
            _("This looks like a pupil, NHS or National Insurance number. We never keep those."),
            _("Take the number out."),
        ),
        ProblemCode.EXTRA_CELLS: (
            _("This row has more cells than the header."),
            _("Put quotation marks round text with a comma in it, or save the file as XLSX."),
        ),
        ProblemCode.ADDRESS_TOO_FEW_LINES: (
            _("The address has fewer than 3 lines, the name being the first."),
            _MEND_ADDRESS,
        ),
        ProblemCode.ADDRESS_TOO_MANY_LINES: (
            _("The address has more than 7 lines, the name being the first."),
            _("Put two short lines into one."),
        ),
        ProblemCode.ADDRESS_NO_POSTCODE: (
            _("The address does not end with a real UK postcode, or a country."),
            _MEND_ADDRESS,
        ),
        ProblemCode.ADDRESS_NO_LETTER_OR_DIGIT: (
            _("One of the first two lines has no letter or number."),
            _MEND_ADDRESS,
        ),
        ProblemCode.ADDRESS_BAD_OPENING: (
            _("A line begins with a sign that sorting machines do not read."),
            _("Begin each line with a letter or a number."),
        ),
        ProblemCode.ADDRESS_NO_FIXED_ABODE: (
            _("A letter cannot reach somebody of no fixed abode."),
            _("Leave the address empty, and write an email or a telephone number."),
        ),
        ProblemCode.ADDRESS_LINE_TOO_LONG: (
            _("A line of the address is too long."),
            _("Put it on two lines."),
        ),
        ProblemCode.ADDRESS_UNPRINTABLE: (
            _("The address holds a hidden character."),
            _("Type the address again."),
        ),
        ProblemCode.PHONE_UNREADABLE: (
            _("This is not a telephone number."),
            _("Write one number, with its area code."),
        ),
        ProblemCode.PHONE_OF_DRAMA: (
            _("This number is kept for films. It belongs to nobody."),
            _("Write the real number, or leave the cell empty."),
        ),
        ProblemCode.EMAIL_UNREADABLE: (
            _("This is not an email address."),
            _("Write one address, such as name@example.org."),
        ),
        ProblemCode.EMAIL_LETTERS: (
            _("We cannot send to an email with letters such as é or ł before the @."),
            _("Write another address, or leave the cell empty and write an address for letters."),
        ),
        ProblemCode.AGE_BAND_UNKNOWN: (
            _("This is not one of the age bands."),
            _("Write 5-7, 8-10, 11-13, 14-15, 16-18 or 19-25."),
        ),
        ProblemCode.MONEY_UNREADABLE: (
            _("This is not an amount of money."),
            _("Write pounds and pence, such as 4321.50."),
        ),
        ProblemCode.MONEY_OUT_OF_RANGE: (
            _("A year's cost is from 0 to 1,000,000 pounds."),
            _("Check the amount."),
        ),
        ProblemCode.MILES_UNREADABLE: (
            _("This is not a number of miles."),
            _("Write a number, such as 3.2."),
        ),
        ProblemCode.MILES_OUT_OF_RANGE: (
            _(
                "The way to school is more than 0 and at most %(most)s miles. "
                "Other numbers are likely to be typing errors."
            ),
            _("Check the distance, one way, or leave the cell empty."),
        ),
        ProblemCode.OFFER_UNKNOWN: (
            _("We do not know the offer “%(word)s”."),
            _("Write ptb, itt, mini-ptb or ptb;itt, or leave the cell empty."),
        ),
        ProblemCode.FLAG_UNKNOWN: (
            _("We do not know the flag “%(word)s”."),
            _("Use the flags of the template, with ; between two."),
        ),
        ProblemCode.CARER_DIFFERS: (
            _("Row %(other)s says something else about this carer."),
            _COMPARE,
        ),
        ProblemCode.CHILD_DIFFERS: (
            _("Row %(other)s says something else about this child."),
            _COMPARE,
        ),
        ProblemCode.ROW_TWICE: (
            _("Row %(other)s has the same carer and the same child."),
            _("Take one of the two rows out."),
        ),
        ProblemCode.FAMILY_TWICE: (
            _("Row %(other)s has the same name and postcode under another family reference."),
            _("Use one family reference in both rows."),
        ),
    }
)
"""What is wrong, and how to mend it."""

NOTES: Mapping[NoteCode, str] = MappingProxyType(
    {
        NoteCode.LANGUAGE_NOT_WRITTEN: _(
            "“%(shown)s” is not a language we write yet, so these carers get English. "
            "Rows: %(rows)s."
        ),
        NoteCode.AGE_BAND_WAS_A_DATE: _(
            "The spreadsheet had turned an age band into the date “%(shown)s”. "
            "We read it as an age band. Rows: %(rows)s."
        ),
        NoteCode.CARER_RENAMED: _(
            "%(shown)s: the email, or the telephone number and postcode, is the same, so we "
            "change the name and keep the answers. If these are two people, do not confirm."
        ),
        NoteCode.CARER_JOINS: _(
            "%(shown)s: a new carer in a family we know, who will get letters of their own. If "
            "it is somebody we know under another name, write the name as before."
        ),
        NoteCode.CARER_ELSEWHERE: _(
            "%(shown)s: this name and postcode is on record under that other family reference. "
            "If it is one family, use one reference, or it will get every letter twice."
        ),
    }
)

REFUSED: Mapping[SheetReason, str] = MappingProxyType(
    {
        SheetReason.EMPTY: _("The file is empty."),
        SheetReason.NO_ROWS: _("The file has a header but no rows."),
        SheetReason.TOO_BIG: _("The file is bigger than %(largest)s MB. Split it in two."),
        SheetReason.NOT_A_SPREADSHEET: _(
            "This is not a spreadsheet we can read. Save it as XLSX or as CSV."
        ),
        SheetReason.LOCKED: _(
            "The spreadsheet is locked with a password. Save it without one and try again."
        ),
        SheetReason.SWELLS: _(
            "The file would unpack to far more than a cohort. We did not open it. "
            "Copy the rows into the template and try again."
        ),
        SheetReason.TOO_MANY_ROWS: _("The file has more than %(most)s rows. Split it in two."),
        SheetReason.TOO_MANY_COLUMNS: _(
            "The file has more than %(most)s columns. Take out those that are not in the template."
        ),
        SheetReason.UNSURE_OF_LETTERS: _(
            "We cannot be sure of the letters in this file: “%(seen)s”. In your spreadsheet choose "
            "Save as, and then CSV UTF-8 or XLSX."
        ),
        SheetReason.NUL: _(
            "The file holds bytes that no text has. Save it again as CSV UTF-8 or XLSX."
        ),
        SheetReason.OPEN_QUOTE: _(
            "A quotation mark in row %(row)s is opened and not closed, or closed too early."
        ),
        SheetReason.NO_HEADERS: _(
            "The first row looks like a family, not like the names of the columns. "
            "Add a row with the names above it, as in the template, and try again."
        ),
        SheetReason.SAME_HEADER_TWICE: _(
            "Two columns are called “%(header)s”. Give each column its own name."
        ),
    }
)


def problem_words(problem: Problem) -> tuple[str, str]:
    """What is wrong with a row, and how to mend it."""
    reason, mend = PROBLEMS[problem.code]
    return _filled(reason, problem.params), _filled(mend, problem.params)


def refusal_words(refused: SheetRefused) -> str:
    """Why a whole file is refused."""
    return _filled(REFUSED[refused.reason], refused.params)


def note_words(code: NoteCode, shown: str, rows: int) -> str:
    """What was done kindly, and in how many rows."""
    return _filled(NOTES[code], {"shown": shown, "rows": rows})


def _filled(words: str, params: Mapping[str, Any]) -> str:
    return str(words) % params if params else str(words)
