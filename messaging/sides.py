"""How many sides a letter may have: what the council's price allows."""

from collections.abc import Iterator
from dataclasses import dataclass

from messaging.message import Edition, Message

MOST_PAGES = 10
"""Sides that a print house puts into one envelope."""


@dataclass(frozen=True, slots=True)
class MostSides:
    """The most sides a letter may have; a longer one is told of and not printed."""

    standard: int = 2
    bilingual: int = 3
    large_print: int = 10

    def of(self, message: Message) -> int:
        """The most for this message."""
        if message.edition is Edition.LARGE_PRINT:
            return self.large_print
        return self.bilingual if message.beside else self.standard

    def contradictions(self) -> Iterator[tuple[str, str]]:
        """What the settings' reader cannot know."""
        for name in ("standard", "bilingual", "large_print"):
            if getattr(self, name) > MOST_PAGES:
                yield name, f"is more than the {MOST_PAGES} sides that go into one envelope"


USUAL_SIDES = MostSides()
"""What a council has that sets nothing; no letter is set closer than these ask for."""
