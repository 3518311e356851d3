"""The words of a message, as its row keeps them: at its draft, and when a carer's wish changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.message import Message
from messaging.variants import select_variant

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from messaging.council import Council
    from messaging.variants import Arm, Choice, Shelf
    from parentportal.models import Carer, OutgoingMessage
    from parentportal.operations.addressees import Addressee
    from parentportal.operations.wording import Wording
    from segmentation.segments import Segment

LONG_FORM = "long_form"
"""Under which name the row of a text message keeps, sealed, what the page behind its link says."""


def choose(
    campaign_key: str,
    channel: Channel,
    carer: Carer,
    segment: Segment | None,
    *,
    arm: Arm,
    shelf: Shelf,
) -> Choice:
    """The version a carer gets by a channel: their wishes first, then lot and answers."""
    return select_variant(
        load_campaign(campaign_key),
        channel,
        carer.written_language,
        segment,
        arm=arm,
        objected=carer.objected_at is not None,
        chosen=carer.chosen_voice,
        shelf=shelf,
    )


def written(
    addressee: Addressee, choice: Choice, council: Council, dated: date, wording: Wording
) -> Mapping[str, Any]:
    """What the row of a message keeps of its words, by column.

    A text message is one sentence. All the facts stand on the page behind its link: they are
    written now as well, so that what is approved is what can be read there.

    Raises:
        CompositionRefused: something is missing or cannot be printed.
    """
    variant = choice.variant
    message = addressee.message(variant, council, dated, beside=choice.beside)
    document = addressee.document()
    if variant.channel is Channel.SMS:
        letter = wording(variant.campaign, variant.language, variant.name, Channel.LETTER)
        document[LONG_FORM] = addressee.message(letter, council, dated).document()
    return {
        "language": variant.language,
        "variant": variant.name,
        "choice_reason": choice.reason,
        "template_version_id": wording.row_for(variant),
        "content": message.to_json(),
        "recipient": document,
    }


def long_form(row: OutgoingMessage) -> Message:
    """All that a message says, as it was approved: of a text, the letter form of its version."""
    stored = Message.from_json(row.content)
    if stored.channel is not Channel.SMS:
        return replace(stored, beside=None)
    return Message.read(row.recipient[LONG_FORM])
