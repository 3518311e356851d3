"""Build hook: compile the message catalogues into every wheel and editable installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


class CatalogueHook(BuildHookInterface):
    """Writes a ``.mo`` beside each ``.po`` that is whole: only such a language is offered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile; hatchling calls this before it gathers the files."""
        for source in Path(self.root, "parentportal", "translations").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as words:
                catalogue = read_po(words, locale=source.parts[-3])
            compiled = source.with_suffix(".mo")
            if not is_whole(catalogue):
                compiled.unlink(missing_ok=True)
                continue
            with compiled.open("wb") as file:
                write_mo(file, catalogue)


def is_whole(catalogue: Catalog) -> bool:
    """Whether every message has its words in every form that the language has."""
    for message in catalogue:
        texts = [message.string] if isinstance(message.string, str) else message.string
        if message.id and (message.fuzzy or not all(texts)):
            return False
    return True
