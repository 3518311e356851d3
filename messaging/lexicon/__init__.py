"""What commits the council: amounts, dates, numbers, links and the words of rights and services.

Each of them that stands in a tone block needs its match in the locked text of the same message:
for a sum, a date, a number or a link the very same value (two weeks are 2 weeks), for words the
same concept, by any of its inflections. The words are one file for each language.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from messaging.lexicon.folding import tokens
from messaging.lexicon.patterns import Found
from messaging.lexicon.terms import Kind, read_terms
from messaging.lexicon.vocabulary import NoLexiconError, vocabulary

__all__ = [
    "BannedWord",
    "Hit",
    "Kind",
    "NoLexiconError",
    "banned_words",
    "hits",
    "unmatched",
    "vocabulary",
]


BINDING = frozenset(
    {
        "cannot",
        "employ",
        "fixed",
        "free",
        "keep",
        "less-money",
        "more-money",
        "must",
        "priority",
        "right",
        "unless",
    }
)
"""Concepts that say something only of what stands beside them."""

_WEAK = frozenset({"can", "may", "amount", "call", "choose", "thanks"})
"""Concepts so common that they need not stand in the same sentence."""

_SENTENCE_END = re.compile(r"[.?!\n\u061f\u06d4](?=\s|$)|\n")
_AFTER_COMMA = re.compile(r"[,\u060c]\s+(\w+)")
_DATED = re.compile(r"(\d{4}|-)-(\d\d)(-\d\d)?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of text that commits.

    Attributes:
        kind: of what sort it is.
        matched: as it is written.
        concept: what it says, alike for all ways of saying it: a value, or the name of a concept.
        start: where it begins.
        end: where it ends.
    """

    kind: Kind
    matched: str
    concept: str
    start: int
    end: int

    @property
    def figure(self) -> str:
        """The concept without the unit, which languages place differently: `6` of `6 week`."""
        return self.concept.split(" ")[0] if self.kind is Kind.NUMBER else self.concept


@dataclass(frozen=True, slots=True)
class BannedWord:
    """A word that no parent is written: its kind, the words, and where they stand."""

    kind: str
    matched: str
    start: int
    end: int


@lru_cache(maxsize=512)
def hits(text: str, language: str) -> tuple[Hit, ...]:
    """Everything in a text that commits, in order.

    Raises:
        NoLexiconError: the language has no lexicon.
    """
    words = vocabulary(language)
    read = tokens(text, words.letters)
    plain = {n for found in words.plain.find(read) for n in range(found.first, found.last)}
    terms = tuple(read_terms(read, words, plain))
    dated = {n for kind, _, first, last in terms if kind is Kind.DATE for n in range(first, last)}
    phrases = [p for p in words.commitments.find(read) if p.first not in plain | dated]
    free = [phrase for phrase in phrases if phrase.concept == "need-not"]
    found = [
        *terms,
        *(
            (Kind.COMMITMENT, phrase.concept, phrase.first, phrase.last)
            for phrase in phrases
            if phrase.concept != "must" or not any(_inside(phrase, freed) for freed in free)
        ),
    ]
    return tuple(
        Hit(kind, text[read[first].start : read[last - 1].end], concept, read[first].start, end)
        for kind, concept, first, last in sorted(found, key=lambda f: (f[2], f[3], f[1]))
        for end in (read[last - 1].end,)
    )


def unmatched(tone_text: str, locked_text: str, language: str) -> tuple[Hit, ...]:
    """The hits of a tone text that the locked text of its message does not bear out.

    A binding concept (free, must, a right…) says something only of what stands beside it: free
    advice in the facts bears out no free bus pass. So it needs one locked sentence that says it of
    everything that its own sentence commits to.

    Args:
        tone_text: the template's own words, a gap for each blank: a child's name commits nobody.
        locked_text: the locked words of the same message, finished.
        language: that of both.

    Raises:
        NoLexiconError: the language has no lexicon.
    """
    locked = [
        frozenset((hit.kind, said) for hit in sentence for said in _said(hit))
        for sentence in _sentences(locked_text, language)
    ]
    borne_out = frozenset[tuple[Kind, str]]().union(*locked)
    found = list[Hit]()
    for sentence in _sentences(tone_text, language, vocabulary(language).conjunctions):
        together = {(hit.kind, hit.concept) for hit in sentence if hit.concept not in _WEAK}
        for hit in sentence:
            said = (hit.kind, hit.concept)
            if said not in borne_out or (
                hit.concept in BINDING and not any(together | {said} <= facts for facts in locked)
            ):
                found.append(hit)
    return tuple(found)


def _sentences(
    text: str, language: str, conjunctions: Collection[str] = ()
) -> Iterator[tuple[Hit, ...]]:
    """The hits of each sentence, line or item of a text; and of each clause, told by its comma."""
    held, begun = list[Hit](), 0
    for hit in hits(text, language):
        between = text[begun : hit.start]
        clauses = (match[1].casefold() for match in _AFTER_COMMA.finditer(between))
        if held and (_SENTENCE_END.search(between) or any(c in conjunctions for c in clauses)):
            yield tuple(held)
            held = []
        begun = hit.end
        held.append(hit)
    if held:
        yield tuple(held)


def banned_words(text: str, language: str) -> tuple[BannedWord, ...]:
    """What presses, flatters, threatens or tells a parent of a segment, in order.

    Raises:
        NoLexiconError: the language has no lexicon.
    """
    words = vocabulary(language)
    read = tokens(text, words.letters)
    return tuple(
        BannedWord(found.concept, text[start:end], start, end)
        for found in words.banned.find(read)
        for start, end in ((read[found.first].start, read[found.last - 1].end),)
    )


def _inside(phrase: Found, other: Found) -> bool:
    """Whether another takes a phrase in: nobody `must`, who `does not need to`."""
    return other.first <= phrase.first and phrase.last <= other.last


def _said(hit: Hit) -> Iterator[str]:
    """What a hit bears out: itself, and the coarser terms it says by the way.

    Six weeks bear out `6` and `week`; a day bears out its month, with and without the year.
    """
    yield hit.concept
    if hit.kind is Kind.NUMBER:
        yield from hit.concept.split(" ")
    if hit.kind is Kind.DATE:
        dated = _DATED.fullmatch(hit.concept)
        if dated:
            year, month, day = dated.groups()
            yield from (f"{year}-{month}", f"--{month}", f"--{month}{day or ''}")
