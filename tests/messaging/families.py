"""Invented families and messages for the tests of this folder."""

from datetime import date, datetime
from decimal import Decimal

from messaging.address import PostalAddress
from messaging.campaigns import CAMPAIGN_KEYS, About, load_campaign
from messaging.channels import Channel
from messaging.composition import InvitationDetails, Recipient, compose
from messaging.council import Council, demonstration_council
from messaging.locked import Details, ReviewDetails, SurveyDetails, WhatChanged
from messaging.message import Message
from messaging.offers import AgeBand, ChildOffer, Offer
from messaging.variants import VariantName, load_variant, version_beside, voices

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
COPIES = [(key, language) for key in CAMPAIGN_KEYS for language in load_campaign(key).languages]
"""Every copy that is written: the campaign and the language."""
VERSIONS = [(*copy, name) for copy in COPIES for name in voices(load_campaign(copy[0]))]
"""Every version that is written: the campaign, the language and its name."""
YOUNG = ChildOffer("Robin", AgeBand.POST_16, Decimal("7.25"), also=(Offer.PTB, Offer.ITT))
SURVEY = SurveyDetails("K7PD-4TXM-9RWC", date(2027, 1, 15))
REVIEW = ReviewDetails(date(2027, 1, 11), date(2027, 2, 12), "Pat Sample")
CHANGES = WhatChanged(
    date(2026, 10, 6),
    (
        ("Letters about travel were hard to read.", "Every letter is now shorter and plainer."),
        ("Drivers should not change so often.", "Not yet: the present contracts end in July."),
    ),
)
CHANGES_IN_WELSH = WhatChanged(
    CHANGES.met_on,
    (
        ("Roedd llythyrau am deithio'n anodd eu darllen.", "Mae pob llythyr yn fyrrach bellach."),
        ("Ni ddylai gyrwyr newid mor aml.", "Ddim eto: daw'r contractau i ben ym mis Gorffennaf."),
    ),
    beside=CHANGES.rows,
)
_TOLD = {
    About.MEETING: MEETING,
    About.SURVEY: SURVEY,
    About.REVIEW: REVIEW,
    About.CHANGES: CHANGES,
}


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
    portal_link: str | None = None,
) -> Message:
    """A finished message, told what its campaign is about; a meeting is told of only if given."""
    wording = load_variant(campaign, language, variant, channel)
    usual = (YOUNG,) if campaign == "young-person" else (SAM,)
    about = load_campaign(campaign).about
    told = CHANGES_IN_WELSH if (about, language) == (About.CHANGES, "cy") else _TOLD.get(about)
    return compose(
        wording,
        recipient(*(children or usual), language=language),
        council or demonstration_council(),
        dated=DATED,
        details=details or told,
        portal_link=portal_link,
        beside=version_beside(wording),
    )
