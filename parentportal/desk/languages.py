"""The register of languages: what is written in each, and who has reviewed it."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext as _

from messaging.campaigns import CAMPAIGN_KEYS
from messaging.variants import ReviewStatus, review_register
from parentportal.auth import requires
from parentportal.desk import words
from parentportal.desk.blueprint import bp
from parentportal.i18n import LANGUAGES, TRANSLATIONS, whole_languages
from parentportal.permissions import Action
from segmentation.instrument import load_instrument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue


@bp.get("/languages")
@requires(Action.SEE_DESK)
def languages() -> ResponseReturnValue:
    """Which languages parents are offered, and where the words of each stand."""
    letters = review_register()
    instrument = load_instrument()
    subjects: list[tuple[str, Mapping[str, str]]] = [
        (_("Pages"), pages_review()),
        (_("Questionnaire"), {code: instrument.review(code) for code in LANGUAGES}),
        (_("Paper form"), {code: letters["form", code] for code in LANGUAGES}),
        (_("Facts in letters"), {code: letters["locked", code] for code in LANGUAGES}),
        *(
            (words.campaign_name(key), {code: letters[key, code] for code in LANGUAGES})
            for key in CAMPAIGN_KEYS
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


@cache
def pages_review() -> Mapping[str, str]:
    """Where the words of the pages stand, by language."""
    return tomllib.loads((TRANSLATIONS / "review.toml").read_text(encoding="utf-8"))
