"""Pages for parents before a school is named: what the choice means, and how long travel takes.

They are the same for everybody and need no sign-in. What stands on them is built from the locked
facts of the letter about naming a school, so page and letter say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import render_template

from messaging.campaigns import LockedBlock
from parentportal.account.blueprint import bp
from parentportal.account.facts import facts_of_letter
from parentportal.web import portal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LETTER: Final = "naming-a-school"
"""The campaign whose letter carries the same facts."""


@bp.get("/before-you-name-a-school")
def naming_a_school() -> ResponseReturnValue:
    """What the council must, may and need not do, and what stays with parents."""
    return render_template(
        "account/naming-a-school.html",
        facts=facts_of_letter(LETTER, LockedBlock.SCHOOL),
        rights=facts_of_letter(LETTER, LockedBlock.APPEAL, LockedBlock.HELP),
        contact=portal().council().contact,
    )


@bp.get("/how-long-travel-takes")
def first_journey() -> ResponseReturnValue:
    """The published steps from an application to the first journey."""
    return render_template(
        "account/first-journey.html",
        facts=facts_of_letter(LETTER, LockedBlock.TIMELINE),
        rights=facts_of_letter(LETTER, LockedBlock.APPEAL, LockedBlock.HELP),
        contact=portal().council().contact,
    )
