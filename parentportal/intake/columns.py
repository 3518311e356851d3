"""Which of a file's columns is which, and the columns that are never kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from messaging.address import normalise_postcode
from parentportal.intake.vocabulary import Column, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parentportal.intake.spreadsheet import Sheet

NOT_USED = ""
"""What an officer chooses for a column that means nothing here."""
FEWEST_TELLING = 4
"""So many values must look alike before a column is taken for one of identifiers."""

_ALSO_CALLED: Mapping[Column, str] = MappingProxyType(
    {
        Column.FAMILY_REFERENCE: "family ref, family id, family no, family number,"
        " household reference, household ref, household id, family",
        Column.CARER_NAME: "carer, parent, parent name, parent or carer, parent carer,"
        " parent carer name, parent or carer name, parent/guardian, name of parent,"
        " name of carer, recipient, recipient name, contact name, guardian, guardian name",
        Column.ADDRESS_LINE_1: "address 1, addr 1, line 1, address, street, street address,"
        " home address, house and street",
        Column.ADDRESS_LINE_2: "address 2, addr 2, line 2, locality",
        Column.ADDRESS_LINE_3: "address 3, addr 3, line 3",
        Column.ADDRESS_LINE_4: "address 4, addr 4, line 4, village",
        Column.ADDRESS_LINE_5: "address 5, addr 5, line 5, town, city, town or city, post town",
        Column.ADDRESS_LINE_6: "address 6, addr 6, line 6, county",
        Column.ADDRESS_LINE_7: "address 7, addr 7, line 7, postcode, post code, postal code, pcode",
        Column.PHONE: "telephone, telephone number, tel, tel no, phone number, phone no, mobile,"
        " mobile number, mobile phone, contact number, contact phone",
        Column.EMAIL: "e-mail, email address, e-mail address, mail",
        Column.LANGUAGE: "preferred language, home language, first language, language preference",
        Column.CHILD_REFERENCE: "child ref, child id, child no, child number, pupil reference,"
        " pupil ref, pupil id, student reference, student id",
        Column.CHILD_FIRST_NAME: "child name, first name, forename, child forename, childs name,"
        " childs first name, pupil first name, pupil forename",
        Column.AGE_BAND: "age, age group, age range, childs age, child age",
        Column.SCHOOL: "school name, school or college, setting, placement, college, establishment",
        Column.PRESENT_TRAVEL: "travel, transport, present transport, current travel,"
        " transport type, current transport, travel mode, mode of travel,"
        " mode of transport, vehicle",
        Column.ANNUAL_COST: "cost, yearly cost, cost per year, annual cost (£), cost (£), cost pa",
        Column.MILES: "distance, distance (miles), miles to school, distance in miles,"
        " miles one way, mileage",
        Column.OFFERS_OPEN: "offers, open offers, offer, offer open",
        Column.FLAGS: "flag, alerts, alert, markers",
    }
)
_IDENTIFIER_HEADERS = (
    (Identifier.UPN, re.compile(r"^upn|upn$|upnnumber$|uniquepupil|pupilnumber|pupilno$")),
    (Identifier.ULN, re.compile(r"^uln|uln$|uniquelearner|learnernumber")),
    (Identifier.NHS, re.compile(r"^nhs|nhs(number|num|no)?$")),
    (Identifier.NATIONAL_INSURANCE, re.compile(r"nationalins|^nin?o?(number|num|no)?$|nino$")),
)
_MAY_BE_ONE = re.compile(r"\d{2}[ -]?\d{2}[ -]?\d{2}|\d{3}[ -]\d{3}")
_UPN = re.compile(r"(?<![A-Z0-9])[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z](?![A-Z0-9])", re.IGNORECASE)
_NATIONAL_INSURANCE = re.compile(
    r"(?<![A-Z0-9])[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D](?![A-Z0-9])",
    re.IGNORECASE,
)
_NHS = re.compile(r"(?<!\d)\d{3}([ -]?)\d{3}\1\d{4}(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_TELEPHONE = re.compile(r"[+(]*\d(?:[ ()./-]*\d){8,14}")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that was taken out before anything was kept.

    Attributes:
        header: as it stood in the file.
        identifier: what its header, or its values, say it holds.
    """

    header: str
    identifier: Identifier


@dataclass(frozen=True, slots=True)
class Columns:
    """What each header of a sheet means.

    Attributes:
        chosen: for each header its column, or :data:`NOT_USED`.
        places: where a column stands in a row, counted from 0.
    """

    chosen: Mapping[str, str]
    places: Mapping[Column, int]

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers that mean nothing here."""
        return tuple(header for header, column in self.chosen.items() if column == NOT_USED)

    @property
    def complete(self) -> bool:
        """Whether the one column that every file needs was found."""
        return Column.FAMILY_REFERENCE in self.places


def header_key(header: str) -> str:
    """A header without case, blanks and punctuation: what it is remembered by."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(character for character in plain if character.isalnum())[:200]


