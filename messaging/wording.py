"""The locked wording as it stands in `copy/locked`, one file for each language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def locked_wording(language: str) -> Mapping[str, Any]:
    """The wording of the facts and of the letter's own words, by section and name."""
    source = files("messaging") / "copy" / "locked" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
