"""The proof that every version of a campaign states the same facts, and tone states none.

Made for sample families that between them need every locked block, in every language and on every
channel: the versions are compared byte by byte, a letter with its email, a language with English by
its figures, and each tone block is read for what would commit the council without standing in the
locked facts of the same message.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from messaging.address import PostalAddress
from messaging.campaigns import About, Campaign, LockedBlock
from messaging.channels import Channel
from messaging.composition import Recipient, compose
from messaging.council import Council
from messaging.facts import facts_of, figures_of, locked_text
from messaging.languages import ENGLISH
from messaging.lexicon import Kind, unmatched
from messaging.locked import (
    Details,
    InvitationDetails,
    ReviewDetails,
    SurveyDetails,
    WhatChanged,
)
from messaging.markup import parse
from messaging.message import Message
from messaging.offers import AgeBand, AgeGroup, ChildOffer, Offer
from messaging.variants import (
    Shelf,
    Variant,
    VariantNotWrittenError,
    load_variant,
    version_beside,
    voices,
)

Place = tuple[str, str, str, str]
"""Words in a tone block: language, version, slot, words."""

Compose = Callable[..., Message]
"""As :func:`messaging.composition.compose`."""


class Comparison(StrEnum):
    """What was held against what."""

    VERSIONS = "versions"
    CHANNELS = "channels"
    LANGUAGES = "languages"


@dataclass(frozen=True, slots=True)
class FactsDifference:
    """A version whose facts are not those it is held against.

    Attributes:
        comparison: what was held against what.
        sample: the family the message was made for.
        language: the version's language.
        channel: its channel.
        variant: the version.
        expected: the first facts that it lacks or changes, as JSON.
        found: what it says there.
    """

    comparison: Comparison
    sample: str
    language: str
    channel: str
    variant: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class ToneBreach:
    """Something in a tone block that commits the council, and that no locked fact bears out."""

    language: str
    channel: str
    variant: str
    slot: str
    kind: Kind
    matched: str

    @property
    def place(self) -> Place:
        """What an approver gives a reason for: language, version, slot and words."""
        return self.language, self.variant, self.slot, self.matched


@dataclass(frozen=True, slots=True)
class ParityReport:
    """What the comparison of a whole campaign found.

    Attributes:
        campaign: the campaign's key.
        compared: the messages compared: (language, channel, version), each for every sample.
        samples: the sample families.
        digests: (language, channel, sample) and the SHA-256 of the facts of the neutral version.
        differences: versions whose facts differ.
        breaches: what tone blocks say that the facts do not.
    """

    campaign: str
    compared: tuple[tuple[str, str, str], ...]
    samples: tuple[str, ...]
    digests: tuple[tuple[str, str], ...]
    differences: tuple[FactsDifference, ...]
    breaches: tuple[ToneBreach, ...]

    @property
    def holds(self) -> bool:
        """Whether every version states the same facts and no tone block states another."""
        return not self.differences and not self.breaches


def parity(
    campaign: Campaign,
    council: Council,
    *,
    languages: Collection[str] | None = None,
    shelf: Shelf = load_variant,
    reasons: Collection[Place] = (),
    make: Compose = compose,
) -> ParityReport:
    """Compose a campaign whole for sample families and compare what it states.

    Args:
        campaign: what is compared.
        council: whose settings fill the facts.
        languages: those to compare; English, which the others are held against, is always there.
        shelf: where the words are found.
        reasons: what an approver lets stand in tone without a match: their places.
        make: how messages are made.
    """
    wanted = campaign.languages if languages is None else (ENGLISH, *languages)
    dated = sample_date(council)
    made = dict(_versions(campaign, tuple(dict.fromkeys(wanted)), shelf))
    digests: list[tuple[str, str]] = []
    differences: list[FactsDifference] = []
    breaches: dict[ToneBreach, None] = {}
    samples = sample_recipients(campaign)
    for sample, children in samples:
        finished = {
            key: make(
                variant,
                Recipient("Ali Sample", variant.language, SAMPLE_ADDRESS, children),
                council,
                dated=dated,
                details=sample_details(campaign, dated),
                beside=version_beside(variant, shelf),
            )
            for key, variant in made.items()
        }
        differences += _differences(sample, finished)
        digests += [
            (f"{language} {channel} {sample}", hashlib.sha256(facts_of(message)).hexdigest())
            for (language, channel, name), message in finished.items()
            if name == "neutral"
        ]
        for key, variant in made.items():
            breaches |= dict.fromkeys(_breaches(key, variant, finished, reasons))
    return ParityReport(
        campaign=campaign.key,
        compared=tuple(made),
        samples=tuple(sample for sample, _ in samples),
        digests=tuple(digests),
        differences=tuple(differences),
        breaches=tuple(breaches),
    )


_Key = tuple[str, str, str]
SAMPLE_ADDRESS = PostalAddress.parse(("Ali Sample", "2 Invented Road", "Exampleton", "EX1 1ZZ"))


def sample_date(council: Council) -> date:
    """A day on which the council's scheme is in force."""
    return council.personal_transport_budget.scheme.valid_from + timedelta(days=1)


