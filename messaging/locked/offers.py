"""What a family may choose, with the amount worked out, and on which terms."""

from messaging.blocks import Block, Fact, Grid, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.open_offers import also_open
from messaging.locked.terms import Terms
from messaging.offers import ChildOffer
from messaging.placeholders import CompositionRefused
from messaging.schemes.journeys import Journey
from messaging.schemes.money import format_miles, format_pounds
from messaging.schemes.sums import Payment

MOST_CHILDREN = 6  # a row of the table each; more would not leave the facts on two sides


def offers(terms: Terms) -> tuple[Block, ...]:
    """The choices side by side, the travel a child has first, each child with its own amount.

    Raises:
        CompositionRefused: the rate is not in force, or something about a child is not known.
    """
    words, part = terms.wording["offers"], LockedBlock.OFFERS
    scheme = terms.council.personal_transport_budget.scheme
    if terms.dated < scheme.valid_from:
        raise CompositionRefused("rate-not-begun", begins=scheme.valid_from.isoformat())
    if terms.dated > scheme.valid_to:
        raise CompositionRefused("rate-has-ended", ended=scheme.valid_to.isoformat())
    if len(terms.children) > MOST_CHILDREN:
        raise CompositionRefused("too-many-children", most=str(MOST_CHILDREN))
    payments = [(child, _worked(child, terms)) for child in terms.children]
    if not payments:
        raise CompositionRefused("no-children")
    rows = tuple(
        (
            terms.fenced("child_first_name", child.first_name),
            words["keep_terms"],
            terms.filled(
                words["ptb_terms"],
                {"mile_unit": terms.unit("mile", payment.miles)},
                pounds=format_pounds(payment.pounds_a_year),
                miles=format_miles(payment.miles),
            ),
        )
        for child, payment in payments
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["child"], words["keep"], words["ptb"]), rows=rows),
        Paragraph(part, locked=True, text=f"{terms.filled(words['how'])} {also_open(terms)}"),
    )


def _worked(child: ChildOffer, terms: Terms) -> Payment:
    """The child's amount, once everything an offer needs is known (rules.md, 2 and 4)."""
    if not child.first_name.strip():
        raise CompositionRefused("child-name-missing")
    if child.age_band is None:
        raise CompositionRefused("age-band-missing")
    if child.miles is None:
        raise CompositionRefused("miles-missing")
    return terms.council.personal_transport_budget.scheme.work_out(Journey(child.miles))


def budget(terms: Terms) -> tuple[Block, ...]:
    """What a Personal Transport Budget may be spent on, and what comes with it."""
    words, part = terms.wording["terms"], LockedBlock.TERMS
    ptb, language = terms.council.personal_transport_budget, terms.language
    reviewed = (ptb.tax, ptb.benefits, ptb.insurance, ptb.employing)
    return (
        Fact(part, locked=True, title=words["uses"], text=ptb.permitted_uses[language]),
        Fact(part, locked=True, title=words["evidence"], text=ptb.evidence[language]),
        Fact(part, locked=True, title=words["absence"], text=ptb.absence[language]),
        Fact(
            part,
            locked=True,
            title=words["reviewed"],
            text=" ".join(text[language] for text in reviewed),
        ),
    )
