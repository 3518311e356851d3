"""How old a reader an English text asks for.

The formula is that of Kincaid, Fishburne, Rogers and Chissom (1975), *Derivation of new readability
formulas*: a school grade from words a sentence and syllables a word. A child in an American grade
is about five years older than its number. It knows nothing of meaning, so it is a floor under a
reading by people, not a substitute; and it is made for English alone.
"""

import re
from typing import Final

_SENTENCE: Final = re.compile(r"[^.!?]*\w[^.!?]*")
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_SILENT: Final = re.compile(
    r"(?:(?<![^aeiouy]l)(?<=[^aeiouy])e|[^aeioudt]ed|(?<![^aeiouy]l)(?<=[^aeiouycgszx])es)$"
)

_YEARS_OLDER_THAN_GRADE: Final = 5
_PER_WORD_IN_SENTENCE: Final = 0.39
_PER_SYLLABLE_IN_WORD: Final = 11.8
_OFFSET: Final = 15.59


def reading_age(text: str) -> float:
    """Give the reading age of an English text in years (Flesch-Kincaid grade plus five).

    Raises:
        ValueError: there is no word in it.
    """
    words = _WORD.findall(text)
    sentences = _SENTENCE.findall(text)
    if not words:
        raise ValueError("no words")
    syllables = sum(map(syllable_count, words))
    grade = (
        _PER_WORD_IN_SENTENCE * len(words) / len(sentences)
        + _PER_SYLLABLE_IN_WORD * syllables / len(words)
        - _OFFSET
    )
    return grade + _YEARS_OLDER_THAN_GRADE


def syllable_count(word: str) -> int:
    """Count the syllables of an English word by its groups of vowels, at least one.

    A silent ending (`make`, `asked`, `makes`) does not count. It errs on some words, by one.
    """
    lowered = word.lower()
    groups = len(_VOWELS.findall(lowered))
    return max(1, groups - bool(_SILENT.search(lowered)))
