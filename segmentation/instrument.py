"""The questionnaire: portraits of a person, what each stands for, and how answers are read."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, VALUE_OF_FACET

DEFAULT: Final = "travel-values-1"
"""The version of the instrument in use."""

LANGUAGES: Final = ("en_GB", "cy", "pl", "ur")

OFF_SCALE: Final = "off-scale"
"""Code of the one refusal of this module: an answer that is none of the six."""

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


@dataclass(frozen=True, slots=True)
class Item:
    """One portrait: the facet it stands for, that facet's value, and its words by language."""

    code: str
    facet: str
    value: str
    wording: Mapping[str, str]


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
    review: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire: its items in the order they are asked, and its words by language."""

    version: str
    items: tuple[Item, ...]
    words: Mapping[str, Language]
    provenance: Mapping[str, str]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it can be asked in, English first."""
        return tuple(self.words)

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

    def review(self, language: str) -> str:
        """Say who has reviewed the words of a language. KeyError for an unknown language."""
        return self.words[language].review

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

        Facets that no item stands for are passed over.

        Raises:
            AnswerRefused: a rating is off the scale.
        """
        return self.read(
            {item.code: str(ratings[item.facet]) for item in self.items if item.facet in ratings}
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
    except (KeyError, TypeError, AttributeError) as error:
        raise InstrumentRefused(f"the document is not complete: {error}") from error
    codes = [item.code for item in instrument.items]
    facets = [item.facet for item in instrument.items]
    if not codes or len(set(codes)) < len(codes) or len(set(facets)) < len(facets):
        raise InstrumentRefused("item codes and facets must each be given once")
    if clash := set(codes) & VALUE_OF_FACET.keys():
        raise InstrumentRefused(f"an item code is also the code of a facet: {sorted(clash)}")
    for item in instrument.items:
        if item.wording.keys() != instrument.words.keys():
            raise InstrumentRefused(f"{item.code} is not worded in each language")
    for name, language in instrument.words.items():
        if len(set(language.answers)) != LEAST_LIKE_ME:
            raise InstrumentRefused(f"{name} does not have six different answers")
    return instrument


def _read_document(document: Mapping[str, object]) -> Instrument:
    languages, items, provenance = (
        document["languages"],
        document["items"],
        document["provenance"],
    )
    if not (
        isinstance(languages, dict) and isinstance(items, list) and isinstance(provenance, dict)
    ):
        raise TypeError("languages, items and provenance")
    return Instrument(
        version=str(document["version"]),
        items=tuple(
            Item(
                code=str(item["code"]),
                facet=str(item["facet"]),
                value=VALUE_OF_FACET[item["facet"]],
                wording=MappingProxyType(dict(item["wording"])),
            )
            for item in items
        ),
        words=MappingProxyType(
            {
                str(name): Language(
                    stem=str(words["stem"]),
                    answers=tuple(str(answer) for answer in words["answers"]),
                    review=str(words["review"]),
                )
                for name, words in languages.items()
            }
        ),
        provenance=MappingProxyType({str(key): str(text) for key, text in provenance.items()}),
    )
