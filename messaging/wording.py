"""Wording as it stands in the folders of `copy`, one file for each language."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from messaging.languages import LANGUAGES


@cache
def locked_wording(language: str) -> Mapping[str, Any]:
    """The wording of the facts and of the letter's own words, by section and name."""
    source = files("messaging") / "copy" / "locked" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def copy_of(place: str, language: str) -> Mapping[str, Any]:
    """The words of a folder of the copy, such as `ptb-offer/script`, in one language.

    Raises:
        LookupError: they are not written.
    """
    source = files("messaging").joinpath("copy", *place.split("/"), f"{language}.toml")
    if not source.is_file():
        raise LookupError(f"{place} is not written in {language}")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def written_languages(place: str) -> tuple[str, ...]:
    """The languages that a folder of the copy is written in, in their usual order."""
    folder = files("messaging").joinpath("copy", *place.split("/"))
    return tuple(key for key in LANGUAGES if (folder / f"{key}.toml").is_file())


@cache
def copy_places() -> tuple[str, ...]:
    """Every folder of the copy in which words are written, such as `ptb-offer/script`."""
    return tuple(sorted(_places(files("messaging") / "copy", "")))


def _places(folder: Traversable, place: str) -> Iterator[str]:
    for found in folder.iterdir():
        if found.is_dir():
            below = f"{place}/{found.name}" if place else found.name
            if any((found / f"{key}.toml").is_file() for key in LANGUAGES):
                yield below
            yield from _places(found, below)
