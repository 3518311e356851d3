"""The facts that most messages carry: what can be done, help, privacy, other formats."""

from messaging.blocks import Block, Fact, Heading, Listing, Paragraph
from messaging.campaigns import LockedBlock, Purpose, load_campaign
from messaging.locked.terms import Terms

_WITH_FILM = {Purpose.SURVEY, Purpose.OFFER, Purpose.YOUNG_PERSON}


def actions(terms: Terms) -> tuple[Block, ...]:
    """What the reader can do next: the same list in every version."""
    words, part = terms.wording["actions"], LockedBlock.ACTIONS
    own = words[terms.campaign]
    items = tuple(terms.filled(item).strip() for item in own["items"])
    return (
        Heading(part, locked=True, text=words["heading"]),
        Listing(part, locked=True, items=items),
        Paragraph(part, locked=True, text=terms.filled(own.get("reply", words["reply"]))),
    )


def answers(terms: Terms) -> tuple[Block, ...]:
    """What answers are never used for."""
    words = terms.wording["answers"]
    return (Fact(LockedBlock.ANSWERS, locked=True, title=words["title"], text=words["text"]),)


def support(terms: Terms) -> tuple[Block, ...]:
    """Who helps: free advice, the parents' forum, complaints.

    Above it stands that nothing is being decided, but for a message that tells of appeals.
    """
    words = terms.wording["help"]
    decided = LockedBlock.APPEAL in load_campaign(terms.campaign).carried
    title = words["title" if decided else "decision"]
    return (Fact(LockedBlock.HELP, locked=True, title=title, text=terms.filled(words["advice"])),)


def privacy(terms: Terms) -> tuple[Block, ...]:
    """Why wording may differ, and what the reader may do about it."""
    words = terms.wording["privacy"]
    text = terms.filled(words["text"])
    return (Fact(LockedBlock.PRIVACY, locked=True, title=words["title"], text=text),)


def formats(terms: Terms) -> tuple[Block, ...]:
    """Other formats and languages; for questions and offers also the film in sign language."""
    words, part = terms.wording["formats"], LockedBlock.FORMATS
    text = terms.council.other_formats[terms.language]
    if terms.council.bsl_link and load_campaign(terms.campaign).purpose in _WITH_FILM:
        text = f"{text} {terms.filled(words['film'])}"
    return (Fact(part, locked=True, title=words["title"], text=text),)
