"""Locked facts of a letter on a public page, so that page and letter say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messaging.composition import CompositionRefused, Recipient, terms_of
from messaging.locked import build_locked
from parentportal.i18n import page_language
from parentportal.operations.contacts import LONDON
from parentportal.side_by_side import shown_blocks
from parentportal.web import now, portal

if TYPE_CHECKING:
    from markupsafe import Markup

    from messaging.campaigns import LockedBlock
    from messaging.offers import ChildOffer


def facts_of_letter(
    key: str, *blocks: LockedBlock, child: ChildOffer | None = None
) -> Markup | None:
    """Facts in the page's language; none where the council has not set what they say.

    Args:
        key: the campaign whose letter carries them.
        blocks: which of its facts.
        child: a child without a name, of the age that the facts are about; none where they are
            about no child.
    """
    council, language = portal().council(), page_language().code
    terms = terms_of(
        key,
        language,
        Recipient("", language, children=(child,) if child else ()),
        council,
        dated=now().astimezone(LONDON).date(),
    )
    try:
        built = [one for block in blocks for one in build_locked(block, terms)]
    except CompositionRefused:
        return None
    return shown_blocks(built, language)
