"""A council's own colour, and whether text in it can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

READABLE = 4.5
"""The least contrast of text and ground that WCAG 2.2 AA allows (criterion 1.4.3)."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of the screen, each part 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> Colour:
        """Read ``#1d70b8`` or ``1d70b8``.

        Raises:
            ValueError: for anything else, so nothing but a colour reaches a stylesheet.
        """
        found = re.fullmatch(r"#?([0-9a-fA-F]{6})", text)
        if found is None:
            raise ValueError(f"not a colour of six hexadecimal digits: {text!r}")
        return cls(*bytes.fromhex(found[1]))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 black to 1 white (WCAG 2.2, "relative luminance")."""
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
            for part in (self.red / 255, self.green / 255, self.blue / 255)
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(self, other: Colour) -> float:
        """Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio")."""
        dark, light = sorted((self.luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)


WHITE = Colour(0xFF, 0xFF, 0xFF)
