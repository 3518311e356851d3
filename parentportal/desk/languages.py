"""The register of languages: what is written in each, and who has reviewed it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from messaging.campaigns import CAMPAIGN_KEYS
from messaging.variants import ReviewStatus, review_register
from messaging.wording import copy_places
from parentportal.auth import requires
from parentportal.desk import words
from parentportal.desk.blueprint import bp
from parentportal.i18n import LANGUAGES, TRANSLATIONS, whole_languages
from parentportal.permissions import Action
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask.typing import ResponseReturnValue


@bp.get("/languages")
@requires(Action.SEE_DESK)
def languages() -> ResponseReturnValue:
    """Which languages parents are offered, and where the words of each stand."""
    register = review_register()
    instrument = load_instrument()
    subjects: list[tuple[str, Mapping[str, str]]] = [
        (_("Pages"), pages_review()),
        (_("Questionnaire"), {code: instrument.review(code) for code in LANGUAGES}),
        *(
            (name, {code: register[place, code] for code in LANGUAGES if (place, code) in register})
            for place, name in _named_places()
        ),
    ]
    return render_template(
        "desk/languages.html",
        languages=LANGUAGES,
        offered=whole_languages(),
        subjects=subjects,
        awaiting=ReviewStatus.AWAITING_REVIEW,
        reviewed=ReviewStatus.REVIEWED,
    )


def _named_places() -> Iterator[tuple[str, str]]:
    """Every folder of the copy and what it is called, those of all messages first."""
    yield from ((place, str(name)) for place, name in _OF_ALL.items())
    for key in CAMPAIGN_KEYS:
        yield key, words.campaign_name(key)
        for place, name in _BESIDE.items():
            if f"{key}/{place}" in copy_places():
                yield f"{key}/{place}", f"{words.campaign_name(key)}: {name}"


_OF_ALL = {
    "locked": lazy_gettext("Facts in letters"),
    "form": lazy_gettext("Paper form"),
    "paper": lazy_gettext("What only paper needs"),
    "pack": lazy_gettext("Sheet for schools and partners"),
}
_BESIDE = {"easy-read": lazy_gettext("Easy Read"), "script": lazy_gettext("telephone script")}


@cache
def pages_review() -> Mapping[str, str]:
    """Where the words of the pages stand, by language."""
    return tomllib.loads((TRANSLATIONS / "review.toml").read_text(encoding="utf-8"))
