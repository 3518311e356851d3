"""The questionnaire: portraits of a person, what each stands for, and how answers are read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, VALUE_OF_FACET

DEFAULT: Final = "travel-values-2"
"""The version of the instrument in use."""

LANGUAGES: Final = ("en_GB", "cy", "pl", "ur")

OFF_SCALE: Final = "off-scale"
"""Code of the one refusal of this module: an answer that is none of the six."""

NEVER_FIRST: Final = "imprich"
"""The wealth facet: no questionnaire opens with it, however much it tells."""

_WRITTEN_RATINGS: Final = MappingProxyType(
    {
        written: rating
        for rating in range(MOST_LIKE_ME, LEAST_LIKE_ME + 1)
        for written in (str(rating), f"{rating}.0")
    }
)


class AnswerRefused(ValueError):
    """An answer is none of the six that were offered."""

    def __init__(self, item: str, code: str = OFF_SCALE) -> None:
        super().__init__(f"{item}: {code}")
        self.item = item
        self.code = code


class InstrumentRefused(ValueError):
    """An instrument's file does not describe a questionnaire that can be asked."""


class Review(StrEnum):
    """Where words stand in one language, the least settled state first."""

    WRITTEN = "source text; awaiting review with parents"
    AWAITING_REVIEW = "awaiting review by a native speaker"
    REVIEWED = "reviewed by a native speaker"


@dataclass(frozen=True, slots=True)
class Item:
    """One portrait of a person.

    Attributes:
        code: what answers are kept under; it outlives a change of words.
        facet: the facet of the full form whose meaning it carries.
        value: the value that the facet measures.
        version: 1 as first written, one more whenever its words change in any language.
        provenance: where its words come from.
        wording: its words by language.
        review: who has read them, by language.
    """

    code: str
    facet: str
    value: str
    version: int
    provenance: str
    wording: Mapping[str, str]
    review: Mapping[str, Review]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one person answered: item code to rating, 1 very much like me to 6 not like me at all.

    An item that was left out is absent.
    """

    ratings: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ratings", MappingProxyType(dict(self.ratings)))


@dataclass(frozen=True, slots=True)
class Language:
    """The words around the portraits in one language, and who has reviewed them."""

    stem: str
    answers: tuple[str, ...]
    review: Review


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire.

    Attributes:
        version: its name, which every response keeps.
        items: its bank of portraits, in the order in which they are asked if nothing chooses;
            a facet may have more than one.
        first: the code of the item that is always asked first.
        paper: the codes of the fixed form, such as is printed on paper, in its order.
        words: the words around the portraits, by language, English first.
        provenance: where it comes from and how its words were checked.
    """

    version: str
    items: tuple[Item, ...]
    first: str
    paper: tuple[str, ...]
    words: Mapping[str, Language]
    provenance: Mapping[str, str]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it can be asked in, English first."""
        return tuple(self.words)

    @property
    def paper_items(self) -> tuple[Item, ...]:
        """The portraits of the fixed form, in its order."""
        return tuple(map(self.item, self.paper))

    def item(self, code: str) -> Item:
        """Find an item by its code; KeyError when there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def answers(self, language: str) -> tuple[tuple[int, str], ...]:
        """Give the six answers in order: rating and words. KeyError for an unknown language."""
        return tuple(enumerate(self.words[language].answers, start=MOST_LIKE_ME))

    def stem(self, language: str) -> str:
        """Give the question asked of every portrait. KeyError for an unknown language."""
        return self.words[language].stem

    def review(self, language: str) -> Review:
        """Say where a language stands: no further than its least settled words.

        KeyError for an unknown language.
        """
        states = {self.words[language].review, *(item.review[language] for item in self.items)}
        return next(state for state in Review if state in states)

    def read(self, raw: Mapping[str, str]) -> Answers:
        """Read written answers, such as those of a form, by item code.

        A blank answer, or none, means that the item was left out; keys that are no item are
        passed over, since a form carries other fields too.

        Raises:
            AnswerRefused: an answer is none of the six.
        """
        ratings = {}
        for item in self.items:
            try:
                rating = read_rating(raw.get(item.code, ""))
            except ValueError:
                raise AnswerRefused(item.code) from None
            if rating is not None:
                ratings[item.code] = rating
        return Answers(ratings)

    def from_facets(self, ratings: Mapping[str, int]) -> Answers:
        """Take ratings by facet, as of a European Social Survey respondent, to our own items.

        Facets that no item stands for are passed over. Where a facet has spare items its rating
        goes to the first: one answer must not count as two.

        Raises:
            AnswerRefused: a rating is off the scale.
        """
        first_of = {item.facet: item.code for item in reversed(self.items)}
        return self.read(
            {code: str(ratings[facet]) for facet, code in first_of.items() if facet in ratings}
        )


