"""Invented families and messages for the tests of this folder."""

from datetime import date, datetime
from decimal import Decimal

from messaging.address import PostalAddress
from messaging.channels import Channel
from messaging.composition import InvitationDetails, Recipient, compose
from messaging.council import Council, demonstration_council
from messaging.locked import Details
from messaging.message import Message
from messaging.offers import AgeBand, ChildOffer
from messaging.variants import VariantName, load_variant, version_beside

DATED = date(2026, 11, 23)
ADDRESS = PostalAddress.parse(("Ali Sample", "2 Invented Road", "Exampleton", "EX1 1ZZ"))
SAM = ChildOffer("Sam", AgeBand.UNDER_16, Decimal(5))
ROBIN = ChildOffer("Robin", AgeBand.POST_16, Decimal("7.25"))
MEETING = InvitationDetails(
    place="Invented Library, Exampleton",
    starts=datetime(2026, 12, 8, 10, 0),  # noqa: DTZ001 -- a wall clock in Exampleton
    minutes=90,
    access="Level entrance, hearing loop",
    reply_link="https://travel.exampleshire.example/r/AbCd",
)


def recipient(
    *children: ChildOffer, language: str = "en_GB", name: str = "Ali Sample"
) -> Recipient:
    return Recipient(name, language, ADDRESS, children or (SAM,))


def message(
    campaign: str = "ptb-offer",
    language: str = "en_GB",
    variant: VariantName = VariantName.NEUTRAL,
    *children: ChildOffer,
    council: Council | None = None,
    details: Details | None = None,
    channel: Channel = Channel.LETTER,
) -> Message:
    wording = load_variant(campaign, language, variant, channel)
    return compose(
        wording,
        recipient(*children, language=language),
        council or demonstration_council(),
        dated=DATED,
        details=details,
        beside=version_beside(wording),
    )
