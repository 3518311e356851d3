"""Access codes: made by chance, shown in three groups, read as kindly as can be.

Twelve characters of an alphabet of 28 in which no two look alike: 57 bits, so that nobody can guess
one. The database keeps a keyed digest to look a code up by, and the code itself sealed.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ3479"
LENGTH: Final = 12
GROUP: Final = 4

LOOK_ALIKES: Final = MappingProxyType({"1": "L", "I": "L", "2": "Z", "5": "S", "6": "G", "8": "B"})
"""What a reader may take a letter of the alphabet for; none of these is in it."""

NO_PARTNER: Final = frozenset("0O")
"""No code has these, and nobody can say which letter was meant."""

_DASHES: Final = "\N{MINUS SIGN}_"


class CodeMistyped(ValueError):
    """What was typed is no code: it says exactly what is odd about it.

    Attributes:
        length: how many letters and numbers were typed.
        strange: characters that no code has, each once, in the order they were typed.
    """

    def __init__(self, length: int, strange: str = "") -> None:
        super().__init__("mistyped")
        self.length = length
        self.strange = strange

    @property
    def has_nought(self) -> bool:
        """Whether a nought or an O is among the strange ones: the commonest misreading."""
        return any(character in NO_PARTNER for character in self.strange)


@dataclass(frozen=True, slots=True)
class AccessCode:
    """One code, twelve characters of the alphabet without dashes; it never prints by accident."""

    characters: str

    def __repr__(self) -> str:
        return "AccessCode(…)"

    def __str__(self) -> str:
        """As the letter shows it: ``ABCD-EFGH-JKLM``."""
        text = self.characters
        return "-".join(text[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @classmethod
    def parse(cls, typed: str) -> Self:
        """Read what somebody typed: case, spaces and dashes do not count, look-alikes are mended.

        Raises:
            CodeMistyped: when it has a wrong length or characters that no code has.
        """
        read = "".join(LOOK_ALIKES.get(c, c) for c in _plain(typed))
        strange = "".join(dict.fromkeys(c for c in read if c not in ALPHABET))
        if strange or len(read) != LENGTH:
            raise CodeMistyped(len(read), strange)
        return cls(read)

    @classmethod
    def draw(cls, chance: Callable[[int], int] = secrets.randbelow) -> Self:
        """A new code; ``chance(n)`` gives a number below ``n``, each as likely as the others."""
        return cls("".join(ALPHABET[chance(len(ALPHABET))] for _ in range(LENGTH)))

    def digest(self) -> bytes:
        """32 bytes to look the code up by: without the keys they give nothing away."""
        return keyring_in_use().digest("code", self.characters)


def _plain(typed: str) -> str:
    """Upper case, no spaces, dashes or invisible marks, digits of every script as 0 to 9."""
    plain = []
    for character in unicodedata.normalize("NFKC", typed).upper():
        if character.isspace() or character in _DASHES:
            continue
        if unicodedata.category(character) in {"Pd", "Cf", "Cc"}:
            continue
        digit = unicodedata.decimal(character, None)
        plain.append(character if digit is None else str(digit))
    return "".join(plain)
