"""What a family may choose, with the amount worked out, and on which terms."""

from messaging.blocks import Block, Fact, Grid, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.money import (
    printed_attendance,
    printed_calendar,
    printed_scheme,
    printed_sum,
)
from messaging.locked.open_offers import also_open
from messaging.locked.terms import Terms
from messaging.offers import ChildOffer
from messaging.placeholders import CompositionRefused
from messaging.schemes.journeys import Journey, ages_of
from messaging.schemes.kinds import Scheme
from messaging.schemes.money import format_pounds
from messaging.schemes.refusals import WorkingOutRefused
from messaging.schemes.sums import Payment
from messaging.schemes.timeline import scheme_on

MOST_CHILDREN = 6  # a row of the table each; more would not leave the facts on two sides


def offers(terms: Terms) -> tuple[Block, ...]:
    """The choices side by side, the travel a child has first, each child with its own amount.

    Raises:
        CompositionRefused: the rate is not in force, or something about a child is not known.
    """
    words, part = terms.wording["offers"], LockedBlock.OFFERS
    scheme = scheme_in_force(terms)
    if len(terms.children) > MOST_CHILDREN:
        raise CompositionRefused("too-many-children", most=str(MOST_CHILDREN))
    payments = [(child, worked(child, scheme)) for child in terms.children]
    if not payments:
        raise CompositionRefused("no-children")
    rows = tuple(
        (
            terms.fenced("child_first_name", child.first_name),
            words["keep_terms"],
            terms.filled(
                words["ptb_terms"],
                {"sum": printed_sum(payment, terms.language)},
                pounds=format_pounds(payment.pounds_a_year),
            ),
        )
        for child, payment in payments
    )
    said = {"scheme": printed_scheme(scheme, terms.language), "payments": how_it_is_paid(terms)}
    how = f"{terms.filled(words['how'], said)} {also_open(terms)}"
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["child"], words["keep"], words["ptb"]), rows=rows),
        Paragraph(part, locked=True, text=how),
    )


def scheme_in_force(terms: Terms) -> Scheme:
    """The scheme of the day of the message.

    Raises:
        CompositionRefused: there is none.
    """
    try:
        return scheme_on(terms.council.personal_transport_budget.schemes, terms.dated)
    except WorkingOutRefused as refused:
        raise CompositionRefused(refused.code, **refused.params) from refused


def worked(child: ChildOffer, scheme: Scheme) -> Payment:
    """The child's amount, once everything an offer needs is known (rules.md, 2 and 4).

    Raises:
        CompositionRefused: something is not known.
    """
    if not child.first_name.strip():
        raise CompositionRefused("child-name-missing")
    if child.age_band is None:
        raise CompositionRefused("age-band-missing")
    if child.miles is None:
        raise CompositionRefused("miles-missing")
    try:
        return scheme.work_out(Journey(child.miles, ages_of(child), child.higher))
    except WorkingOutRefused as refused:
        raise CompositionRefused(refused.code, **refused.params) from refused


def how_it_is_paid(terms: Terms) -> str:
    """The payment days, and what the council says of them beside."""
    ptb = terms.council.personal_transport_budget
    days = [printed_calendar(ptb.calendar, terms.dated, terms.language)] if ptb.calendar else []
    own_words = [ptb.payments[terms.language]] if ptb.payments else []
    return " ".join(days + own_words)


def _when_away(terms: Terms) -> str:
    """What absence does to the money, and what the council says of it beside."""
    ptb = terms.council.personal_transport_budget
    rule = [printed_attendance(ptb.attendance, terms.language)] if ptb.attendance else []
    own_words = [ptb.absence[terms.language]] if ptb.absence else []
    return " ".join(rule + own_words)


def budget(terms: Terms) -> tuple[Block, ...]:
    """What a Personal Transport Budget may be spent on, and what comes with it."""
    words, part = terms.wording["terms"], LockedBlock.TERMS
    ptb, language = terms.council.personal_transport_budget, terms.language
    reviewed = (ptb.tax, ptb.benefits, ptb.insurance, ptb.employing)
    return (
        Fact(part, locked=True, title=words["uses"], text=ptb.permitted_uses[language]),
        Fact(part, locked=True, title=words["evidence"], text=ptb.evidence[language]),
        Fact(part, locked=True, title=words["absence"], text=_when_away(terms)),
        Fact(
            part,
            locked=True,
            title=words["reviewed"],
            text=" ".join(text[language] for text in reviewed),
        ),
    )
