"""The page behind the link of a message: its address says nothing, and only the family has it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from parentportal.access_codes import ALPHABET, LOOK_ALIKES
from parentportal.models import MessageLink
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

LENGTH: Final = 16
"""Of 28 letters and numbers: 77 bits, which nobody guesses; short enough for a text message."""

PURPOSE = "message-link"


def draw_token(chance: Callable[[int], int] = secrets.randbelow) -> str:
    """What stands in the address of one message's page, in letters that nobody mistakes."""
    return "".join(ALPHABET[chance(len(ALPHABET))] for _ in range(LENGTH)).lower()


def token_key(token: str) -> bytes:
    """What a page is looked up by; a link that was typed from paper is read as kindly as can be."""
    typed = "".join(LOOK_ALIKES.get(character, character) for character in token.upper())
    return keyring_in_use().digest(PURPOSE, typed)


def link_to(root: str, token: str) -> str:
    """The address of a message's page, below the address that parents reach the portal by."""
    return f"{root.rstrip('/')}/m/{token}"


def keep_link(message_id: UUID, token: str) -> MessageLink:
    """The row that leads from an address to its message."""
    return MessageLink(message_id=message_id, token_key=token_key(token))
