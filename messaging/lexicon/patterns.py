"""Words and phrases to look for, and where they stand."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from messaging.lexicon.folding import Token, TokenKind

WIDEST_GAP = 4
"""Words that `…` in a pattern may stand for, at most; none is enough."""


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a pattern: its spellings, and whether more letters may follow (`word*`)."""

    forms: frozenset[str]
    open_ended: bool

    def fits(self, token: Token) -> bool:
        if token.kind is not TokenKind.WORD:
            return False
        if not self.open_ended:
            return token.folded in self.forms
        return any(token.folded.startswith(form) for form in self.forms)


_Pattern = tuple[_Word | None, ...]  # None is a gap


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text: the tokens from `first` up to `last`, and what it means."""

    concept: str
    first: int
    last: int


class Phrasebook:
    """Patterns by what they mean, found in one walk over a text's tokens."""

    def __init__(
        self, concepts: Mapping[str, Iterable[str]], spellings: Callable[[str], Iterable[str]]
    ) -> None:
        """Read the patterns.

        Args:
            concepts: what is meant, and the phrases that mean it: words with a blank between;
                `word*` for any ending, `…` for up to `WIDEST_GAP` words.
            spellings: the folded forms of one word of a pattern.
        """
        self._exact: dict[str, list[tuple[str, _Pattern]]] = defaultdict(list)
        self._open: dict[str, list[tuple[str, _Pattern]]] = defaultdict(list)
        for concept, phrases in concepts.items():
            for phrase in phrases:
                pattern = tuple(_word(word, spellings) for word in phrase.split())
                first = pattern[0]
                if first is None:
                    raise ValueError(f"a phrase begins with a gap: {phrase}")
                index = self._open if first.open_ended else self._exact
                for form in first.forms:
                    index[form].append((concept, pattern))

    def find(self, tokens: Sequence[Token]) -> Iterator[Found]:
        """Every phrase that stands in the tokens; no phrase goes beyond the end of a sentence."""
        for first, token in enumerate(tokens):
            if token.kind is not TokenKind.WORD:
                continue
            longest: dict[str, int] = {}
            for concept, pattern in self._beginning(token.folded):
                last = _end(pattern, tokens, first)
                if last is not None:
                    longest[concept] = max(last, longest.get(concept, 0))
            for concept, last in longest.items():
                yield Found(concept, first, last)

    def _beginning(self, word: str) -> Iterator[tuple[str, _Pattern]]:
        yield from self._exact.get(word, ())
        for length in range(1, len(word) + 1):
            yield from self._open.get(word[:length], ())


def _word(word: str, spellings: Callable[[str], Iterable[str]]) -> _Word | None:
    if word == "…":
        return None
    stem = word.removesuffix("*")
    return _Word(frozenset(spellings(stem)), open_ended=stem != word)


def _end(pattern: _Pattern, tokens: Sequence[Token], first: int) -> int | None:
    """Where a pattern that begins at a token ends, or none if it does not stand there."""
    reached = {first}
    gap = False
    for word in pattern:
        if word is None:
            gap = True
            continue
        width = WIDEST_GAP if gap else 0
        reached = {
            at + 1
            for start in reached
            for at in range(start, min(start + width + 1, len(tokens)))
            if word.fits(tokens[at])
            and all(between.kind is not TokenKind.STOP for between in tokens[start:at])
        }
        gap = False
        if not reached:
            return None
    return max(reached)
