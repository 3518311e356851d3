"""Every text that can go into a message, found by what it is made of, and all that comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from uuid import UUID

import pypdfium2

from messaging.address import AddressReason, AddressRefused, PostalAddress
from messaging.campaigns import About, LockedBlock, load_campaign
from messaging.channels import Channel
from messaging.composition import CompositionRefused, Recipient, compose, terms_of
from messaging.council import Council, CouncilRefused, demonstration_council
from messaging.easy_read import build_easy_read
from messaging.markup import MarkupRefused
from messaging.offers import Offer
from messaging.placeholders import REFUSAL_WORDS
from messaging.scripts import build_script
from messaging.sms import cut
from messaging.variants import Variant, VariantName, load_variant, version_beside
from messaging.wording import written_languages
from parentportal.dispatch.mailbox import write_email
from parentportal.dispatch.notify import markdown_of
from tests.hostile import hidden_in, injected, is_run, page_of, plain, squeezed
from tests.messaging.families import (
    ADDRESS,
    CHANGES,
    DATED,
    MEETING,
    REVIEW,
    ROBIN,
    SAM,
    SURVEY,
    YOUNG,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from messaging.locked import Details
    from messaging.message import Message

Place = tuple[str | int, ...]
MARKER = "Qwzx"
"""A harmless word that no copy has."""
EXTRA = "extra"
SENT = datetime(2026, 11, 23, tzinfo=UTC)
KEY = UUID("b47c4000-0000-4000-8000-000000000001")
TOLD: Mapping[About | None, Details | None] = {
    About.MEETING: replace(MEETING, expenses="We pay your fare."),
    About.SURVEY: SURVEY,
    About.REVIEW: REVIEW,
    About.CHANGES: replace(CHANGES, beside=CHANGES.rows),
}
SAMPLE = Recipient(
    "Ali Sample",
    "en_GB",
    ADDRESS,
    (replace(SAM, also=(Offer.ITT,)), ROBIN),
    ("Pat Sample", "Kim Sample"),
    {EXTRA: "more"},
)
REFUSED = (CompositionRefused, AddressRefused, CouncilRefused, MarkupRefused)
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


def texts_in(value: Any, place: Place = ()) -> Iterator[Place]:
    """Where texts stand in a value of dataclasses, tables and lists."""
    if isinstance(value, PostalAddress):
        yield from ((*place, number) for number in range(len(value.lines)))
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name), (*place, field.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts_in(item, (*place, key))
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield from texts_in(item, (*place, number))
    elif type(value) is str:
        yield place


def with_text(value: Any, place: Place, text: Any) -> Any:
    """The value with another text in one place; an address is read anew, as every edge does."""
    if not place:
        return text
    first, *others = place
    rest = tuple(others)
    if isinstance(value, PostalAddress):
        lines = list(value.lines)
        lines[int(first)] = text
        return PostalAddress.parse(lines)
    if is_dataclass(value) and not isinstance(value, type):
        name = str(first)
        return replace(value, **{name: with_text(getattr(value, name), rest, text)})
    if isinstance(value, Mapping):
        return {**value, first: with_text(value[first], rest, text)}
    items = list(value)
    items[int(first)] = with_text(items[int(first)], rest, text)
    return type(value)(items)


def fields_with_text(value: Any) -> Iterator[tuple[Place, Any]]:
    """Each field whose type has text in it, with what stands there, wherever it is in a value."""
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        for field in fields(value):
            held = getattr(value, field.name)
            if _mentions_text(hints[field.name]):
                yield (type(value).__name__, field.name), held
            yield from fields_with_text(held)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from fields_with_text(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from fields_with_text(item)


def _mentions_text(kind: Any) -> bool:
    own = getattr(kind, "__supertype__", kind)
    return own is str or any(_mentions_text(part) for part in get_args(kind))


def with_extra(variant: Variant) -> Variant:
    """The version, asking for the one value that only some copy asks for."""
    if variant.channel is Channel.SMS:
        return replace(variant, sms=f"{variant.sms} (({EXTRA}))")
    return replace(variant, opening=f"{variant.opening} (({EXTRA}))")


@dataclass(frozen=True)
class Produced:
    """What comes of one recipient, by what it is: words, and HTML."""

    words: Mapping[str, str]
    html: Mapping[str, str]

    def with_marker(self) -> set[str]:
        return {name for name, text in self.words.items() if MARKER in text}


def produce(
    campaign: str,
    recipient: Recipient,
    language: str,
    details: Details | None,
    council: Council | None = None,
    variants: Mapping[Channel, Variant] | None = None,
) -> Produced:
    """Every message, sheet and script of a campaign for one recipient."""
    council = council or demonstration_council()
    words, html = dict[str, str](), dict[str, str]()
    if campaign == "young-person":
        recipient = replace(recipient, children=(replace(YOUNG, first_name="Robin"),))
    for channel in load_campaign(campaign).channels:
        variant = (variants or {}).get(channel) or with_extra(
            load_variant(campaign, language, VariantName.NEUTRAL, channel)
        )
        beside = version_beside(variant)
        made = compose(variant, recipient, council, dated=DATED, details=details, beside=beside)
        assert type(made).from_json(made.to_json()) == made
        words[channel] = made.plain_text()
        if channel is Channel.SMS:
            words["sms-parts"] = "".join(cut(made.plain_text()).parts)
            continue
        html[channel] = made.html()
        words[f"{channel}-html"] = page_of(html[channel]).text
        sender = made.sender
        words[f"{channel}-stationery"] = "\n".join(
            (
                *(*made.address, *sender.reply_address, sender.department, sender.role),
                *(sender.name, sender.council, sender.opening_hours, sender.website),
            )
        )
        if channel is Channel.EMAIL:
            words |= _email(made, html)
            words["notify"] = re.sub(r"\\(.)", r"\1", markdown_of(made).replace("\u2060", ""))
    terms = terms_of(campaign, language, recipient, council, dated=DATED, details=details)
    if language in written_languages(f"{campaign}/script"):
        script = build_script(terms, recipient, VariantName.SETTLER, caller=recipient.name)
        words["script"] = "\n".join(step.text for step in script.steps)
    if language in written_languages(f"{campaign}/easy-read"):
        sheet = build_easy_read(terms, recipient)
        words["easy-read"] = "\n".join((sheet.title, *(text for _, text in sheet.lines)))
    return Produced({name: plain(text) for name, text in words.items()}, html)


def mail_in(raw: bytes) -> Any:
    """An email as a program reads it, once it has one header of each kind and no other."""
    mail = BytesParser(policy=policy.SMTP).parsebytes(raw)
    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)
    assert len(mail["To"].addresses) == len(mail["From"].addresses) == 1
    return mail


def _email(made: Message, html: dict[str, str]) -> dict[str, str]:
    mail = mail_in(write_email(made, KEY, to="ali@family.example", domain="d.example", sent=SENT))
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    html["email-page"] = page
    return {
        "email-text": text,
        "email-page": page_of(page).text,
        "email-headers": f"{mail['Subject']} {mail['From'].addresses[0].display_name}",
    }


def check_clean(produced: Produced) -> None:
    """Nothing was worked out or read, nothing hides, no element is the attacker's."""
    for name, text in produced.words.items():
        assert is_run(text) == "", name
        assert hidden_in(text.replace("\r", "")) == set(), name
    for name, html in produced.html.items():
        assert injected(html) == set(), name
        assert is_run(html) == "", name


