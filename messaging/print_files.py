"""Letters in the order and the portions in which a print house gets them."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from messaging.message import Message

PART = 200
"""Letters in one print file, some 400 MB of memory: twenty thousand letters need no more."""

T = TypeVar("T")
SortingKey = tuple[bool, str, int, str, tuple[str, ...]]

_POSTCODE = re.compile(r"([A-Z]*)([0-9]*)(.*)")


def sorting_key(address: Sequence[str]) -> SortingKey:
    """By postcode as it is delivered (EX2 before EX10), addresses abroad after all others.

    Args:
        address: the lines of a `PostalAddress`, which the last of tells where it goes.
    """
    last, lines = address[-1], tuple(address)
    match = _POSTCODE.fullmatch(last)
    if match is None or not match[2]:
        return True, last, 0, "", lines
    return False, match[1], int(match[2]), match[3], lines


def print_order(messages: Iterable[Message]) -> list[Message]:
    """Letters sorted by postcode; the same address keeps its order."""
    return sorted(messages, key=lambda message: sorting_key(message.address))


def parts(sequence: Sequence[T]) -> list[Sequence[T]]:
    """The sequence in portions, one for each print file."""
    return [sequence[start : start + PART] for start in range(0, len(sequence), PART)]


def print_file_names(count: int) -> list[str]:
    """`letters.pdf`, or `letters-001.pdf` and so on where there are several."""
    if count <= 1:
        return ["letters.pdf"][:count]
    return [f"letters-{number:03}.pdf" for number in range(1, count + 1)]
