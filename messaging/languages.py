"""The languages of the copy, as `copy/languages.toml` lists them, and what setting them needs."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from babel.lists import format_list

ENGLISH = "en_GB"

FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"

_BEFORE_VOWEL = re.compile(r"a\(c\) (?=[aeiouwyâêîôûŵŷ])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the copy.

    Attributes:
        key: as in files and settings, and as Babel knows it.
        tag: its BCP 47 tag, for `lang` attributes.
        name: its own name for itself.
        right_to_left: how it is written.
        beside: the language that letters in it carry as well, after its own words; or empty.
    """

    key: str
    tag: str
    name: str
    right_to_left: bool = False
    beside: str = ""


def _read() -> dict[str, Language]:
    source = files("messaging") / "copy" / "languages.toml"
    listed = tomllib.loads(source.read_text(encoding="utf-8"))
    return {key: Language(key, **facts) for key, facts in listed.items()}


_LISTED = _read()

LANGUAGES: tuple[str, ...] = tuple(_LISTED)
"""The languages' keys, English first."""


def language_tag(language: str) -> str:
    """The BCP 47 tag of a language key, for `lang` attributes: `en_GB` is `en-GB`."""
    return _LISTED[language].tag


def is_right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    return _LISTED[language].right_to_left


def language_beside(language: str) -> str:
    """The language that a letter in this one carries as well (Welsh: English), or none: empty."""
    return _LISTED[language].beside


def read_language(text: str) -> str | None:
    """The language key a person wrote (`en`, `en-GB`, `CY`…), or none if it is not one of ours."""
    key = text.strip().replace("-", "_").casefold()
    if key == "en":
        return ENGLISH
    return next((language for language in LANGUAGES if language.casefold() == key), None)


def isolated(value: str, language: str) -> str:
    """A merged value, fenced off from the text around it where that runs right to left.

    Without the fence a number, a date or a name in Latin letters is reordered with its
    neighbours (Unicode Standard Annex 9). The pound sign belongs inside.
    """
    if not value or not is_right_to_left(language):
        return value
    return f"{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}"


def listed(items: Sequence[str], language: str) -> str:
    """Items as a list in words: `Sam and Robin`.

    CLDR leaves the choice of `a` or `ac` in Welsh open, as `a(c)`; it is `ac` before a vowel.
    """
    together = str(format_list(items, locale=language))
    return _BEFORE_VOWEL.sub("ac ", together).replace("a(c) ", "a ")
