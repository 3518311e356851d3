"""One version, one recipient, one council: the message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from messaging.address import PostalAddress
from messaging.blocks import Block, Heading, Paragraph, Signature
from messaging.campaigns import LockedBlock, load_campaign
from messaging.channels import Channel
from messaging.council import Council
from messaging.languages import isolated, listed
from messaging.locked import (
    Details,
    InvitationDetails,
    Terms,
    build_locked,
    check_link,
    details_beside,
    names_of,
    printed_date,
)
from messaging.markup import parse, parse_line
from messaging.merging import merge, merge_line
from messaging.message import Edition, Message, Sender
from messaging.offers import AgeBand, ChildOffer
from messaging.placeholders import FORBIDDEN, CompositionRefused, fill
from messaging.variants import Variant
from messaging.wording import locked_wording

__all__ = ["CompositionRefused", "InvitationDetails", "Message", "Recipient", "compose"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a message is for. It has no segment, score or answer, so no copy can print one.

    Attributes:
        name: the carer's, as it prints after the salutation.
        language: the carer's; the message is written in the version's own.
        address: for a letter.
        children: those the message is about, in the order they print.
        recorded_by: the officers who recorded the offers of these children; none: the contact.
        placeholders: more values that copy may ask for.
        edition: how their letters are set.
    """

    name: str
    language: str
    address: PostalAddress | None = None
    children: tuple[ChildOffer, ...] = ()
    recorded_by: tuple[str, ...] = ()
    placeholders: Mapping[str, str] = field(default_factory=dict)
    edition: Edition = Edition.STANDARD


def compose(
    variant: Variant,
    recipient: Recipient,
    council: Council,
    *,
    dated: date,
    details: Details | None = None,
    portal_link: str | None = None,
    beside: Variant | None = None,
) -> Message:
    """The message: the version's tone around the campaign's locked facts.

    Args:
        variant: the version, which names campaign, channel and language.
        recipient: who it is for.
        council: whose facts and names print.
        dated: the date of the message; the reply date is counted from it.
        details: the meeting, survey, review or changes that it is about.
        portal_link: the recipient's own page; the council's public pages otherwise.
        beside: the same version in the language that the letter carries as well.

    Raises:
        CompositionRefused: something is missing or cannot be printed; nothing is half made.
    """
    language = variant.language
    if variant.channel is Channel.LETTER and recipient.address is None:
        raise CompositionRefused("no-address")
    terms = terms_of(
        variant.campaign,
        language,
        recipient,
        council,
        dated=dated,
        details=details,
        portal_link=portal_link,
    )
    values, flags = tone_values(recipient, terms), _tone_flags(recipient)
    letter = terms.wording["letter"]
    is_text = variant.channel is Channel.SMS
    blocks = (_text if is_text else _blocks)(variant, terms, values, flags)
    return Message(
        campaign=variant.campaign,
        channel=variant.channel,
        language=language,
        dated=dated,
        dated_text=printed_date(dated, language),
        subject="" if is_text else merge_line(parse_line(variant.subject), values, flags, language),
        salutation=fill(letter["salutation"], values, language),
        address=recipient.address.lines if recipient.address and not is_text else (),
        sender=sender_of(council, language),
        blocks=blocks,
        link=terms.link,
        edition=recipient.edition,
        beside=compose(
            beside,
            recipient,
            council,
            dated=dated,
            details=details_beside(details),
            portal_link=portal_link,
        )
        if beside
        else None,
    )


def terms_of(
    campaign: str,
    language: str,
    recipient: Recipient,
    council: Council,
    *,
    dated: date,
    details: Details | None = None,
    portal_link: str | None = None,
) -> Terms:
    """What the facts of one message are made from; the arguments are those of `compose`.

    Raises:
        CompositionRefused: a link cannot be printed.
    """
    return Terms(
        campaign=campaign,
        language=language,
        council=council,
        children=recipient.children,
        dated=dated,
        link=check_link("portal_link", portal_link or council.portal_url),
        recorded_by=listed(recipient.recorded_by or (council.contact.name,), language),
        details=_checked(details),
    )


