"""The facts that most messages carry: what can be done, help, privacy, other formats."""

from messaging.blocks import Block, Fact, Heading, Listing, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.terms import Terms


def actions(terms: Terms) -> tuple[Block, ...]:
    """What the reader can do next: the same list in every version."""
    words, part = terms.wording["actions"], LockedBlock.ACTIONS
    items = tuple(terms.filled(item) for item in words[terms.campaign]["items"])
    return (
        Heading(part, locked=True, text=words["heading"]),
        Listing(part, locked=True, items=items),
        Paragraph(part, locked=True, text=terms.filled(words["reply"])),
    )


def answers(terms: Terms) -> tuple[Block, ...]:
    """What answers are never used for."""
    words = terms.wording["answers"]
    return (Fact(LockedBlock.ANSWERS, locked=True, title=words["title"], text=words["text"]),)


def support(terms: Terms) -> tuple[Block, ...]:
    """That nothing is being decided, and who helps: free advice, the parents' forum, complaints."""
    words = terms.wording["help"]
    advice = terms.filled(words["advice"])
    return (Fact(LockedBlock.HELP, locked=True, title=words["decision"], text=advice),)


def privacy(terms: Terms) -> tuple[Block, ...]:
    """Why wording may differ, and what the reader may do about it."""
    words = terms.wording["privacy"]
    text = terms.filled(words["text"])
    return (Fact(LockedBlock.PRIVACY, locked=True, title=words["title"], text=text),)


def formats(terms: Terms) -> tuple[Block, ...]:
    """Other formats and languages."""
    title = terms.wording["formats"]["title"]
    text = terms.council.other_formats[terms.language]
    return (Fact(LockedBlock.FORMATS, locked=True, title=title, text=text),)