def sample_recipients(campaign: Campaign) -> tuple[tuple[str, tuple[ChildOffer, ...]], ...]:
    """Invented families that between them need every locked block: one child, 16 and over, both.

    A letter to a young person goes to one of 16 or more, with both offers recorded.
    """
    younger = ChildOffer("Sam", AgeBand.UNDER_16, Decimal(5))
    older = ChildOffer("Robin", AgeBand.POST_16, Decimal("7.25"), age_group=AgeGroup.FROM_16)
    if LockedBlock.YOUNG_PERSON in campaign.first:
        return (("post-16", (replace(older, also=(Offer.PTB, Offer.ITT)),)),)
    return (("under-16", (younger,)), ("post-16", (older,)), ("both", (younger, older)))


def sample_details(campaign: Campaign, dated: date) -> Details | None:
    """Invented details of what a campaign is about, or none where it needs none."""
    later = dated + timedelta(weeks=6)
    by_kind: Mapping[About, Details | None] = {
        About.NOTHING: None,
        About.MEETING: InvitationDetails(
            place="Invented Library, Exampleton",
            starts=datetime.combine(later, time(10, 0)),
            minutes=90,
            access="Level entrance, hearing loop",
        ),
        About.SURVEY: SurveyDetails(code="ABCD-EFGH-JKLM", closes=later),
        About.REVIEW: ReviewDetails(dated + timedelta(weeks=2), later, "Morgan Sample"),
        About.CHANGES: WhatChanged(
            dated - timedelta(weeks=8),
            (("Sample point one", "Sample change one"),),
            beside=(("Sample point one", "Sample change one"),),
        ),
    }
    return by_kind[campaign.about]


def _versions(
    campaign: Campaign, languages: Sequence[str], shelf: Shelf
) -> Iterator[tuple[_Key, Variant]]:
    for language in languages:
        for channel in campaign.channels:
            for name in voices(campaign):
                try:
                    variant = shelf(campaign.key, language, name, channel)
                except VariantNotWrittenError:
                    continue
                yield (language, str(channel), str(name)), variant


def _differences(sample: str, finished: Mapping[_Key, Message]) -> Iterator[FactsDifference]:
    """Each version against the neutral one, an email against its letter, a language and English."""
    for key, message in finished.items():
        language, channel, name = key
        neutral = finished.get((language, channel, "neutral"))
        if neutral is not None and facts_of(message) != facts_of(neutral):
            shown = _first_difference(_facts(neutral), _facts(message))
            yield FactsDifference(Comparison.VERSIONS, sample, *key, *shown)
        letter = finished.get((language, str(Channel.LETTER), name))
        if channel == Channel.EMAIL and letter and _unaddressed(letter) != _unaddressed(message):
            shown = _first_difference(_unaddressed(letter), _unaddressed(message))
            yield FactsDifference(Comparison.CHANNELS, sample, *key, *shown)
        english = finished.get((ENGLISH, channel, name))
        if english is not None and figures_of(english) != figures_of(message):
            shown = _first_difference(figures_of(english), figures_of(message))
            yield FactsDifference(Comparison.LANGUAGES, sample, *key, *shown)


def _facts(message: Message) -> list[object]:
    facts = json.loads(facts_of(message))
    return [*facts.pop("blocks"), facts]


def _unaddressed(message: Message) -> list[object]:
    """The facts but for what a letter alone has: its address, and its other language."""
    *blocks, rest = _facts(message)
    assert isinstance(rest, dict)  # noqa: S101 -- as `_facts` puts it there
    return [*blocks, {name: rest[name] for name in rest if name not in {"address", "beside"}}]


def _first_difference(expected: Sequence[object], found: Sequence[object]) -> tuple[str, str]:
    """The first piece that is not alike on both sides, or all where one side has more."""
    pairs = zip(expected, found, strict=False)
    one, other = next(((a, b) for a, b in pairs if a != b), (expected, found))
    return json.dumps(one, ensure_ascii=False), json.dumps(other, ensure_ascii=False)


def _breaches(
    key: _Key,
    variant: Variant,
    finished: Mapping[_Key, Message],
    reasons: Collection[Place],
) -> Iterator[ToneBreach]:
    """What tone says and facts do not; a text message has its facts on the page it leads to."""
    language, _, name = key
    said = [finished[key], *filter(None, [finished.get((language, str(Channel.LETTER), name))])]
    locked = "\n".join(locked_text(message) for message in said)
    for slot, text in variant.tone():
        for hit in unmatched(parse(text).words(), locked, language):
            breach = ToneBreach(*key, slot, hit.kind, hit.matched)
            if breach.place not in reasons:
                yield breach
