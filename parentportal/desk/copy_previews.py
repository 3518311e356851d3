"""A version in whole messages, for the families who show where it does not fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from markupsafe import Markup

from messaging.address import PostalAddress
from messaging.campaigns import LockedBlock, load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, compose
from messaging.letters import LetterPress, Stationery
from messaging.markup import MarkupRefused
from messaging.offers import AgeBand, ChildOffer, Offer
from messaging.parity import sample_date, sample_details
from messaging.press import NotPrintable
from parentportal.operations.judging import bare_messages
from parentportal.operations.wording import variant_of
from parentportal.side_by_side import shown_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from messaging.blocks import Block
    from messaging.council import Council
    from messaging.message import Message
    from parentportal.models import TemplateVersion

_YOUNGER = ChildOffer("Al", AgeBand.UNDER_16, Decimal(1))
_LONG_NAMES = (
    *("Maximiliana-Evangeline", "Bartholomew-Alexander", "Wilhelmina-Constance"),
    *("Christopherson-James", "Alexandrina-Victoria", "Fitzwilliam-Montgomery"),
)
_MANY = tuple(
    ChildOffer(name, AgeBand.POST_16 if number % 2 else AgeBand.UNDER_16, Decimal("12.75"))
    for number, name in enumerate(_LONG_NAMES)
)
_RIGHT_TO_LEFT = (ChildOffer("زینب", AgeBand.UNDER_16, Decimal(5)),)


@dataclass(frozen=True, slots=True)
class Family:
    """An invented family: what it shows, its carer's name and its children."""

    shows: str
    name: str
    children: tuple[ChildOffer, ...]


FAMILIES: tuple[Family, ...] = (
    Family(_("The shortest"), "Al Ng", (_YOUNGER,)),
    Family(
        _("The longest"), "Professor Maximiliana-Evangeline Featherstonehaugh-Cholmondeley", _MANY
    ),
    Family(_("A name written from right to left"), "فاطمہ نمونہ", _RIGHT_TO_LEFT),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """One message for one family.

    Attributes:
        shows: what the family is chosen for.
        channel: the way out.
        html: the message, or nothing where it cannot be made.
        text: a text message as it is sent.
        sides: the sides of a letter, or none for other ways.
        refused: why it cannot be made or printed, as a code; or empty.
    """

    shows: str
    channel: Channel
    html: Markup
    text: str
    sides: int | None
    refused: str


def previews(row: TemplateVersion, council: Council) -> Sequence[Preview]:
    """The version for each family and channel."""
    press = LetterPress(Stationery.of(council))
    return [
        _preview(row, council, family, channel, press)
        for family in FAMILIES
        for channel in (Channel.LETTER, Channel.SMS)
    ]


def facts_beside(key: str, language: str, council: Council) -> Mapping[str, Markup]:
    """The locked facts that follow each slot, for an invented family; none where none can be made.

    They are what nobody can change here, so that whoever writes sees what is said already.
    """
    try:
        letter, text = bare_messages(key, language, council)
    except CompositionRefused:
        return {}
    slot = "opening"
    by_slot: dict[str, list[Block]] = defaultdict(list)
    for block in letter.blocks:
        if block.locked:
            by_slot[slot].append(block)
        else:
            slot = block.part
    by_slot["sms"] = [block for block in text.blocks if block.locked]
    return {slot: shown_blocks(blocks, language) for slot, blocks in by_slot.items()}


def _preview(
    row: TemplateVersion, council: Council, family: Family, channel: Channel, press: LetterPress
) -> Preview:
    try:
        message = _message(row, council, family, channel)
    except (CompositionRefused, MarkupRefused) as refused:
        return Preview(family.shows, channel, Markup(), "", None, refused.code)
    # Escaped where it is made: messaging.shown.
    html = Markup(message.html())  # noqa: S704
    if channel is Channel.SMS:
        return Preview(family.shows, channel, html, message.plain_text(), None, "")
    try:
        sides = press.render(message).pages
    except NotPrintable as refused:
        return Preview(family.shows, channel, html, "", None, refused.code)
    return Preview(family.shows, channel, html, "", sides, "")


def _message(row: TemplateVersion, council: Council, family: Family, channel: Channel) -> Message:
    campaign = load_campaign(row.campaign.key)
    children = family.children
    if LockedBlock.YOUNG_PERSON in campaign.first:
        young = ChildOffer(children[0].first_name, AgeBand.POST_16, also=(Offer.PTB, Offer.ITT))
        children = (young,)
    dated = sample_date(council)
    return compose(
        variant_of(row, campaign.key, channel),
        Recipient(
            family.name,
            row.language,
            PostalAddress.parse((family.name[:38], "2 Invented Road", "Exampleton", "EX1 1ZZ")),
            children,
        ),
        council,
        dated=dated,
        details=sample_details(campaign, dated),
    )
