"""The sheet for schools and partners: the facts of the letters, in the same words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from messaging.blocks import Block, Fact, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.composition import Recipient, sender_of, terms_of
from messaging.council import Council
from messaging.locked import Terms, build_locked
from messaging.locked.money import printed_scheme
from messaging.locked.offers import how_it_is_paid, scheme_in_force
from messaging.message import Sender
from messaging.offers import Offer
from messaging.wording import copy_of

_LETTERS = ("ptb-offer", "itt-offer", "mini-ptb-offer")
"""The letters whose facts stand on the sheet."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One sheet.

    Attributes:
        title: the heading.
        blocks: the text, in the order it prints.
        sender: who writes.
        language: the language it is written in.
        dated: the date of the facts.
        link: the page that it leads to.
    """

    title: str
    blocks: tuple[Block, ...]
    sender: Sender
    language: str
    dated: date
    link: str


def build_pack(
    council: Council, language: str, *, dated: date, portal_link: str | None = None
) -> Pack:
    """The sheet of all offers that the council has set, each with the facts of its letter.

    Raises:
        LookupError: it is not written in that language.
        CompositionRefused: a scheme is not in force, or something cannot be printed.
    """
    words = copy_of("pack", language)
    blocks: list[Block] = [
        Paragraph("opening", locked=False, text=words["opening"]),
        Paragraph("keep", locked=True, text=words["keep"]),
    ]
    anyone = Recipient(council.contact.name, language)
    for key in _LETTERS:
        terms = terms_of(key, language, anyone, council, dated=dated, portal_link=portal_link)
        if _is_set(terms.offer, council):
            blocks += _offer(terms, words)
    blocks += [
        *build_locked(LockedBlock.ANSWERS, terms),
        *build_locked(LockedBlock.HELP, terms),
        Paragraph("questions", locked=True, text=terms.filled(words["questions"])),
    ]
    return Pack(
        title=words["title"],
        blocks=tuple(blocks),
        sender=sender_of(council, language),
        language=language,
        dated=dated,
        link=terms.link,
    )


def _offer(terms: Terms, words: Mapping[str, Any]) -> Iterator[Block]:
    own, choice = words[terms.offer], terms.wording["choice"]
    part = LockedBlock.TERMS
    yield Heading(part, locked=True, text=own["name"])
    yield Paragraph(part, locked=True, text=terms.filled(own["intro"]))
    if terms.offer is Offer.PTB:
        scheme = printed_scheme(scheme_in_force(terms), terms.language)
        yield Paragraph(part, locked=True, text=f"{scheme} {how_it_is_paid(terms)}")
    yield from build_locked(LockedBlock.TERMS, terms)
    by_age = choice[terms.offer]
    part = LockedBlock.CHOICE
    yield Fact(part, locked=True, title=choice["title"], text=terms.filled(by_age["under-16"]))
    yield Fact(part, locked=True, title=words["from_16"], text=terms.filled(by_age["post-16"]))
    yield Fact(part, locked=True, title=choice["back_title"], text=terms.filled(by_age["back"]))


def _is_set(offer: Offer, council: Council) -> bool:
    own: Mapping[Offer, object] = {
        Offer.PTB: council.personal_transport_budget,
        Offer.ITT: council.independent_travel_training,
        Offer.MINI_PTB: council.mini_budget,
    }
    return own[offer] is not None
