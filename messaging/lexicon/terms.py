"""Sums, dates, numbers and links, whatever they are written in."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from messaging.lexicon.folding import Token, TokenKind
from messaging.lexicon.vocabulary import Vocabulary


class Kind(StrEnum):
    """What a piece of text commits to."""

    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"
    LINK = "link"
    COMMITMENT = "commitment"


Term = tuple[Kind, str, int, int]
"""What sort, its value, and the tokens it stands in: from the first up to the last."""

_CURRENCIES = {"£": "GBP", "€": "EUR", "$": "USD"}
_COMMAS = frozenset(",\u060c")
_YEARS = range(1900, 2200)
_DAYS = range(1, 32)
_TENS = range(20, 100)
_PENCE = Decimal(100)
_MULTIPLIERS = frozenset({100, 1000})


def read_terms(
    tokens: Sequence[Token], words: Vocabulary, plain: Collection[int]
) -> Iterator[Term]:
    """Every term in the tokens, in order, none inside another.

    Args:
        tokens: a folded text.
        words: the vocabulary of its language.
        plain: the tokens that mean nothing of the kind here.
    """
    reader = _Reader(tokens, words, frozenset(plain))
    singles = {found.last for found in words.single.find(tokens)}
    for found in words.dates.find(tokens):
        if found.first not in plain:
            yield Kind.DATE, found.concept, found.first, found.last
    at = 0
    while at < len(tokens):
        term = reader.term(at, after_single=at in singles)
        if term is not None:
            yield term
        at = term[3] if term is not None else at + 1


@dataclass(frozen=True, slots=True)
class _Reader:
    tokens: Sequence[Token]
    words: Vocabulary
    plain: frozenset[int]

    def term(self, at: int, *, after_single: bool) -> Term | None:
        """The term that begins at a token."""
        token = self.tokens[at]
        match token.kind:
            case TokenKind.LINK:
                return Kind.LINK, _link(token.folded), at, at + 1
            case TokenKind.DAY:
                return Kind.DATE, _day(token.folded), at, at + 1
            case TokenKind.SIGN:
                return self._sign(at)
            case TokenKind.FIGURE:
                return self._counted(at)
            case TokenKind.WORD if at not in self.plain:
                return self._named(at, after_single=after_single)
        return None

    def _sign(self, at: int) -> Term | None:
        sign = self.tokens[at].folded
        if unicodedata.category(sign) == "Sc":
            currency = _CURRENCIES.get(sign, sign)
            value, end = self._number(at + 1)
            if value is None:
                return Kind.AMOUNT, currency, at, at + 1
            return Kind.AMOUNT, f"{currency} {_plainly(value)}", at, end
        if sign in "%@":
            return Kind.NUMBER, sign, at, at + 1
        return None

    def _named(self, at: int, *, after_single: bool) -> Term | None:
        word = self.tokens[at].folded
        if word in self.words.measures:
            return Kind.NUMBER, self.words.measures[word], at, at + 1
        if word in self.words.numbers:
            return self._counted(at)
        if word in self.words.months and self._is_month(at):
            return self._month_first(at)
        unit = self.words.units.get(word)
        if unit is not None:
            return Kind.NUMBER, f"1 {unit}" if after_single else unit, at, at + 1
        return None

    def _counted(self, at: int) -> Term | None:
        """A number with what it counts."""
        value, end = self._number(at)
        if value is None:
            raise ValueError("no number begins here")
        amount = self._amount(value, self._folded(end))
        if amount is not None:
            return Kind.AMOUNT, amount, at, end + 1
        dated = self._day_first(at, end, value)
        if dated is not None:
            return dated
        for place in (end, end + 1):
            unit = self.words.units.get(self._folded(place))
            if unit is not None and place not in self.plain:
                return Kind.NUMBER, f"{_plainly(value)} {unit}", at, place + 1
            if self._kind(place) is not TokenKind.WORD or self._folded(place) in self.words.numbers:
                break
        if value == 1 and self.tokens[at].kind is TokenKind.WORD:
            return None  # "one of these", "step by step": it counts only beside a unit or a sum
        return Kind.NUMBER, _plainly(value), at, end

    def _amount(self, value: Decimal, unit: str) -> str | None:
        if unit in _CURRENCIES:
            return f"{_CURRENCIES[unit]} {_plainly(value)}"
        if unit in self.words.pounds:
            return f"GBP {_plainly(value)}"
        if unit in self.words.pence:
            return f"GBP {_plainly(value / _PENCE)}"
        if unit == "%" or unit in self.words.percent:
            return f"percent {_plainly(value)}"
        return None

    def _number(self, at: int) -> tuple[Decimal | None, int]:
        """The number that begins at a token and where it ends: figures, or words put together."""
        if self._kind(at) is TokenKind.FIGURE:
            return _value(self.tokens[at].folded), at + 1
        value, end = None, at
        while (part := self.words.numbers.get(self._folded(end))) is not None:
            if value is None:
                value = part
            elif part in _MULTIPLIERS and value < part:
                value *= part
            elif part < 10 and value % 10 == 0 and value in _TENS:  # noqa: PLR2004 -- tens, units
                value += part
            else:
                break
            end += 1
        return (None, at) if value is None else (Decimal(value), end)

    def _day_first(self, at: int, end: int, value: Decimal) -> Term | None:
        """`1 September 2024`, `the 1st of September`."""
        place = end
        while place < end + 3 and self._folded(place) in self.words.date_joiners:
            place += 1
        month = self.words.months.get(self._folded(place))
        shy = self._folded(place) in self.words.shy_months
        figure = self.tokens[at].kind is TokenKind.FIGURE
        if month is None or value not in _DAYS or (shy and not figure):
            return None
        year, last = self._year(place + 1)
        return Kind.DATE, f"{year}-{month:02}-{int(value):02}", at, last

    def _month_first(self, at: int) -> Term:
        """`September 2024`, `September 1, 2024`, `September`."""
        month = self.words.months[self.tokens[at].folded]
        year, last = self._year(at + 1)
        if year != "-":
            return Kind.DATE, f"{year}-{month:02}", at, last
        value, end = self._number(at + 1)
        if self._kind(at + 1) is not TokenKind.FIGURE or value not in _DAYS:
            return Kind.DATE, f"--{month:02}", at, at + 1
        year, last = self._year(end)
        return Kind.DATE, f"{year}-{month:02}-{int(value or 0):02}", at, last

    def _year(self, at: int) -> tuple[str, int]:
        """The year that begins at a token, past a comma, and where it ends; `-` is none."""
        place = at + 1 if self._folded(at) in _COMMAS else at
        if self._kind(place) is TokenKind.FIGURE:
            value = _value(self.tokens[place].folded)
            if value in _YEARS:
                return str(value), place + 1
        return "-", at

    def _is_month(self, at: int) -> bool:
        if self.tokens[at].folded not in self.words.shy_months:
            return True
        beside = {self._kind(at - 1), self._kind(at + 1)}
        return TokenKind.FIGURE in beside or self._folded(at - 1) in self.words.before_month

    def _kind(self, at: int) -> TokenKind | None:
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else None

    def _folded(self, at: int) -> str:
        return self.tokens[at].folded if 0 <= at < len(self.tokens) else ""


def _value(figure: str) -> Decimal:
    """`2,090` and `2090`; `8.5` and `8,5`."""
    return Decimal(re.sub(r",(?=\d{3}(?:\D|$))", "", figure).replace(",", "."))


def _plainly(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _link(folded: str) -> str:
    """A web address without what browsers add, an email address, or a telephone number."""
    address = folded.rstrip(".,;:!?)'\"\u060c\u06d4\u061f")
    if re.match(r"[+\d]", address):
        return re.sub(r"^\+44", "0", address.replace(" ", ""))
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address).rstrip("/")


def _day(folded: str) -> str:
    """A date in figures, day first as in Britain unless the year stands first."""
    one, month, other = re.split(r"[/.-]", folded)
    year, day = (one, other) if len(one) > len(other) else (other, one)
    return f"{year}-{int(month):02}-{int(day):02}"
