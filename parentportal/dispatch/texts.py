"""The words of a text message: what its blocks say, without a subject and a salutation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messaging.blocks import Fact, Paragraph

if TYPE_CHECKING:
    from messaging.message import Message


def text_of(message: Message) -> str:
    """The text as it is sent, one block a line; a telephone shows neither titles nor tables."""
    lines = []
    for block in message.blocks:
        match block:
            case Paragraph(text=text):
                lines.append(text)
            case Fact(title=title, text=text):
                lines.append(f"{title} {text}".strip())
    return "\n".join(lines)
