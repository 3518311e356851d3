"""The register of back-translations: what each translated text says to one who saw no source.

A reader who has not seen the English puts each translated text back into English; that is compared
with the source, and every difference is settled and recorded. The method is that of
Brislin (1970), *Back-translation for cross-cultural research*. It finds words that say something
else; it does not show that people answer alike, which only answers can.

A record keeps the very words that were put back and those they were compared with, so a change of
either since then is noticed.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from segmentation.instrument import DEFAULT, Instrument

NO_DIFFERENCE: Final = "none"

_SOURCE: Final = "en_GB"


class RegisterRefused(ValueError):
    """A register's file does not say, for each of its texts, what was found and done."""


@dataclass(frozen=True, slots=True)
class BackTranslation:
    """One text put back into English.

    Attributes:
        language: the language it was put back from.
        text: an item's code, `stem`, or `answer-1` to `answer-6`.
        source: the English words that the comparison was with.
        wording: the translated words that were read.
        back: what they said to the reader, in English.
        difference: how that differs from the source, or `none`.
        resolution: what was done about it; empty only where there is no difference.
    """

    language: str
    text: str
    source: str
    wording: str
    back: str
    difference: str
    resolution: str


@lru_cache
def load_back_translations(version: str = DEFAULT) -> tuple[BackTranslation, ...]:
    """Load the register of an instrument that ships with this package.

    Raises:
        FileNotFoundError: the instrument has no register.
        RegisterRefused: its file is not sound.
    """
    path = files("segmentation") / "instruments" / f"{version}.back-translations.toml"
    return parse_back_translations(tomllib.loads(path.read_text(encoding="utf-8")))


def parse_back_translations(document: Mapping[str, object]) -> tuple[BackTranslation, ...]:
    """Turn a register's document, a table a language and in it a table a text, into its records.

    Raises:
        RegisterRefused: a field is missing, unknown or empty, or a difference was left unsettled;
            the message says where.
    """
    return tuple(
        _read_record(language, text, fields)
        for language, texts in document.items()
        for text, fields in _table(texts, language).items()
    )


def unsettled(
    instrument: Instrument, register: tuple[BackTranslation, ...]
) -> tuple[tuple[str, str], ...]:
    """Name what no record vouches for, as (language, text), in the instrument's order.

    That is every translated text without a back-translation, or whose words, or whose source's,
    are no longer those that were compared.
    """
    vouched = {
        (record.language, record.text): (record.source, record.wording) for record in register
    }
    sources = _texts(instrument, _SOURCE)
    return tuple(
        (language, text)
        for language in instrument.languages
        if language != _SOURCE
        for text, wording in _texts(instrument, language).items()
        if vouched.get((language, text)) != (sources[text], wording)
    )


def _texts(instrument: Instrument, language: str) -> dict[str, str]:
    """Every text a parent reads in a language: the question, the answers, the portraits."""
    return {
        "stem": instrument.stem(language),
        **{f"answer-{rating}": words for rating, words in instrument.answers(language)},
        **{item.code: item.wording[language] for item in instrument.items},
    }


def _table(found: object, where: str) -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise RegisterRefused(f"{where} is not a table")
    return found


def _read_record(language: str, text: str, found: object) -> BackTranslation:
    where = f"{language}.{text}"
    fields = {name: str(words).strip() for name, words in _table(found, where).items()}
    if fields.keys() != {"source", "wording", "back", "difference", "resolution"}:
        raise RegisterRefused(f"{where} has other fields than it should")
    settled = fields["difference"] == NO_DIFFERENCE or fields["resolution"]
    if not (settled and all(fields[name] for name in fields.keys() - {"resolution"})):
        raise RegisterRefused(f"{where} leaves open what was read, found or done")
    return BackTranslation(language=language, text=text, **fields)
