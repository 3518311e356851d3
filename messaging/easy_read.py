"""Easy Read: one picture and one short sentence at a time."""

from dataclasses import dataclass
from datetime import date

from messaging.message import Sender


@dataclass(frozen=True, slots=True)
class EasyRead:
    """What one family gets in Easy Read beside its letter.

    Attributes:
        title: the heading.
        lines: in order, the name of a picture of `layout/pictures` and one short sentence.
        sender: who writes.
        language: the language it is written in.
        dated: the date of the letter it goes with.
        link: the page that it leads to.
        bsl_link: a film in British Sign Language, or empty.
    """

    title: str
    lines: tuple[tuple[str, str], ...]
    sender: Sender
    language: str
    dated: date
    link: str
    bsl_link: str = ""