def read_rating(written: str) -> int | None:
    """Read one written rating: 1 to 6, or None where it is blank.

    Space around it does not count, and `3.0` is 3: spreadsheets write whole numbers so as soon as
    one cell of their column is empty. Nothing else is a rating.

    Raises:
        ValueError: it is neither blank nor a rating.
    """
    stripped = written.strip()
    if not stripped:
        return None
    try:
        return _WRITTEN_RATINGS[stripped]
    except KeyError:
        raise ValueError(OFF_SCALE) from None


@lru_cache
def load_instrument(version: str = DEFAULT) -> Instrument:
    """Load an instrument that ships with this package.

    Raises:
        FileNotFoundError: there is no such version.
        InstrumentRefused: its file is not sound.
    """
    path = files("segmentation") / "instruments" / f"{version}.toml"
    return parse_instrument(tomllib.loads(path.read_text(encoding="utf-8")))


def parse_instrument(document: Mapping[str, object]) -> Instrument:
    """Turn an instrument's document into the instrument, or refuse it.

    Raises:
        InstrumentRefused: something is missing, unknown or given twice; the message says what.
    """
    try:
        instrument = _read_document(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InstrumentRefused(f"the document is not complete: {error}") from error
    _refuse_unsound_items(instrument)
    _refuse_unsound_order(instrument)
    for name, language in instrument.words.items():
        if len(set(language.answers)) != LEAST_LIKE_ME:
            raise InstrumentRefused(f"{name} does not have six different answers")
    return instrument


def _refuse_unsound_items(instrument: Instrument) -> None:
    codes = [item.code for item in instrument.items]
    if not codes or len(set(codes)) < len(codes):
        raise InstrumentRefused("item codes must each be given once")
    if clash := set(codes) & VALUE_OF_FACET.keys():
        raise InstrumentRefused(f"an item code is also the code of a facet: {sorted(clash)}")
    for item in instrument.items:
        if not item.wording.keys() == item.review.keys() == instrument.words.keys():
            raise InstrumentRefused(f"{item.code} is not worded and reviewed in each language")
        if not all(text.strip() for text in (item.provenance, *item.wording.values())):
            raise InstrumentRefused(f"{item.code} has an empty text")
        if item.version < 1:
            raise InstrumentRefused(f"{item.code} has no version")


def _refuse_unsound_order(instrument: Instrument) -> None:
    facet_of = {item.code: item.facet for item in instrument.items}
    if not instrument.paper or len(set(instrument.paper)) < len(instrument.paper):
        raise InstrumentRefused("the items of the paper form must each be given once")
    if unknown := {instrument.first, *instrument.paper} - facet_of.keys():
        raise InstrumentRefused(f"first or on paper, but no item: {sorted(unknown)}")
    if NEVER_FIRST in {facet_of[instrument.first], facet_of[instrument.paper[0]]}:
        raise InstrumentRefused("the wealth facet is never asked first")


def _read_document(document: Mapping[str, object]) -> Instrument:
    languages, items, paper, provenance = (
        document["languages"],
        document["items"],
        document["paper"],
        document["provenance"],
    )
    if not (
        isinstance(languages, dict)
        and isinstance(items, list)
        and isinstance(paper, list)
        and isinstance(provenance, dict)
    ):
        raise TypeError("languages, items, paper and provenance")
    return Instrument(
        version=str(document["version"]),
        items=tuple(
            Item(
                code=str(item["code"]),
                facet=str(item["facet"]),
                value=VALUE_OF_FACET[item["facet"]],
                version=int(item["version"]),
                provenance=str(item["provenance"]),
                wording=MappingProxyType({str(k): str(v) for k, v in item["wording"].items()}),
                review=MappingProxyType({str(k): Review(v) for k, v in item["review"].items()}),
            )
            for item in items
        ),
        first=str(document["first"]),
        paper=tuple(map(str, paper)),
        words=MappingProxyType(
            {
                str(name): Language(
                    stem=str(words["stem"]),
                    answers=tuple(str(answer) for answer in words["answers"]),
                    review=Review(words["review"]),
                )
                for name, words in languages.items()
            }
        ),
        provenance=MappingProxyType({str(key): str(text) for key, text in provenance.items()}),
    )
