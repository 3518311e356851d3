"""Getting travel and keeping it: the steps to a first journey, the school, a review, an appeal."""

from messaging.blocks import Block, Fact, Grid, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.details import ReviewDetails
from messaging.locked.terms import Terms
from messaging.placeholders import CompositionRefused


def timeline(terms: Terms) -> tuple[Block, ...]:
    """The published steps from the application to the first journey, and what if one is late.

    Raises:
        CompositionRefused: `missing-value`, the council has set none.
    """
    words, part, language = terms.wording["timeline"], LockedBlock.TIMELINE, terms.language
    own = terms.council.timeline
    if own is None:
        raise CompositionRefused("missing-value", name="timeline")
    rows = tuple((step.what[language], _days(terms, step.working_days)) for step in own.steps)
    whole = _days(terms, sum(step.working_days for step in own.steps))
    text = f"{terms.filled(words['whole'], {'whole': whole})} {own.late[language]}"
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["step"], words["within"]), rows=rows),
        Paragraph(part, locked=True, text=text),
    )


def school(terms: Terms) -> tuple[Block, ...]:
    """How the choice of a school affects travel: what the council must, may and need not do.

    Raises:
        CompositionRefused: `missing-value`, the council has not set its words.
    """
    words, part, language = terms.wording["school"], LockedBlock.SCHOOL, terms.language
    own = terms.council.school_choice
    if own is None:
        raise CompositionRefused("missing-value", name="school_choice")
    rows = (
        (words["must"], own.must[language]),
        (words["may"], own.may[language]),
        (words["need_not"], own.need_not[language]),
        (words["with_parents"], own.with_parents[language]),
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=rows),
    )


def review(terms: Terms) -> tuple[Block, ...]:
    """What a review looks at, whom it hears, when, and that answers play no part in it.

    Raises:
        CompositionRefused: `missing-value`, the council has not set its words or there is no day.
    """
    words, part, language = terms.wording["travel-review"], LockedBlock.REVIEW, terms.language
    own = terms.council.travel_review
    if own is None:
        raise CompositionRefused("missing-value", name="travel_review")
    if not isinstance(terms.details, ReviewDetails):
        raise CompositionRefused("missing-value", name="starts_on")
    rows = (
        (words["who"], terms.filled(words["who_terms"])),
        (words["when"], terms.filled(words["when_terms"])),
        (words["looks_at"], own.looks_at[language]),
        (words["hears"], own.hears[language]),
        (words["meanwhile"], own.meanwhile[language]),
        (words["answers"], words["answers_terms"]),
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["topic"], words["details"]), rows=rows),
    )


def appeal(terms: Terms) -> tuple[Block, ...]:
    """The two stages of an appeal, in working days, then the Ombudsman."""
    words = terms.wording["appeal"]
    text = terms.filled(words["text"])
    return (Fact(LockedBlock.APPEAL, locked=True, title=words["title"], text=text),)


def _days(terms: Terms, number: int) -> str:
    words = terms.wording["timeline"]
    return terms.filled(
        words["days"], {"day_unit": terms.unit("working_day", number)}, number=str(number)
    )
