"""The words that only paper needs, as they stand in `copy/paper`, one file for each language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def paper_wording(language: str) -> Mapping[str, Any]:
    """The words beside squares, and what the pictures of Easy Read show, by name."""
    source = files("messaging") / "copy" / "paper" / f"{language}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