_KNOWN: Mapping[str, Column] = MappingProxyType(
    {header_key(column): column for column in Column}
    | {
        header_key(name): column
        for column, names in _ALSO_CALLED.items()
        for name in names.split(",")
    }
)


def is_worth_remembering(key: str, column: str) -> bool:
    """Whether a choice says more than the header (its :func:`header_key`) does by itself.

    A header that is not used is remembered only where it is commonly called so: any other might be
    a family's name, of a file without a header row.
    """
    return column != NOT_USED or key in _KNOWN


def holds_data(header: str) -> bool:
    """Whether a header is a postcode, an email, a telephone number or an identifier.

    Then the file has no header row, and its first family stands where the headers should.
    """
    return bool(
        normalise_postcode(header)
        or normalise_postcode(" ".join(header.split()[-2:]))
        or _EMAIL.search(header)
        or _TELEPHONE.fullmatch(header)
        or identifier_in(header)
    )


def match_columns(
    headers: Sequence[str],
    remembered: Mapping[str, str] = MappingProxyType({}),
    chosen: Mapping[str, str] = MappingProxyType({}),
) -> Columns:
    """Say what each header means: as chosen now, else as remembered, else as it is commonly called.

    A column is filled once: by the choice, then by its own name, then by the first other header.

    Args:
        headers: as they stand in the file.
        remembered: column by :func:`header_key`.
        chosen: column by header.
    """
    meant: dict[str, tuple[int, str]] = {}
    for header in headers:
        key = header_key(header)
        if header in chosen:
            meant[header] = (0, chosen[header])
        elif key in remembered:
            meant[header] = (1, remembered[key])
        else:
            column = _KNOWN.get(key, NOT_USED)
            meant[header] = (2 if column and key == header_key(column) else 3, column)
    filled: dict[str, str] = {}
    for header, (_, column) in sorted(meant.items(), key=lambda entry: entry[1][0]):
        if column and column not in filled and column in set(Column):
            filled[column] = header
    places = {Column(column): headers.index(header) for column, header in filled.items()}
    by_header = {header: column for column, header in filled.items()}
    return Columns(
        MappingProxyType({header: by_header.get(header, NOT_USED) for header in headers}),
        MappingProxyType(places),
    )


def drop_identifiers(sheet: Sheet) -> tuple[Sheet, tuple[Dropped, ...]]:
    """Take out every column that its header, or its values, show to hold people's numbers."""
    dropped: dict[int, Dropped] = {}
    for place, header in enumerate(sheet.headers):
        found = _by_header(header) or _by_values(
            header, (row.cells[place] for row in sheet.rows if place < len(row.cells))
        )
        if found is not None:
            dropped[place] = Dropped(header, found)
    return sheet.without(frozenset(dropped)), tuple(dropped.values())


def identifier_in(text: str, *, bare_digits: bool = True) -> Identifier | None:
    """Which identifier a text seems to hold, if any.

    Args:
        text: a cell.
        bare_digits: whether ten digits in a row may be an NHS number; off for telephone numbers
            and for references, where one in eleven would be taken for one by chance.
    """
    if _MAY_BE_ONE.search(text) is None:
        return None
    if _UPN.search(text):
        return Identifier.UPN
    if _NATIONAL_INSURANCE.search(text):
        return Identifier.NATIONAL_INSURANCE
    for found in _NHS.finditer(text):
        if (bare_digits or found[1]) and _nhs_check_holds(found[0]):
            return Identifier.NHS
    return None


def _by_header(header: str) -> Identifier | None:
    key = header_key(header)
    return next((kind for kind, pattern in _IDENTIFIER_HEADERS if pattern.search(key)), None)


def _by_values(header: str, cells: Iterable[str]) -> Identifier | None:
    """What every value of a column shows it to hold; telephone numbers are never doubted."""
    if _KNOWN.get(header_key(header)) is Column.PHONE:
        return None
    values = [cell for cell in cells if cell]
    if len(values) < FEWEST_TELLING:
        return None
    first = identifier_in(values[0])
    return first if first and all(identifier_in(value) is first for value in values) else None


def _nhs_check_holds(number: str) -> bool:
    """The check digit of an NHS number, modulus 11 (NHS Data Dictionary, "NHS number")."""
    digits = [int(character) for character in number if character.isdigit()]
    total = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True))
    return (11 - total % 11) % 11 == digits[9]
