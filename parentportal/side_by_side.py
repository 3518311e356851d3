"""The versions of a message side by side: wording, which differs, and facts, which stand once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup

from messaging.shown import html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messaging.blocks import Block
    from messaging.message import Message
    from messaging.variants import VariantName


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message: wording, which differs, or facts, which are the same in all.

    Attributes:
        part: the name of its slot.
        locked: whether it is facts.
        shown: its HTML by version; for facts that are alike, of the first alone.
    """

    part: str
    locked: bool
    shown: Mapping[VariantName, Markup]


def side_by_side(composed: Mapping[VariantName, Message]) -> Sequence[Piece]:
    """The pieces of all versions, in the order they print.

    Facts stand once if every version has the same ones there; if not, each stands for itself, so
    that a difference cannot be overlooked.
    """
    split = {name: _stretches(one.blocks) for name, one in composed.items()}
    pieces = [Piece("subject", locked=False, shown={n: _title(one) for n, one in composed.items()})]
    language = next(iter(composed.values())).language
    for position, (part, locked, first) in enumerate(next(iter(split.values()))):
        blocks = {
            name: stretches[position][2] if position < len(stretches) else ()
            for name, stretches in split.items()
        }
        alike = locked and all(one == first for one in blocks.values())
        names = list(composed)[:1] if alike else list(composed)
        shown = {name: shown_blocks(blocks[name], language) for name in names}
        pieces.append(Piece(part, locked, shown))
    return pieces


def _stretches(blocks: Sequence[Block]) -> list[tuple[str, bool, tuple[Block, ...]]]:
    """Blocks that follow each other in one slot, or as facts, taken together."""
    grouped = groupby(blocks, key=lambda block: ("" if block.locked else block.part, block.locked))
    return [(part, locked, tuple(together)) for (part, locked), together in grouped]


def _title(composed: Message) -> Markup:
    return Markup("<p><strong>{}</strong></p>").format(composed.subject)


def shown_blocks(blocks: Sequence[Block], language: str) -> Markup:
    """Blocks as the message shows them, without its title and salutation."""
    whole = html("", "", blocks, language)
    # Escaped where it is made: messaging.shown.
    return Markup(whole.replace("<h1></h1>\n<p></p>\n", ""))  # noqa: S704
