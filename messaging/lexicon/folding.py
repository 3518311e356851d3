"""Text made comparable: one spelling for what a reader takes for the same letters."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_LATIN_ENDS = 0x0250
_SIGNS = frozenset("%@,\u060c\N{OBJECT REPLACEMENT CHARACTER}")
_TOKEN = re.compile(
    r"(?P<link>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)*"
    r"|https?:\S*|www\.\S*"
    r"|(?<![\w.-])(?:[a-z0-9-]++\.)+(?:uk|com|org|net|gov|info|eu|io|example)\b(?:/\S*)?"
    r"|(?<!\w)(?:\+44 ?\d|0\d)(?: ?\d){7,10}(?!\d))"
    r"|(?P<day>\d{4}-\d\d?-\d\d?(?!\d)|\d\d?[/.-]\d\d?[/.-]\d{4}(?!\d))"
    r"|(?P<figure>\d++(?:,\d{3}(?!\d))*+(?:[.,]\d++)?+)"
    r"|(?P<word>[^\W\d_]++)"
    r"|(?P<stop>[.?!;:\n\u061f\u06d4\u061b])"
    r"|(?P<sign>[^\w\s])"
)


class TokenKind(StrEnum):
    """What a piece of text is."""

    LINK = "link"
    DAY = "day"
    FIGURE = "figure"
    WORD = "word"
    STOP = "stop"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text.

    Attributes:
        kind: what it is.
        folded: its folded letters.
        start: where it begins in the text as it was written.
        end: where it ends there.
    """

    kind: TokenKind
    folded: str
    start: int
    end: int


def tokens(text: str, letters: Mapping[str, str]) -> tuple[Token, ...]:
    """The words, figures, links and signs of a text, folded, in order.

    Args:
        text: as it was written.
        letters: what a language takes for the same letter, already folded otherwise.
    """
    folded, places = [], []
    for piece, start, end in _folded(text, letters):
        folded.append(piece)
        places += [(start, end)] * len(piece)
    return tuple(
        Token(
            TokenKind(match.lastgroup or ""),
            match[0],
            places[match.start()][0],
            places[match.end() - 1][1],
        )
        for match in _TOKEN.finditer("".join(folded))
        if match.lastgroup != TokenKind.SIGN or _means(match[0])
    )


def _means(sign: str) -> bool:
    """Whether a sign parts words or says something: a hyphen, an apostrophe, a bracket does not."""
    return sign in _SIGNS or unicodedata.category(sign) == "Sc"


def folded_word(word: str, letters: Mapping[str, str]) -> str:
    """A word as `tokens` folds it."""
    return "".join(piece for piece, _, _ in _folded(word, letters))


def _folded(text: str, letters: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Each letter with its marks, folded, and where it stood."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        kept = _plain(text[start:end])
        yield (
            "".join(letters.get(letter, letter) for letter in kept) if letters else kept,
            start,
            end,
        )
        start = end


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    """A letter with its marks in its plainest form: compatibility, case, accents, joiners.

    Latin letters lose their accents, because a hurried writer leaves them out; Arabic letters are
    composed and lose the vowel signs. Invisible characters go, digits of any script are 0 to 9.
    """
    is_latin = ord(cluster[0]) < _LATIN_ENDS
    return "".join(
        _digit(letter)
        for letter in unicodedata.normalize("NFKD" if is_latin else "NFKC", cluster).casefold()
        if unicodedata.category(letter) not in {"Mn", "Cf"}
    )


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
