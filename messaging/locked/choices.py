"""Training and the one-off payment: what a family may choose, and on which terms."""

from collections.abc import Callable

from messaging.blocks import Block, Fact, Grid, Heading, Paragraph
from messaging.campaigns import LockedBlock
from messaging.locked.offers import MOST_CHILDREN
from messaging.locked.open_offers import also_open
from messaging.locked.terms import Terms, names_of
from messaging.offers import AgeBand, Offer
from messaging.placeholders import CompositionRefused
from messaging.services import IndependentTravelTraining, MiniBudget


def offers(terms: Terms) -> tuple[Block, ...]:
    """The travel a child has and what is offered beside it, a row for each child.

    Raises:
        CompositionRefused: the council has not set the offer, or something about a child is not
            known.
    """
    words, part, offer = terms.wording["offers"], LockedBlock.OFFERS, terms.offer
    _check_set(offer, terms)
    _check_children(terms)
    own = words[offer]
    rows = tuple(
        (
            terms.fenced("child_first_name", child.first_name),
            words["keep_terms"],
            terms.filled(own["terms"]),
        )
        for child in terms.children
    )
    return (
        Heading(part, locked=True, text=words["heading"]),
        Grid(part, locked=True, head=(words["child"], words["keep"], own["name"]), rows=rows),
        Paragraph(part, locked=True, text=f"{terms.filled(own['how'])} {also_open(terms)}"),
    )


def choice(terms: Terms) -> tuple[Block, ...]:
    """One block for each age band in the family, because the law differs at 16."""
    words, part = terms.wording["choice"], LockedBlock.CHOICE
    own = words[terms.offer]
    bands = [band for band in AgeBand if any(child.age_band is band for child in terms.children)]
    facts = []
    for band in bands:
        of_band = tuple(child for child in terms.children if child.age_band is band)
        names = names_of(of_band, terms.language)
        title = (
            words["title"] if len(bands) == 1 else terms.filled(words["title_for"], children=names)
        )
        facts.append(Fact(part, locked=True, title=title, text=terms.filled(own[band])))
    back = Fact(part, locked=True, title=words["back_title"], text=terms.filled(own["back"]))
    return (*facts, back)


def training(terms: Terms) -> tuple[Block, ...]:
    """How Independent Travel Training goes, and what holds while it lasts."""
    own, language = training_of(terms), terms.language
    return _facts(
        terms,
        ("trainers", own.trainers[language]),
        ("steps", own.steps[language]),
        ("weeks", terms.filled(terms.wording["terms"]["weeks_terms"])),
        ("meanwhile", own.meanwhile[language]),
        ("insurance", own.insurance[language]),
    )


def one_off(terms: Terms) -> tuple[Block, ...]:
    """What a one-off travel payment may be spent on, how it is asked for and how fast it comes."""
    own, language = mini_of(terms), terms.language
    return _facts(
        terms,
        ("uses", own.permitted_uses[language]),
        ("evidence", own.evidence[language]),
        ("once", terms.filled(terms.wording["terms"]["once_terms"])),
        ("tax", own.reviewed[language]),
    )


def training_of(terms: Terms) -> IndependentTravelTraining:
    """The council's training.

    Raises:
        CompositionRefused: `missing-value`, it has set none.
    """
    own = terms.council.independent_travel_training
    if own is None:
        raise CompositionRefused("missing-value", name="independent_travel_training")
    return own


def mini_of(terms: Terms) -> MiniBudget:
    """The council's one-off payment.

    Raises:
        CompositionRefused: `missing-value`, it has set none.
    """
    own = terms.council.mini_budget
    if own is None:
        raise CompositionRefused("missing-value", name="mini_budget")
    return own


def _facts(terms: Terms, *topics: tuple[str, str]) -> tuple[Block, ...]:
    words = terms.wording["terms"]
    return tuple(
        Fact(LockedBlock.TERMS, locked=True, title=words[topic], text=text)
        for topic, text in topics
    )


_SET: dict[Offer, Callable[[Terms], object]] = {Offer.ITT: training_of, Offer.MINI_PTB: mini_of}


def _check_set(offer: Offer, terms: Terms) -> None:
    if offer in _SET:
        _SET[offer](terms)


def _check_children(terms: Terms) -> None:
    """Every child is named and of a known age band (rules.md, 4)."""
    if not terms.children:
        raise CompositionRefused("no-children")
    if len(terms.children) > MOST_CHILDREN:
        raise CompositionRefused("too-many-children", most=str(MOST_CHILDREN))
    for child in terms.children:
        if not child.first_name.strip():
            raise CompositionRefused("child-name-missing")
        if child.age_band is None:
            raise CompositionRefused("age-band-missing")
