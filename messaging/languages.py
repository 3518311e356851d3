"""The four languages of this service, and what setting text in them needs."""

from collections.abc import Mapping

ENGLISH = "en_GB"
LANGUAGES: tuple[str, ...] = (ENGLISH, "cy", "pl", "ur")
RIGHT_TO_LEFT = frozenset({"ur"})

_TAGS: Mapping[str, str] = {ENGLISH: "en-GB", "cy": "cy", "pl": "pl", "ur": "ur"}

FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"


def language_tag(language: str) -> str:
    """The BCP 47 tag of a language key, for `lang` attributes: `en_GB` is `en-GB`."""
    return _TAGS[language]


def is_right_to_left(language: str) -> bool:
    """Whether the language is written from right to left."""
    return language in RIGHT_TO_LEFT


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
