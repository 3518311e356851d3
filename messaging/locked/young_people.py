"""A letter to the young person: what is on offer, and that their own view counts."""

from messaging.blocks import Block, Fact, Grid, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.terms import Terms
from messaging.offers import AgeBand, Offer
from messaging.placeholders import CompositionRefused


def young_person(terms: Terms) -> tuple[Block, ...]:
    """What is offered, in the words of somebody of 16 or more, the travel they have first.

    Raises:
        CompositionRefused: they are under 16, or no offer is recorded for them.
    """
    words, part = terms.wording["young-person"], LockedBlock.YOUNG_PERSON
    if not terms.children:
        raise CompositionRefused("no-children")
    person = terms.children[0]
    if person.age_band is not AgeBand.POST_16:
        raise CompositionRefused("age-band-missing")
    offered = [offer for offer in (Offer.PTB, Offer.ITT) if offer in person.also]
    if not offered:
        raise CompositionRefused("missing-value", name="offer")
    rows = [(words["keep"], words["keep_terms"])]
    rows += [(words[offer]["name"], terms.filled(words[offer]["terms"])) for offer in offered]
    facts = (
        (words["choice_title"], words["choice"]),
        (words["view_title"], words["view"]),
        (words["stop_title"], words["stop"]),
        (words["answers_title"], words["answers"]),
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=tuple(rows)),
        *(Fact(part, locked=True, title=title, text=text) for title, text in facts),
        Paragraph(part, locked=True, text=terms.filled(words["recorded"])),
    )
