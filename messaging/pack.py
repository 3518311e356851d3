"""The sheet for schools and partners: the facts of the letters, in the same words."""

from dataclasses import dataclass
from datetime import date

from messaging.blocks import Block
from messaging.message import Sender


@dataclass(frozen=True, slots=True)
class Pack:
    """One sheet.

    Attributes:
        title: the heading.
        blocks: the text, in the order it prints.
        sender: who writes.
        language: the language it is written in.
        dated: the date of the facts.
        link: the page that it leads to.
    """

    title: str
    blocks: tuple[Block, ...]
    sender: Sender
    language: str
    dated: date
    link: str
