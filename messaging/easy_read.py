"""Easy Read: one picture and one short sentence at a time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from messaging.campaigns import load_campaign
from messaging.composition import Recipient, sender_of, tone_values
from messaging.locked import SurveyDetails, Terms
from messaging.locked.offers import scheme_in_force, worked
from messaging.message import Sender
from messaging.offers import AgeBand, ChildOffer, Offer
from messaging.schemes.money import format_pounds
from messaging.wording import copy_of


@dataclass(frozen=True, slots=True)
class EasyRead:
    """What one family gets in Easy Read beside its letter.

    Attributes:
        title: the heading.
        lines: in order, the name of a picture of `layout/pictures` and one short sentence.
        sender: who writes.
        language: the language it is written in.
        dated: the date of the letter it goes with.
        link: the page that it leads to.
        bsl_link: a film in British Sign Language, or empty.
    """

    title: str
    lines: tuple[tuple[str, str], ...]
    sender: Sender
    language: str
    dated: date
    link: str
    bsl_link: str = ""


def build_easy_read(terms: Terms, recipient: Recipient) -> EasyRead:
    """The Easy Read sheet that goes with a message of these terms.

    What a line names is what the letter says. A line may stand once for each child, or only where
    it is needed.

    Args:
        terms: what the message's facts are made from, as `terms_of` makes them for this carer.
        recipient: the carer.

    Raises:
        LookupError: there is none for the campaign in that language.
        CompositionRefused: something is missing or cannot be printed.
    """
    words = copy_of(f"{terms.campaign}/easy-read", terms.language)
    people = tone_values(recipient, terms)
    return EasyRead(
        title=words["title"],
        lines=tuple(_lines(words["lines"], terms, people)),
        sender=sender_of(terms.council, terms.language),
        language=terms.language,
        dated=terms.dated,
        link=terms.link,
        bsl_link=terms.council.bsl_link or "",
    )


def _lines(
    listed: Iterable[Mapping[str, Any]], terms: Terms, people: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    needed = {
        "code": isinstance(terms.details, SurveyDetails) and bool(terms.details.code),
        "post_16": any(child.age_band is AgeBand.POST_16 for child in terms.children),
    }
    for line in listed:
        if "needs" in line and not needed[line["needs"]]:
            continue
        own = (
            [_of_child(child, terms) for child in terms.children] if "each_child" in line else [{}]
        )
        for values in own:
            yield line["picture"], terms.filled(line["text"], None, **people, **values)


def _of_child(child: ChildOffer, terms: Terms) -> dict[str, str]:
    """A child's name, and the amount where a message offers one."""
    if load_campaign(terms.campaign).offer is not Offer.PTB:
        return {"child": child.first_name}
    pounds = worked(child, scheme_in_force(terms)).pounds_a_year
    return {"child": child.first_name, "pounds": format_pounds(pounds)}
