"""Parcels to send: invented messages to invented people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from messaging.blocks import Fact, Heading, Listing, Paragraph
from messaging.channels import Channel
from messaging.message import Message, Sender
from parentportal.dispatch.ways import Gone, Parcel

APPROVED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
BATCH = UUID("b47c4000-0000-4000-8000-000000000001")
TO = {
    Channel.LETTER: "",
    Channel.EMAIL: "robin@family.example",
    Channel.SMS: "+447700900123",
}
LABELS = {
    "telephone": "Telephone",
    "email": "Email",
    "website": "Website",
    "page": "Page ((page)) of ((pages))",
}
SENDER = Sender(
    council="Sample County Council",
    colour="#12436d",
    department="Travel to School",
    name="Pat Sample",
    role="Travel officer",
    phone="01632 960123",
    email="travel@council.example",
    opening_hours="Monday to Friday, 9am to 5pm",
    website="https://council.example/travel",
    reply_address=("Travel to School", "County Hall", "EX1 1AA"),
    labels=LABELS,
)
BLOCKS = (
    Paragraph("opening", locked=False, text="We are writing about travel to school."),
    Heading("choose", locked=True, text="You choose"),
    Listing("choose", locked=True, items=("Keep the travel you have", "Talk to us first")),
    Fact("others", locked=True, title="Questions?", text="Call 01632 960123."),
)

TEXT = (
    Paragraph("from", locked=True, text="Sample County Council:"),
    Paragraph("sms", locked=False, text="You can choose how your child travels to school."),
    Paragraph("facts", locked=True, text="Read more: https://council.example/t To stop: /stop"),
)


def a_message(channel=Channel.LETTER, *, postcode="EX1 1AB", language="en_GB", **fields):
    values = {
        "campaign": "ptb-offer",
        "channel": channel,
        "language": language,
        "dated": date(2026, 11, 2),
        "dated_text": "2 November 2026",
        "subject": "Travel to school",
        "salutation": "Dear Robin Rumblestone",
        "address": ("Robin Rumblestone", "1 Lantern Row", "Little Sample", postcode),
        "sender": SENDER,
        "blocks": BLOCKS,
    }
    if channel is Channel.SMS:
        values |= {"subject": "", "address": (), "blocks": TEXT}
    return Message(**{**values, **fields})


def a_parcel(channel=Channel.LETTER, *, to=None, reference=None, **fields):
    return Parcel(
        reference=reference or uuid4(),
        batch_id=BATCH,
        message=a_message(channel, **fields),
        to=TO[channel] if to is None else to,
        approved_at=APPROVED,
    )


def long_text(paragraphs):
    """Blocks that fill as many pages as they must."""
    words = "This paragraph only takes up room on the page of this letter. " * 8
    return (Paragraph("opening", locked=False, text=words),) * paragraphs


def gone(way, parcels):
    """What a database would say once these have gone, and how it gives their texts."""
    sent = [Gone(one.reference, one.channel, way.send(one).evidence) for one in parcels]
    by_key = {one.reference: one.message for one in parcels}
    return sent, lambda keys: {key: by_key[key] for key in keys}
