"""How a text message is cut into parts.

3GPP TS 23.038 gives the alphabets and TS 23.040 the parts. A message of the GSM 7 bit default
alphabet has 160 septets, one of UCS-2 has 70 units of 16 bits; a longer one is sent in parts, each
of which gives six octets to a header, so that 153 septets or 67 units remain. A character of the
extension table takes two septets and one outside the Basic Multilingual Plane two units; neither
may be cut in two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The GSM 7 bit default alphabet (TS 23.038, 6.2.1), without the escape that leads to the other."""

EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""The extension table (TS 23.038, 6.2.1.1): each of these takes two septets."""

_BEYOND_THE_PLANE = 0xFFFF


class Alphabet(StrEnum):
    """What the characters of a text message are sent in."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


_ALONE: Final = {Alphabet.GSM_7: 160, Alphabet.UCS_2: 70}
_IN_PARTS: Final = {Alphabet.GSM_7: 153, Alphabet.UCS_2: 67}


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text as it goes out.

    Attributes:
        alphabet: what it is sent in.
        units: its length, in septets or in units of 16 bits.
        parts: the text of each part; together they are the text. None if the text is empty.
        outside: the characters that GSM 7 bit lacks, each once, in order: why it is UCS-2.
    """

    alphabet: Alphabet
    units: int
    parts: tuple[str, ...]
    outside: tuple[str, ...]


def cut(text: str) -> TextMessage:
    """The text in as few parts as hold it, in the narrower alphabet if that has every letter."""
    outside = tuple(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENSION))
    alphabet = Alphabet.UCS_2 if outside else Alphabet.GSM_7
    widths = [_width(character, alphabet) for character in text]
    units = sum(widths)
    room = _ALONE[alphabet] if units <= _ALONE[alphabet] else _IN_PARTS[alphabet]
    parts = _filled(zip(text, widths, strict=True), room) if text else []
    return TextMessage(alphabet, units, tuple(parts), outside)


def _width(character: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.GSM_7:
        return 2 if character in EXTENSION else 1
    return 2 if ord(character) > _BEYOND_THE_PLANE else 1


def _filled(characters: Iterable[tuple[str, int]], room: int) -> list[str]:
    """Parts, each as full as whole characters make it."""
    parts, part, used = list[str](), list[str](), 0
    for character, width in characters:
        if used + width > room:
            parts.append("".join(part))
            part, used = [], 0
        part.append(character)
        used += width
    return [*parts, "".join(part)]
