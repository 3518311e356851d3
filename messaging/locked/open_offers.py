"""The offers that are open to a family beside the one a message is about."""

from messaging.languages import listed
from messaging.locked.terms import Terms
from messaging.offers import ChildOffer, Offer


def also_open(terms: Terms) -> str:
    """Which other offers a named officer recorded, child by child; else that they stay open.

    Raises:
        CompositionRefused: a child's name cannot be printed.
    """
    words = terms.wording["offers"]
    named = [_of_child(child, terms) for child in terms.children if child.also]
    if not named:
        return str(words["open"])
    return terms.filled(words["also"], {"others": "; ".join(named)})


def _of_child(child: ChildOffer, terms: Terms) -> str:
    words = terms.wording["offers"]
    names = [words["names"][offer] for offer in Offer if offer in child.also]
    together = listed(names, terms.language)
    return terms.filled(words["also_child"], {"offers": together}, child=child.first_name)