def _blocks(
    variant: Variant, terms: Terms, values: Mapping[str, str], flags: Mapping[str, bool]
) -> tuple[Block, ...]:
    """Tone, first facts, tone, actions, tone, the name; then all other facts together."""
    campaign = load_campaign(variant.campaign)
    letter, contact = terms.wording["letter"], terms.council.contact

    def tone(slot: str, text: str) -> tuple[Block, ...]:
        return merge(parse(text), slot, values, flags, variant.language)

    def facts(names: Iterable[LockedBlock]) -> tuple[Block, ...]:
        return tuple(block for name in names for block in build_locked(name, terms))

    first = facts(campaign.first)  # made first, for an offer's own refusals tell the most
    others = facts(campaign.others)
    heading = Heading("others", locked=True, text=letter["facts_heading"])
    return (
        *tone("opening", variant.opening),
        *tone("facts", variant.facts),
        *first,
        *tone("actions", variant.actions),
        *facts((LockedBlock.ACTIONS,)),
        *tone("closing", variant.closing),
        Signature(
            "signature",
            locked=True,
            lines=(
                letter["sign_off"],
                isolated(contact.name, variant.language),
                contact.role[variant.language],
            ),
        ),
        heading,
        *others,
    )


def _text(
    variant: Variant, terms: Terms, values: Mapping[str, str], flags: Mapping[str, bool]
) -> tuple[Block, ...]:
    """A text message: who writes, one sentence, and where the facts are and how to stop."""
    words = terms.wording["sms"]
    sentence = merge_line(parse_line(variant.sms), values, flags, variant.language)
    return (
        Paragraph("from", locked=True, text=terms.filled(words["from"])),
        Paragraph("sms", locked=False, text=sentence),
        Paragraph("facts", locked=True, text=terms.filled(words["facts"])),
    )


def tone_values(recipient: Recipient, terms: Terms) -> dict[str, str]:
    """What tone may name: people and the council, no term of an offer."""
    own = {name: value for name, value in recipient.placeholders.items() if name not in FORBIDDEN}
    return {
        **own,
        "name": recipient.name,
        "children": names_of(terms.children, terms.language),
        "council_name": terms.council.name,
        "contact_name": terms.council.contact.name,
    }


def _tone_flags(recipient: Recipient) -> dict[str, bool]:
    """What tone blocks may ask about a family: `((several_children??…))`."""
    bands = {child.age_band for child in recipient.children}
    return {
        "one_child": len(recipient.children) == 1,
        "several_children": len(recipient.children) > 1,
        "under_16": AgeBand.UNDER_16 in bands,
        "post_16": AgeBand.POST_16 in bands,
    }


TONE_PLACEHOLDERS = frozenset({"name", "children", "council_name", "contact_name"})
"""The values a tone block may name. Columns of a proofs file can be named beside them."""

TONE_FLAGS = frozenset(_tone_flags(Recipient("", "")))
"""The flags a tone block may ask."""


def _checked(details: Details | None) -> Details | None:
    if isinstance(details, InvitationDetails) and details.reply_link:
        check_link("reply_link", details.reply_link)
    return details


def sender_of(council: Council, language: str) -> Sender:
    """Who writes, in the words of that language."""
    contact, letter = council.contact, locked_wording(language)["letter"]
    return Sender(
        council=council.name,
        colour=str(council.colour),
        department=council.department[language],
        name=contact.name,
        role=contact.role[language],
        phone=contact.phone,
        email=contact.email,
        opening_hours=contact.opening_hours[language],
        website=council.website,
        reply_address=council.reply_address,
        labels={name: letter[name] for name in ("telephone", "email", "website", "page")},
    )
