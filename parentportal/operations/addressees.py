"""All that a message to one carer is composed from, as it is kept beside the message."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

import phonenumbers

from messaging.address import AddressRefused, PostalAddress
from messaging.channels import Channel
from messaging.composition import Message, Recipient, compose
from messaging.locked import details_document, read_details
from messaging.message import Edition
from messaging.offers import AgeBand, AgeGroup, ChildOffer, Offer
from messaging.printable import tidy
from parentportal.models import PrintFormat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from messaging.council import Council
    from messaging.locked import Details
    from messaging.variants import Variant
    from parentportal.models import Carer

UNREACHABLE = "no-address"

_OF_DRAMA = "+447700900"
_TAKES_TEXTS = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """All that a message to one carer is composed from; it is kept sealed beside the message.

    Attributes:
        recipient: the carer as the copy may name them.
        email: where an email goes, or none.
        link: the page the message leads to.
        details: the meeting, survey, review or changes that the message is about, or none.
        phone: where a text goes, in E.164, or none.
    """

    recipient: Recipient
    email: str | None
    link: str | None
    details: Details | None
    phone: str | None = None

    def message(
        self, variant: Variant, council: Council, dated: date, *, beside: Variant | None = None
    ) -> Message:
        """The message in one version, and beside it in the language its letters carry as well.

        Raises:
            CompositionRefused: something is missing or cannot be printed.
        """
        return compose(
            variant,
            self.recipient,
            council,
            dated=dated,
            details=self.details,
            portal_link=self.link,
            beside=beside,
        )

    def as_wished(self, carer: Carer) -> Self:
        """The same in the language and the print that the carer asks for now."""
        recipient = replace(
            self.recipient, language=carer.written_language, edition=edition_of(carer)
        )
        return replace(self, recipient=recipient)

    def leading_to(self, link: str) -> Self:
        """The same with another page to lead to."""
        return replace(self, link=link)

    def document(self) -> dict[str, Any]:
        """The same in JSON's types; :meth:`read` reads it back as it was."""
        recipient = self.recipient
        return {
            "name": recipient.name,
            "language": recipient.language,
            "address": list(recipient.address.lines) if recipient.address else None,
            "children": [
                [
                    child.first_name,
                    child.age_band,
                    str(child.miles) if child.miles is not None else None,
                    list(child.also),
                    child.age_group,
                ]
                for child in recipient.children
            ],
            "recorded_by": list(recipient.recorded_by),
            "edition": str(recipient.edition),
            "email": self.email,
            "phone": self.phone,
            "link": self.link,
            "details": details_document(self.details) if self.details else None,
        }

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """What :meth:`document` wrote, in this release or an earlier one."""
        lines = document["address"]
        details = document.get("details") or document.get("invitation")  # as 0.1 named it
        return cls(
            Recipient(
                name=document["name"],
                language=document["language"],
                address=PostalAddress.parse(lines) if lines else None,
                children=tuple(_child(*child) for child in document["children"]),
                recorded_by=tuple(document["recorded_by"]),
                edition=Edition(document.get("edition", Edition.STANDARD)),
            ),
            document["email"],
            document["link"],
            read_details(details) if details else None,
            document.get("phone"),
        )


def edition_of(carer: Carer) -> Edition:
    """How letters to this carer are set; what is in Easy Read goes beside a letter."""
    wants_large = carer.print_format is PrintFormat.LARGE_PRINT
    return Edition.LARGE_PRINT if wants_large else Edition.STANDARD


def postal_address(
    carer: Carer, reader: str | None = None
) -> tuple[PostalAddress | None, str | None]:
    """Where a letter goes, to the carer or to whoever of their household reads it; or why not."""
    lines = list(carer.address_lines or ())
    if not lines:
        return None, UNREACHABLE
    name, own = tidy((reader or carer.name).strip()), tidy(carer.name.strip())
    if lines[0] == own:  # the name prints first, and is a line of the address
        lines[0] = name
    else:
        lines.insert(0, name)
    try:
        return PostalAddress.parse(lines), None
    except AddressRefused as refused:
        return None, refused.codes[0]


def reached_at(carer: Carer) -> Mapping[Channel, str]:
    """Where a carer is reached by each channel, in one line without the name."""
    address, _ = postal_address(carer)
    found = {
        Channel.LETTER: ", ".join(address.lines[1:]) if address else None,
        Channel.EMAIL: carer.email,
        Channel.SMS: mobile(carer.phone),
    }
    return {channel: where for channel, where in found.items() if where}


def mobile(phone: str | None) -> str | None:
    """A number that takes text messages, in E.164, or none.

    Those that Ofcom keeps for drama count: the intake takes them for a practice council alone.
    """
    if phone is None or phone.startswith(_OF_DRAMA):
        return phone
    try:
        number = phonenumbers.parse(phone, "GB")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(number) not in _TAKES_TEXTS:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _child(
    name: str,
    band: str | None,
    miles: str | None,
    also: tuple[str, ...] = (),
    group: str | None = None,
) -> ChildOffer:
    return ChildOffer(
        name,
        AgeBand(band) if band else None,
        Decimal(miles) if miles else None,
        tuple(Offer(offer) for offer in also),
        AgeGroup(group) if group else None,
    )
