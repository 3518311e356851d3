"""The facts of a finished message: what every version of it states alike.

They are its locked blocks, its sender and its links, as bytes. `messaging.parity` compares them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from messaging.blocks import (
    Block,
    Fact,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Signature,
    block_document,
)
from messaging.lexicon import Hit, Kind, hits
from messaging.message import Message

# Four in the afternoon is 16 where a language counts the hours so.
_AFTERNOON = re.compile(r"\b(1[01]|[1-9])(?=([.:][0-5][0-9])? ?[Pp][Mm]\b)")
_AFTERNOON_FIRST = re.compile(r"\b((?:شام|سہ پہر|رات) )(1[01]|[1-9])\b")
_FENCES = re.compile("[\u2066-\u2069]")
_FIGURES = re.compile("[0-9]")
_SAME_EVERYWHERE = frozenset({Kind.AMOUNT, Kind.DATE, Kind.LINK, Kind.NUMBER})


def facts_of(message: Message) -> bytes:
    """The locked facts of a message, as canonical JSON in UTF-8."""
    facts = {
        "language": message.language,
        "dated": message.dated_text,
        "salutation": message.salutation,
        "address": message.address,
        "sender": asdict(message.sender),
        "link": message.link,
        "blocks": [block_document(block) for block in message.blocks if block.locked],
        "beside": facts_of(message.beside).decode() if message.beside else "",
    }
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


def locked_text(message: Message) -> str:
    """All that the locked blocks say, a line for each piece of text."""
    return "\n".join(text for block in message.blocks if block.locked for text in texts_of(block))


def texts_of(block: Block) -> Iterator[str]:
    """The texts of a block, in the order they print."""
    match block:
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Listing(items=items) | Signature(lines=items):
            yield from items
        case Fact(title=title, text=text):
            yield from (title, text)
        case Grid(head=head, rows=rows):
            yield from head
            for row in rows:
                yield from row


def figures_of(message: Message) -> list[dict[str, Any]]:
    """What has to be alike in every language: the order of the facts, and the figures in each.

    Block by block its kind, its part, how many pieces of text it has, and the sums, dates, numbers
    and links in them, each by its value: `£2,090` and `5` as they are, `1 Medi` and `1 September`
    as one date. Numbers in words are left out, for a language has words of its own for a fortnight.
    """
    return [
        {
            "kind": type(block).__name__,
            "part": block.part,
            "pieces": sum(1 for _ in texts_of(block)),
            "figures": sorted(_figures(block, message.language).items()),
        }
        for block in message.blocks
        if block.locked
    ]


def _figures(block: Block, language: str) -> Counter[str]:
    return Counter(
        f"{hit.kind}: {_value(hit)}"
        for text in texts_of(block)
        for hit in hits(_by_24_hours(_FENCES.sub("", text)), language)
        if hit.kind in _SAME_EVERYWHERE
        and (hit.kind is not Kind.NUMBER or _FIGURES.search(hit.matched))
    )


def _value(hit: Hit) -> str:
    """What is counted without its noun: languages do not agree where they put one."""
    return hit.concept.partition(" ")[0] if hit.kind is Kind.NUMBER else hit.concept


def _by_24_hours(text: str) -> str:
    later = _AFTERNOON.sub(lambda found: str(int(found[1]) + 12), text)
    return _AFTERNOON_FIRST.sub(lambda found: f"{found[1]}{int(found[2]) + 12}", later)
