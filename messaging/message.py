"""A finished message: exactly the text that is approved, stored and sent."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from messaging import shown
from messaging.blocks import Block, block_document, read_block
from messaging.channels import Channel


class Edition(StrEnum):
    """How a letter is set: in 12 point, or large print in 18."""

    STANDARD = "standard"
    LARGE_PRINT = "large-print"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, as it prints beside the address.

    `colour` is that of headings, such as `#12436d`; `labels` holds the words before the values.
    """

    council: str
    colour: str
    department: str
    name: str
    role: str
    phone: str
    email: str
    opening_hours: str
    website: str
    reply_address: tuple[str, ...]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """What one family gets. It knows no segment, score, answer or version.

    Attributes:
        campaign: the campaign's key.
        channel: the way out.
        language: the language it is written in.
        dated: the date of the message.
        dated_text: the same, as it prints.
        subject: the title.
        salutation: the first line of the text.
        address: the lines in the envelope's window; empty where there is none.
        sender: who writes.
        blocks: the text, tone and locked, in the order it prints.
        link: the page that the message leads to.
        edition: how a letter is set.
        beside: the same message in the language that a letter carries as well, or none.
    """

    campaign: str
    channel: Channel
    language: str
    dated: date
    dated_text: str
    subject: str
    salutation: str
    address: tuple[str, ...]
    sender: Sender
    blocks: tuple[Block, ...]
    link: str = ""
    edition: Edition = Edition.STANDARD
    beside: "Message | None" = None

    def to_json(self) -> str:
        """The message as text that `from_json` reads back exactly; the same message, same text."""
        return json.dumps(self.document(), ensure_ascii=False, separators=(",", ":"))

    def document(self) -> dict[str, Any]:
        """The message in JSON's types."""
        sender = asdict(self.sender)
        return {
            "campaign": self.campaign,
            "channel": str(self.channel),
            "language": self.language,
            "dated": self.dated.isoformat(),
            "dated_text": self.dated_text,
            "subject": self.subject,
            "salutation": self.salutation,
            "address": list(self.address),
            "sender": {**sender, "reply_address": list(self.sender.reply_address)},
            "blocks": [block_document(block) for block in self.blocks],
            "link": self.link,
            "edition": str(self.edition),
            "beside": self.beside.document() if self.beside else None,
        }

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The message that `to_json` wrote.

        Raises:
            ValueError, KeyError, TypeError: the text is something else.
        """
        return cls.read(json.loads(text))

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """The message that `document` wrote, by this release or an earlier one.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        sender, beside = document["sender"], document.get("beside")
        return cls(
            campaign=document["campaign"],
            channel=Channel(document["channel"]),
            language=document["language"],
            dated=date.fromisoformat(document["dated"]),
            dated_text=document["dated_text"],
            subject=document["subject"],
            salutation=document["salutation"],
            address=tuple(document["address"]),
            sender=Sender(**{**sender, "reply_address": tuple(sender["reply_address"])}),
            blocks=tuple(read_block(block) for block in document["blocks"]),
            link=document.get("link", ""),
            edition=Edition(document.get("edition", Edition.STANDARD)),
            beside=cls.read(beside) if beside else None,
        )

    def plain_text(self) -> str:
        """The text for an email's plain part, a telephone or a search; for a text, all there is."""
        if self.channel is Channel.SMS:
            return shown.running_text(self.blocks)
        own = shown.plain_text(self.subject, self.salutation, self.blocks)
        return f"{own}\n\n{self.beside.plain_text()}" if self.beside else own

    def html(self) -> str:
        """The text as a safe piece of HTML, for a preview or an email; every value is escaped."""
        own = shown.html(self.subject, self.salutation, self.blocks, self.language)
        return f"{own}\n{self.beside.html()}" if self.beside else own
