"""The copy library: every campaign, and the words in use of each of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import redirect, render_template, url_for

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.editing import CopyState
from messaging.languages import LANGUAGES
from messaging.variants import VariantName, review_register, voices
from parentportal.auth import requires, signed_in_officer
from parentportal.desk import copy_words
from parentportal.desk.blueprint import bp
from parentportal.operations import copy
from parentportal.operations.judging import report_of
from parentportal.permissions import Action
from parentportal.queries.copy import history, names_of_officers, standing, tone_in_use
from parentportal.refusals import NotThere
from parentportal.web import now, reading, transaction

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from messaging.campaigns import Campaign
    from parentportal.models import Officer


@bp.get("/copy")
@requires(Action.SEE_VERSIONS)
def copy_library() -> ResponseReturnValue:
    """Every campaign of the library, and where its words stand."""
    with reading() as session:
        found = standing(session)
    waiting = {
        key: sum(
            row.state in {CopyState.DRAFT, CopyState.CHECKED, CopyState.APPROVED}
            for (campaign, _language, _name), rows in found.items()
            if campaign == key
            for row in rows
        )
        for key in CAMPAIGN_KEYS
    }
    return render_template(
        "desk/copy-library.html",
        campaigns=[load_campaign(key) for key in CAMPAIGN_KEYS],
        waiting=waiting,
        reviews=review_register(),
        languages=LANGUAGES,
    )


@bp.get("/copy/<key>")
@requires(Action.SEE_VERSIONS)
def copy_campaign(key: str) -> ResponseReturnValue:
    """One campaign: each language and version with where it stands."""
    campaign = _campaign(key)
    with reading() as session:
        found = standing(session)
    return render_template(
        "desk/copy-campaign.html",
        campaign=campaign,
        languages=LANGUAGES,
        names=voices(campaign),
        found={
            (language, name): found.get((key, language, name), ())
            for language in LANGUAGES
            for name in voices(campaign)
        },
        reviews=review_register(),
        states=copy_words.STATES,
    )


@bp.get("/copy/<key>/report")
@requires(Action.SEE_VERSIONS)
def copy_report(key: str) -> ResponseReturnValue:
    """What was compared of a campaign, and what was found, for anybody who asks."""
    campaign = _campaign(key)
    with reading() as session:
        report = report_of(session, key)
    return render_template(
        "desk/copy-report.html", campaign=campaign, report=report, kinds=copy_words.KINDS
    )


@bp.get("/copy/<key>/<language>/<name>")
@requires(Action.SEE_VERSIONS)
def copy_place(key: str, language: str, name: str) -> ResponseReturnValue:
    """The words in use of one version in one language, and every version kept of them."""
    campaign, voice = _campaign(key), _voice(key, language, name)
    with reading() as session:
        rows = history(session, (key, language, voice))
        tone = tone_in_use(session, (key, language, voice))
        people = names_of_officers(
            session, {row.made_by_id for row in rows if row.made_by_id is not None}
        )
    return render_template(
        "desk/copy-place.html",
        campaign=campaign,
        language=language,
        name=voice,
        versions=rows,
        tone=tone,
        slots=copy_words.SLOTS,
        states=copy_words.STATES,
        people=people,
        review=review_register().get((key, language)),
    )


@bp.post("/copy/<key>/<language>/<name>/edit")
@requires(Action.EDIT_COPY)
def copy_begin(key: str, language: str, name: str) -> ResponseReturnValue:
    """Begin a draft with the words in use, or go on with the one there is."""
    voice, officer = _voice(key, language, name), cast("Officer", signed_in_officer())
    with transaction() as session:
        row = copy.begin_edit(session, key, language, voice, now=now(), by=officer)
        return redirect(url_for("desk.copy_version", version_id=row.id))


def _campaign(key: str) -> Campaign:
    if key not in CAMPAIGN_KEYS:
        raise NotThere
    return load_campaign(key)


def _voice(key: str, language: str, name: str) -> VariantName:
    if key not in CAMPAIGN_KEYS or language not in LANGUAGES:
        raise NotThere
    if name not in {voice.value for voice in voices(load_campaign(key))}:
        raise NotThere
    return VariantName(name)