def says_why(refused: Exception) -> bool:
    """Whether a refusal has a code that the service knows, and words."""
    match refused:
        case CompositionRefused():
            return refused.code in REFUSAL_WORDS and bool(str(refused))
        case AddressRefused():
            return bool(refused.codes) and set(refused.codes) <= {str(one) for one in AddressReason}
        case CouncilRefused():
            return all(place and reason for place, reason in refused.problems)
        case MarkupRefused():
            return all(fault.code and fault.line for fault in refused.faults)
    return False


@cache
def printed_in(campaign: str, language: str) -> Mapping[Place, set[str]]:
    """Where a harmless word comes out again, for each place that takes one."""
    found = dict[Place, set[str]]()
    for place in texts_in((SAMPLE, told(campaign))):
        made, refused = attempt(produced_with, campaign, language, {place: f"{MARKER} Ltd"})
        if refused is None:
            found[place] = made.with_marker()
    return found


def produced_with(campaign: str, language: str, typed: Mapping[Place, str]) -> Produced:
    """What comes of the sample with other texts in some places of it."""
    whole: Any = (SAMPLE, told(campaign))
    for place, text in typed.items():
        whole = with_text(whole, place, text)
    return produce(campaign, whole[0], language, whole[1])


def attempt(make: Callable[..., Any], *args: Any, **named: Any) -> tuple[Any, Exception | None]:
    """What is made, or nothing and the refusal, which has to say why."""
    try:
        return make(*args, **named), None
    except REFUSED as odd:
        refused = odd
    assert says_why(refused), args
    return None, refused


def paper_words(pdf: bytes) -> str:
    """The letters on the paper, as a reader of the file finds them."""
    document = pypdfium2.PdfDocument(pdf)
    return squeezed("".join(page.get_textpage().get_text_range() for page in document))


def told(campaign: str) -> Details | None:
    own = load_campaign(campaign)
    return TOLD[About.MEETING] if LockedBlock.MEETING in own.carried else TOLD.get(own.about)
