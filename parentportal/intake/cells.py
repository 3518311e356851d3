"""One cell in, one value out: each reader returns what its column means, or refuses with a code.

A blank cell never reaches a reader.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat

from messaging import offers
from messaging.languages import ENGLISH
from messaging.printable import tidy, why_unprintable
from parentportal.intake.problems import CellRefused, ProblemCode
from parentportal.intake.vocabulary import Flag
from parentportal.models import AgeBand, OfferKind

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = TypeVar("Kind", OfferKind, Flag)

LONGEST_REFERENCE = 60
LONGEST_NAME = 100
LONGEST_SCHOOL = 120
LONGEST_TRAVEL = 60
LONGEST_EMAIL = 254
MOST_POUNDS = Decimal(1_000_000)
MILE_DIGITS = 3
"""Places kept of a mile: two metres. What a formula computed beyond that tells nothing."""

_OF_DRAMA = ("+447700900", "+441632960")
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_MONTH = re.compile(r"(\d{1,2})[-/ ]([a-z]{3})[a-z]*(?:[-/ ]\d{2,4})?")
_MONTH_DAY = re.compile(r"([a-z]{3})[a-z]*[-/ ](\d{1,2})")
_DATE = re.compile(r"\d{4}-(\d{2})-(\d{2})(?:t[\d:]+)?")
_RANGE = re.compile(r"(\d{1,2})(?:-|to|until|and)(\d{1,2})")

OTHER_LANGUAGE = "other"
"""The key of a language that nobody knows by the word a council wrote."""


def _language_key(code: str) -> str:
    """A language without its region or script: ``cy``, ``so``; English by this service's key."""
    base = code.partition("_")[0]
    return ENGLISH if base == "en" else base


_CLDR = {str(code): str(name) for code, name in Locale("en").languages.items()}
_LANGUAGE_WORDS: Mapping[str, str] = MappingProxyType(
    {name.casefold(): _language_key(code) for code, name in _CLDR.items()}
    | {code.casefold(): _language_key(code) for code in _CLDR}
    | {
        "eng": ENGLISH,
        "saesneg": ENGLISH,
        "cymraeg": "cy",
        "cym": "cy",
        "wel": "cy",
        "polski": "pl",
        "pol": "pl",
        "urd": "ur",
        "اردو": "ur",
        "panjabi": "pa",
        "farsi": "fa",
        "bengali": "bn",
        "mandarin": "zh",
        "cantonese": "yue",
        "sorani": "ckb",
    }
)


def read_reference(cell: str) -> str:
    """The council's own reference of a family or a child, as it stands."""
    reference = tidy(cell)
    if _SHORTENED.fullmatch(reference):
        raise CellRefused(ProblemCode.NUMBER_SHORTENED)
    if len(reference) > LONGEST_REFERENCE:
        raise CellRefused(ProblemCode.TOO_LONG, most=LONGEST_REFERENCE)
    if why_unprintable(reference) or not any(c.isalnum() for c in reference):
        raise CellRefused(ProblemCode.REFERENCE_UNREADABLE)
    return reference


def read_line(cell: str, most: int) -> str:
    """A line of plain text: a name, a school, how a child travels."""
    line = tidy(" ".join(cell.split()))
    reason = why_unprintable(line, most)
    if reason == "too-long":
        raise CellRefused(ProblemCode.TOO_LONG, most=most)
    if reason or not any(c.isalnum() for c in line):
        raise CellRefused(ProblemCode.UNPRINTABLE)
    return line


@lru_cache(maxsize=4096)
def read_phone(cell: str, *, demonstration: bool = False) -> str:
    """A telephone number in E.164; one without a country is British.

    Numbers that Ofcom keeps for drama belong to nobody: they are good in a demonstration alone.
    """
    try:
        number = phonenumbers.parse(cell, "GB")
    except NumberParseException:
        raise CellRefused(ProblemCode.PHONE_UNREADABLE) from None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if written.startswith(_OF_DRAMA) and len(written) == len("+447700900000"):
        if demonstration:
            return written
        raise CellRefused(ProblemCode.PHONE_OF_DRAMA)
    if not phonenumbers.is_valid_number(number):
        raise CellRefused(ProblemCode.PHONE_UNREADABLE)
    return written


@lru_cache(maxsize=4096)
def read_email(cell: str, *, demonstration: bool = False) -> str:
    """An email address in the ASCII form in which every mail server takes it.

    Whether anybody reads it is not asked of the network.
    """
    address = cell.strip()
    if not address.rpartition("@")[0].isascii():
        raise CellRefused(ProblemCode.EMAIL_LETTERS)
    try:
        read = validate_email(
            address,
            check_deliverability=False,
            test_environment=demonstration,
            allow_smtputf8=False,
        )
    except EmailNotValidError:
        raise CellRefused(ProblemCode.EMAIL_UNREADABLE) from None
    if read.ascii_email is None or len(read.ascii_email) > LONGEST_EMAIL:
        raise CellRefused(ProblemCode.TOO_LONG, most=LONGEST_EMAIL)
    return read.ascii_email


