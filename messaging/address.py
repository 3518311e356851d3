"""Postal addresses for a window envelope: raw lines in; tidy lines, or every reason, out.

The rules are those UK print houses and GOV.UK Notify apply: three to seven lines with the name as
the first, the last one a UK postcode or a country, and a few openings that sorting machines reject.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Self

from babel import Locale

from messaging.printable import tidy, why_unprintable

FEWEST_LINES = 3
MOST_LINES = 7
LONGEST_LINE = 100  # characters; the letter press measures the line itself in millimetres

_BAD_OPENINGS = frozenset('@()=[]"\\/,<>~')
_NO_FIXED_ABODE = re.compile(r"\bno\s+fixed\s+(abode|address)\b|^n\.?f\.?a\.?$", re.IGNORECASE)

_AREAS = frozenset(
    re.findall(
        "[A-Z]+",
        """
        AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN
        DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA
        LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG
        SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
        """,
    )
)
_POSTCODE = re.compile(
    r"(?P<area>[A-Z]{1,2})(?P<district>[0-9]{1,2}|[0-9][A-HJKMNPR-Y])(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})"
)
_HOME_COUNTRIES = frozenset(
    {"england", "scotland", "wales", "northern ireland", "united kingdom", "uk", "great britain"}
)
# The UK and the Crown dependencies have postcodes; the rest are CLDR's codes for no country at all.
_NO_COUNTRIES_ABROAD = frozenset(["GB", "GG", "IM", "JE", "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"])


class AddressReason(StrEnum):
    """Why an address cannot be printed."""

    TOO_FEW_LINES = "too-few-lines"
    TOO_MANY_LINES = "too-many-lines"
    NO_POSTCODE = "no-postcode"
    NO_LETTER_OR_DIGIT = "no-letter-or-digit"
    BAD_OPENING = "bad-opening"
    NO_FIXED_ABODE = "no-fixed-abode"
    LINE_TOO_LONG = "line-too-long"
    UNPRINTABLE = "unprintable"

    @property
    def words(self) -> str:
        """The reason and its mending, in plain English for officers."""
        return _WORDS[self]


_WORDS = {
    AddressReason.TOO_FEW_LINES: (
        "An address has at least 3 lines, with the name as the first and the postcode as the last."
    ),
    AddressReason.TOO_MANY_LINES: "An address has at most 7 lines, with the name as the first.",
    AddressReason.NO_POSTCODE: (
        "The last line of an address is a real UK postcode on its own, or a country."
    ),
    AddressReason.NO_LETTER_OR_DIGIT: (
        "The first and the second line of an address each need a letter or a digit."
    ),
    AddressReason.BAD_OPENING: (
        'A line of an address does not start with any of @ ( ) = [ ] " \\ / , < > ~'
    ),
    AddressReason.NO_FIXED_ABODE: (
        "No letter can be delivered to somebody of no fixed abode. Use another way to reach them."
    ),
    AddressReason.LINE_TOO_LONG: f"A line of an address has at most {LONGEST_LINE} characters.",
    AddressReason.UNPRINTABLE: (
        "A line of an address holds a hidden control character. Type the line again."
    ),
}


class AddressRefused(ValueError):
    """The lines are no address that can be printed; `reasons` holds every reason, each once."""

    def __init__(self, reasons: Sequence[AddressReason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reason.words for reason in self.reasons))

    @property
    def codes(self) -> tuple[str, ...]:
        """The reasons' codes, in the order they are told."""
        return tuple(str(reason) for reason in self.reasons)


def normalise_postcode(text: str) -> str | None:
    """A UK postcode as it is printed (`ex1 1ab` is `EX1 1AB`), or none if it cannot be real.

    The area must exist; the district and the inward part must have a form in use. Whether this
    very postcode has been given out is known to Royal Mail alone.
    """
    compact = "".join(text.split()).upper()
    if compact == "GIR0AA":
        return "GIR 0AA"
    match = _POSTCODE.fullmatch(compact)
    if match is None or match["area"] not in _AREAS:
        return None
    return f"{compact[:-3]} {compact[-3:]}"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address that can be printed, as it is printed.

    Attributes:
        lines: three to seven lines, the name first, the postcode (or the country) last.
        postcode: the last line, or empty for an address abroad.
    """

    lines: tuple[str, ...]
    postcode: str

    @property
    def name(self) -> str:
        """The line that prints first."""
        return self.lines[0]

    @classmethod
    def parse(cls, lines: Sequence[str]) -> Self:
        """Tidy the lines, leaving blank ones out; parsing what comes out changes nothing.

        Raises:
            AddressRefused: with every reason that was found.
        """
        kept = [line for line in (tidy(raw.strip()) for raw in lines) if line]
        if len(kept) > 1 and kept[-1].casefold() in _HOME_COUNTRIES:
            kept = kept[:-1]  # the postcode above it says the same
        postcode = normalise_postcode(kept[-1]) if kept else None
        if postcode:
            kept[-1] = postcode
        reasons = tuple(dict.fromkeys(_reasons(kept, postcode)))
        if reasons:
            raise AddressRefused(reasons)
        return cls(lines=tuple(kept), postcode=postcode or "")


def _reasons(lines: Sequence[str], postcode: str | None) -> Iterator[AddressReason]:
    if len(lines) < FEWEST_LINES:
        yield AddressReason.TOO_FEW_LINES
    if len(lines) > MOST_LINES:
        yield AddressReason.TOO_MANY_LINES
    if any(_NO_FIXED_ABODE.search(line) for line in lines):
        yield AddressReason.NO_FIXED_ABODE
    if postcode is None and (not lines or lines[-1].casefold() not in _countries_abroad()):
        yield AddressReason.NO_POSTCODE
    if any(not any(c.isalnum() for c in line) for line in lines[:2]):
        yield AddressReason.NO_LETTER_OR_DIGIT
    for line in lines:
        # Full-width brackets and quotation marks are the same openings to a sorting machine.
        if unicodedata.normalize("NFKC", line[0])[:1] in _BAD_OPENINGS:
            yield AddressReason.BAD_OPENING
        reason = why_unprintable(line, LONGEST_LINE)
        if reason == "too-long":
            yield AddressReason.LINE_TOO_LONG
        elif reason:
            yield AddressReason.UNPRINTABLE


@cache
def _countries_abroad() -> frozenset[str]:
    """The English names of the world's countries (CLDR), without those that have UK postcodes."""
    names = Locale("en").territories
    return frozenset(
        name.casefold()
        for code, name in names.items()
        if code.isalpha() and code not in _NO_COUNTRIES_ABROAD
    )
