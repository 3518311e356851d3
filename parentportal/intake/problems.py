"""What can be wrong with a row, and what an officer should merely know."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from messaging.address import AddressReason
from messaging.printable import why_unprintable
from parentportal.intake.columns import identifier_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parentportal.intake.vocabulary import Column

LONGEST_SHOWN = 60


class ProblemCode(StrEnum):
    """Why a row is left out. The words for each are the pages' own."""

    REFERENCE_MISSING = "reference-missing"
    REFERENCE_UNREADABLE = "reference-unreadable"
    NUMBER_SHORTENED = "number-shortened"
    NAME_MISSING = "name-missing"
    NO_CARER = "no-carer"
    NO_WAY_TO_REACH = "no-way-to-reach"
    CHILD_UNNAMED = "child-unnamed"
    TOO_LONG = "too-long"
    UNPRINTABLE = "unprintable"
    FORMULA = "formula"
    SHEET_ERROR = "sheet-error"
    IDENTIFIER = "identifier"
    EXTRA_CELLS = "extra-cells"
    ADDRESS_TOO_FEW_LINES = f"address-{AddressReason.TOO_FEW_LINES}"
    ADDRESS_TOO_MANY_LINES = f"address-{AddressReason.TOO_MANY_LINES}"
    ADDRESS_NO_POSTCODE = f"address-{AddressReason.NO_POSTCODE}"
    ADDRESS_NO_LETTER_OR_DIGIT = f"address-{AddressReason.NO_LETTER_OR_DIGIT}"
    ADDRESS_BAD_OPENING = f"address-{AddressReason.BAD_OPENING}"
    ADDRESS_NO_FIXED_ABODE = f"address-{AddressReason.NO_FIXED_ABODE}"
    ADDRESS_LINE_TOO_LONG = f"address-{AddressReason.LINE_TOO_LONG}"
    ADDRESS_UNPRINTABLE = f"address-{AddressReason.UNPRINTABLE}"
    PHONE_UNREADABLE = "phone-unreadable"
    PHONE_OF_DRAMA = "phone-of-drama"
    EMAIL_UNREADABLE = "email-unreadable"
    EMAIL_LETTERS = "email-letters"
    AGE_BAND_UNKNOWN = "age-band-unknown"
    MONEY_UNREADABLE = "money-unreadable"
    MONEY_OUT_OF_RANGE = "money-out-of-range"
    MILES_UNREADABLE = "miles-unreadable"
    MILES_OUT_OF_RANGE = "miles-out-of-range"
    OFFER_UNKNOWN = "offer-unknown"
    FLAG_UNKNOWN = "flag-unknown"
    CARER_DIFFERS = "carer-differs"
    CHILD_DIFFERS = "child-differs"
    ROW_TWICE = "row-twice"
    FAMILY_TWICE = "family-twice"


class NoteCode(StrEnum):
    """What was done kindly, and should be known."""

    LANGUAGE_NOT_WRITTEN = "language-not-written"
    AGE_BAND_WAS_A_DATE = "age-band-was-a-date"
    CARER_RENAMED = "carer-renamed"
    CARER_JOINS = "carer-joins"
    CARER_ELSEWHERE = "carer-elsewhere"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one row.

    Attributes:
        row: its number in the file.
        column: the column to look at; none when it is the row as a whole.
        code: what is wrong.
        shown: the cell, cut short, without hidden characters and without anybody's number.
        params: what the words name, such as the other row of a contradiction.
    """

    row: int
    column: Column | None
    code: ProblemCode
    shown: str = ""
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row that does not keep it out."""

    row: int
    column: Column
    code: NoteCode
    shown: str


class CellRefused(ValueError):
    """A cell does not hold what its column is for."""

    def __init__(self, code: ProblemCode, **params: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = params


def shown(cell: str) -> str:
    """A cell as it may be shown in a report."""
    if identifier_in(cell) is not None:
        return "•••"
    cut = cell if len(cell) <= LONGEST_SHOWN else cell[: LONGEST_SHOWN - 1] + "…"
    return "".join("\N{REPLACEMENT CHARACTER}" if why_unprintable(one) else one for one in cut)
