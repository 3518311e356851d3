"""The proof that every version of a message states the same facts.

The facts of a finished message are its locked blocks, its sender and its links, as bytes. For the
same family they must be the same bytes in all four versions; and a tone block may hold no sum,
date, number or link at all, for those belong to the facts.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal

from messaging.address import PostalAddress
from messaging.blocks import block_document
from messaging.campaigns import Campaign
from messaging.composition import Recipient, compose
from messaging.council import Council
from messaging.message import Message
from messaging.offers import AgeBand, ChildOffer
from messaging.variants import Variant, load_variant, voices

_TERM_IN_TONE = re.compile(r"[0-9£€$%@]|https?:|www\.")

Voices = Callable[[Campaign, str], Sequence[Variant]]


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


@dataclass(frozen=True, slots=True)
class FactsDifference:
    """A version whose facts are not those of the neutral one.

    Attributes:
        sample: the family the message was made for.
        variant: the version.
        neutral: the first facts of the neutral version that it lacks or changes, as JSON.
        found: what it says there.
    """

    sample: str
    variant: str
    neutral: str
    found: str


@dataclass(frozen=True, slots=True)
class ToneBreach:
    """A sum, number, date sign or link that stands in a tone block."""

    variant: str
    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class ParityReport:
    """What the comparison of all versions of a campaign in one language found.

    Attributes:
        campaign: the campaign's key.
        language: the language compared.
        variants: the versions compared.
        digests: for each sample family, the SHA-256 of the facts of its neutral version.
        differences: versions whose facts differ.
        breaches: terms in tone blocks.
    """

    campaign: str
    language: str
    variants: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    differences: tuple[FactsDifference, ...]
    breaches: tuple[ToneBreach, ...]

    @property
    def holds(self) -> bool:
        """Whether every version states the same facts and no tone block states a term."""
        return not self.differences and not self.breaches


def shipped_voices(campaign: Campaign, language: str) -> Sequence[Variant]:
    """The four versions as shipped, neutral first."""
    return tuple(load_variant(campaign.key, language, name) for name in voices(campaign))


def parity(
    campaign: Campaign,
    council: Council,
    language: str,
    *,
    wording: Voices = shipped_voices,
) -> ParityReport:
    """Compose all versions for sample families and compare their facts byte by byte.

    Args:
        campaign: what is compared.
        council: whose settings fill the facts.
        language: the language to compare in.
        wording: the versions, the neutral one first.
    """
    variants = wording(campaign, language)
    dated = council.personal_transport_budget.scheme.valid_from + timedelta(days=1)
    digests, differences = [], []
    for sample, recipient in sample_recipients(language):
        neutral, *others = (
            facts_of(compose(variant, recipient, council, dated=dated)) for variant in variants
        )
        digests.append((sample, hashlib.sha256(neutral).hexdigest()))
        differences += [
            FactsDifference(sample, str(variant.name), *_first_difference(neutral, facts))
            for variant, facts in zip(variants[1:], others, strict=True)
            if facts != neutral
        ]
    return ParityReport(
        campaign=campaign.key,
        language=language,
        variants=tuple(str(variant.name) for variant in variants),
        digests=tuple(digests),
        differences=tuple(differences),
        breaches=tuple(
            ToneBreach(str(variant.name), slot, text)
            for variant in variants
            for slot, text in variant.tone()
            if _TERM_IN_TONE.search(text)
        ),
    )


def sample_recipients(language: str) -> tuple[tuple[str, Recipient], ...]:
    """Invented families that between them need every locked block: one child, 16 and over, both."""
    address = PostalAddress.parse(("Ali Sample", "2 Invented Road", "Exampleton", "EX1 1ZZ"))
    younger = ChildOffer("Sam", AgeBand.UNDER_16, Decimal(5))
    older = ChildOffer("Robin", AgeBand.POST_16, Decimal("7.25"))
    families = {"under-16": (younger,), "post-16": (older,), "both": (younger, older)}
    return tuple(
        (name, Recipient("Ali Sample", language, address, children))
        for name, children in families.items()
    )


def _first_difference(neutral: bytes, found: bytes) -> tuple[str, str]:
    """The first block, or other fact, that is not alike on both sides."""
    one, other = json.loads(neutral), json.loads(found)
    ours, theirs = one.pop("blocks"), other.pop("blocks")
    pairs = [(one, other), *zip(ours, theirs, strict=False)]
    left, right = next(((a, b) for a, b in pairs if a != b), (ours, theirs))
    return json.dumps(left, ensure_ascii=False), json.dumps(right, ensure_ascii=False)
