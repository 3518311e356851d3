"""Pages for parents before a school is named: what the choice means, and how long travel takes.

They are the same for everybody and need no sign-in. What stands on them is built from the locked
facts of the letter about naming a school, so page and letter say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import render_template

from messaging.campaigns import LockedBlock
from messaging.composition import CompositionRefused, Recipient, terms_of
from messaging.locked import build_locked
from parentportal.account.blueprint import bp
from parentportal.i18n import page_language
from parentportal.operations.groups import LONDON
from parentportal.side_by_side import shown_blocks
from parentportal.web import now, portal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

LETTER: Final = "naming-a-school"
"""The campaign whose letter carries the same facts."""


@bp.get("/before-you-name-a-school")
def naming_a_school() -> ResponseReturnValue:
    """What the council must, may and need not do, and what stays with parents."""
    return render_template(
        "account/naming-a-school.html",
        facts=_facts(LockedBlock.SCHOOL),
        rights=_facts(LockedBlock.APPEAL, LockedBlock.HELP),
        contact=portal().council().contact,
    )


@bp.get("/how-long-travel-takes")
def first_journey() -> ResponseReturnValue:
    """The published steps from an application to the first journey."""
    return render_template(
        "account/first-journey.html",
        facts=_facts(LockedBlock.TIMELINE),
        rights=_facts(LockedBlock.APPEAL, LockedBlock.HELP),
        contact=portal().council().contact,
    )


def _facts(*blocks: LockedBlock) -> Markup | None:
    """Locked facts in the page's language; none where the council has not set what they say."""
    council, language = portal().council(), page_language().code
    terms = terms_of(
        LETTER,
        language,
        Recipient("", language),
        council,
        dated=now().astimezone(LONDON).date(),
    )
    try:
        built = [one for block in blocks for one in build_locked(block, terms)]
    except CompositionRefused:
        return None
    return shown_blocks(built, language)