def read_spoken(cell: str) -> str:
    """The key of a language's code or name (Unicode CLDR): of the service's own, or of another.

    One that is not the service's own is kept as it is: what its speakers are sent is for the
    messages to say. A word that nobody knows is :data:`OTHER_LANGUAGE`.
    """
    word = unicodedata.normalize("NFKC", cell).strip().casefold()
    first = re.split(r"[\s(/,;_-]", word, maxsplit=1)[0]
    return _LANGUAGE_WORDS.get(word) or _LANGUAGE_WORDS.get(first, OTHER_LANGUAGE)


def read_age_band(cell: str) -> AgeBand:
    """An age band (``5-7``, ``5 to 7``, ``aged 5–7``) or an age in whole years (``6``).

    Spreadsheets turn ``5-7`` and ``8-10`` into dates (5 July, 10 August): those are read back.
    """
    word = unicodedata.normalize("NFKC", cell).casefold()
    if (dated := was_a_date(word)) is not None:
        return dated
    word = re.sub(r"\b(ages?|aged|years?|yrs?|old|from)\b", " ", word)
    word = re.sub(r"[\u2010-\u2015\u2212]", "-", word)
    word = re.sub(r"\s+", "", word)
    if ends := _RANGE.fullmatch(word):
        for band in AgeBand:
            if band == f"{int(ends[1])}-{int(ends[2])}":
                return band
    elif word.isdecimal():
        for band in AgeBand:
            youngest, oldest = (int(age) for age in band.split("-"))
            if youngest <= int(word) <= oldest:
                return band
    raise CellRefused(ProblemCode.AGE_BAND_UNKNOWN)


def was_a_date(cell: str) -> AgeBand | None:
    """The age band that a spreadsheet has turned into a date, if that is what happened."""
    word = cell.casefold().strip()
    if found := _DATE.fullmatch(word):
        pair = {int(found[1]), int(found[2])}
    elif (found := _DAY_MONTH.fullmatch(word)) and found[2] in _MONTHS:
        pair = {int(found[1]), _MONTHS.index(found[2]) + 1}
    elif (found := _MONTH_DAY.fullmatch(word)) and found[1] in _MONTHS:
        pair = {int(found[2]), _MONTHS.index(found[1]) + 1}
    else:
        return None
    return {frozenset({5, 7}): AgeBand.FROM_5, frozenset({8, 10}): AgeBand.FROM_8}.get(
        frozenset(pair)
    )


def read_money(cell: str) -> Decimal:
    """Pounds a year, ``£4,321.50`` or ``4321.5``: whole pence, from 0 to a million."""
    word = unicodedata.normalize("NFKC", cell).strip()
    word = re.sub(r"^(-?)\s*(£|gbp)\s*", r"\1", word, flags=re.IGNORECASE).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", word):
        word = word.replace(",", "")
    pounds = _decimal(word, ProblemCode.MONEY_UNREADABLE)
    if pounds < 0 or pounds > MOST_POUNDS:
        raise CellRefused(ProblemCode.MONEY_OUT_OF_RANGE)
    if pounds != round(pounds, 2):
        raise CellRefused(ProblemCode.MONEY_UNREADABLE)
    return round(pounds, 2)


def read_miles(cell: str) -> Decimal:
    """Miles one way, ``3.2`` or ``3.2 miles``, the digits kept as typed, at most three places.

    How far a journey can be is for the letters to say: what they cannot print is refused here.
    """
    word = unicodedata.normalize("NFKC", cell).casefold().strip()
    miles = _decimal(re.sub(r"\s*mi(les?)?$", "", word), ProblemCode.MILES_UNREADABLE)
    exponent = miles.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MILE_DIGITS:
        miles = round(miles, MILE_DIGITS)
    try:
        return offers.read_miles(format(miles, "f"))
    except ValueError:
        raise CellRefused(
            ProblemCode.MILES_OUT_OF_RANGE, most=str(offers.LONGEST_JOURNEY)
        ) from None


def read_offers(cell: str) -> tuple[OfferKind, ...]:
    """The offers that are open to a child, as in ``ptb;itt``."""
    return _words(cell, OfferKind, ProblemCode.OFFER_UNKNOWN)


def read_flags(cell: str) -> tuple[Flag, ...]:
    """What has to be honoured before this family is written to, as in ``do-not-contact``."""
    return _words(
        re.sub(r"(?<=[a-z])[ _](?=[a-z])", "-", cell.casefold()), Flag, ProblemCode.FLAG_UNKNOWN
    )


def _words(cell: str, kind: type[Kind], code: ProblemCode) -> tuple[Kind, ...]:
    found = set()
    for word in re.split(r"[;,/|+&\s]+", cell.casefold()):
        if word:
            try:
                found.add(kind(word))
            except ValueError:
                raise CellRefused(code, word=word[:30]) from None
    return tuple(member for member in kind if member in found)


def _decimal(word: str, code: ProblemCode) -> Decimal:
    if not re.fullmatch(r"-?(\d{1,12}(\.\d{0,20})?|\.\d{1,20})", word, re.ASCII):
        raise CellRefused(code)
    return Decimal(word)
