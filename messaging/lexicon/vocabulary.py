"""One language's words for amounts, dates, numbers and commitments, and those nobody may write."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

from messaging.lexicon.folding import folded_word
from messaging.lexicon.patterns import Phrasebook


class NoLexiconError(LookupError):
    """A language has no file here, so nothing written in it can be held against its facts."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is looked for in one language.

    Attributes:
        letters: letters that are taken for others.
        numbers: words for numbers.
        measures: words that are a number with its unit (`fortnight`: `2 week`).
        units: words for units, each to the unit's own name.
        pounds: words after a number of pounds.
        pence: words after a number of pence.
        percent: words after a percentage.
        months: words for months, 1 to 12.
        shy_months: those of them that mean something else too, unless a number or a `before_month`
            stands beside them.
        before_month: words that lead to a month.
        date_joiners: what may stand between a day and its month.
        conjunctions: words that begin a clause after a comma.
        single: phrases before a unit that make it one (`within a` week).
        dates: weekdays and days by their distance.
        commitments: rights, duties, services and conditions.
        plain: phrases whose words mean nothing of the kind.
        banned: what no parent is written, by its kind.
    """

    letters: Mapping[str, str]
    numbers: Mapping[str, int]
    measures: Mapping[str, str]
    units: Mapping[str, str]
    pounds: frozenset[str]
    pence: frozenset[str]
    percent: frozenset[str]
    months: Mapping[str, int]
    shy_months: frozenset[str]
    before_month: frozenset[str]
    date_joiners: frozenset[str]
    conjunctions: frozenset[str]
    single: Phrasebook
    dates: Phrasebook
    commitments: Phrasebook
    plain: Phrasebook
    banned: Phrasebook
    concepts: frozenset[str]
    banned_kinds: frozenset[str]


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language, as its file says.

    Raises:
        NoLexiconError: there is no such file.
    """
    source = files("messaging") / "lexicon" / f"{language}.toml"
    if not source.is_file():
        raise NoLexiconError(language)
    return _read(tomllib.loads(source.read_text(encoding="utf-8")))


def _read(file: Mapping[str, Any]) -> Vocabulary:
    letters = file.get("letters", {})
    spell = partial(_spellings, letters=letters, initials=file.get("initials", {}))

    def words(listed: Iterable[str]) -> frozenset[str]:
        return frozenset(form for word in listed for form in spell(word))

    def meanings(table: Mapping[str, Iterable[str]]) -> dict[str, str]:
        return {form: meaning for meaning, listed in table.items() for form in words(listed)}

    terms, dates = file["terms"], file["dates"]
    months = {int(n): listed for n, listed in dates["months"].items()}
    return Vocabulary(
        letters=letters,
        numbers={word: int(value) for word, value in meanings(file["numbers"]).items()},
        measures=meanings(file.get("measures", {})),
        units=meanings(file["units"]),
        pounds=words(terms["pounds"]),
        pence=words(terms["pence"]),
        percent=words(terms["percent"]),
        months={f: n for n, listed in months.items() for w in listed for f in spell(w.rstrip("?"))},
        shy_months=words(w[:-1] for listed in months.values() for w in listed if w[-1] == "?"),
        before_month=words(dates["before_month"]),
        date_joiners=words(dates["joiners"]),
        conjunctions=words(terms["conjunctions"]),
        single=Phrasebook({"1": terms["single"]}, spell),
        dates=Phrasebook(dates["phrases"], spell),
        commitments=Phrasebook(file["commitments"], spell),
        plain=Phrasebook({"plain": file["plain"]["phrases"]}, spell),
        banned=Phrasebook(file["banned"], spell),
        concepts=frozenset(file["commitments"]),
        banned_kinds=frozenset(file["banned"]),
    )


def _spellings(
    word: str, letters: Mapping[str, str], initials: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """A word as it may stand in a text: with every initial its language gives it (mutations)."""
    folded = folded_word(word, letters)
    yield folded
    initial = next((i for i in sorted(initials, key=len, reverse=True) if folded.startswith(i)), "")
    if initial:
        yield from (other + folded[len(initial) :] for other in initials[initial])
