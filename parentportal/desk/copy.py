"""The copy library: what is in use, and a council's own words from a draft to their use."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.channels import Channel
from messaging.composition import TONE_FLAGS, TONE_PLACEHOLDERS
from messaging.editing import CopyState, CopyStep, CopyStepNotAllowed, may_follow_copy
from messaging.languages import LANGUAGES
from messaging.sms import cut
from messaging.variants import VariantName, VariantNotWrittenError, review_register, voices
from parentportal.auth import requires, signed_in_officer
from parentportal.desk import copy_words, words
from parentportal.desk.blueprint import bp
from parentportal.desk.copy_previews import previews
from parentportal.operations import copy
from parentportal.operations.council import council_in_force
from parentportal.operations.judging import Judgement, findings_of, judge, report_of
from parentportal.operations.outbox import SecondOfficerNeeded
from parentportal.operations.wording import EVERY_SLOT, tone_of
from parentportal.permissions import Action, may
from parentportal.queries.copy import history, in_use, names_of_officers, standing, version
from parentportal.refusals import NotThere
from parentportal.web import now, reading, transaction
from parentportal.word_differences import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from messaging.campaigns import Campaign
    from parentportal.models import Officer, TemplateVersion

LONGEST_TYPED = 10_000
"""Characters of one slot that are kept at all; no slot has room for a tenth of it."""


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
        tone = _in_use(session, key, language, voice)
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
    voice = _voice(key, language, name)
    with transaction() as session:
        row = copy.begin_edit(session, key, language, voice, now=now(), by=_officer())
        return redirect(url_for("desk.copy_version", version_id=row.id))


@bp.get("/copy/version/<uuid:version_id>")
@requires(Action.SEE_VERSIONS)
def copy_version(version_id: UUID) -> ResponseReturnValue:
    """One version: its words, what is at fault, what can be done to it now."""
    with reading() as session:
        return _page(session, version_id)


@bp.post("/copy/version/<uuid:version_id>")
@requires(Action.EDIT_COPY)
def copy_save(version_id: UUID) -> ResponseReturnValue:
    """Keep what was typed, right or wrong."""
    tone = {slot: request.form.get(slot, "")[:LONGEST_TYPED] for slot in EVERY_SLOT}
    typed = _with_plain_breaks(tone)
    read = request.form.get("read")
    try:
        with transaction() as session:
            copy.save_words(session, version_id, typed, read=read, now=now(), by=_officer())
    except copy.WordsChanged as refusal:
        with reading() as session:
            return _page(
                session, version_id, refused=refusal.code, typed=typed
            ), HTTPStatus.CONFLICT
    except copy.NotADraft:
        flash(_("Somebody has moved these words on already. This is how they stand."), "important")
        return redirect(url_for("desk.copy_version", version_id=version_id))
    flash(_("Kept. What is at fault, if anything, stands beside the words."), "saved")
    return redirect(url_for("desk.copy_version", version_id=version_id))


@bp.post("/copy/version/<uuid:version_id>/<step>")
@requires(Action.SEE_VERSIONS)
def copy_step(version_id: UUID, step: str) -> ResponseReturnValue:
    """Take one step of the walk from draft to use."""
    if step not in _STEPS:
        abort(HTTPStatus.NOT_FOUND)
    action, take, done = _STEPS[step]
    officer = _officer()
    if not may(officer.role, action):
        abort(HTTPStatus.FORBIDDEN)
    try:
        with transaction() as session:
            take(session, version_id, officer)
    except (copy.WordsAtFault, SecondOfficerNeeded, copy.ForumHasNotSigned) as refusal:
        judgement = refusal.judgement if isinstance(refusal, copy.WordsAtFault) else None
        with reading() as session:
            page = _page(session, version_id, refused=refusal.code, judgement=judgement)
        return page, HTTPStatus.CONFLICT
    except (CopyStepNotAllowed, copy.NotADraft):
        flash(_("Somebody has moved these words on already. This is how they stand."), "important")
        return redirect(url_for("desk.copy_version", version_id=version_id))
    flash(done(), "success")
    return redirect(url_for("desk.copy_version", version_id=version_id))


@bp.get("/copy/version/<uuid:version_id>/preview")
@requires(Action.SEE_VERSIONS)
def copy_preview(version_id: UUID) -> ResponseReturnValue:
    """The words in whole messages: for the shortest, the longest and a right-to-left family."""
    with reading() as session:
        row = version(session, version_id)
        council = council_in_force(session)
    return render_template(
        "desk/copy-preview.html",
        row=row,
        previews=previews(row, council),
        channels=words.CHANNELS,
    )


@bp.post("/copy/version/<uuid:version_id>/findings.json")
@requires(Action.EDIT_COPY)
def copy_findings(version_id: UUID) -> ResponseReturnValue:
    """What is at fault with words as they are typed; nothing is kept."""
    typed = request.form
    tone = _with_plain_breaks({slot: typed.get(slot, "")[:LONGEST_TYPED] for slot in EVERY_SLOT})
    with reading() as session:
        row = version(session, version_id)
        council = council_in_force(session)
    found = findings_of(row.campaign.key, row.language, row.variant, tone, council)
    return jsonify(
        findings=[
            {"slot": one.slot, "severity": one.severity, "words": copy_words.in_words(one)}
            for one in found
        ],
        lengths={slot: len(text) for slot, text in tone.items()},
        parts=len(cut(tone["sms"]).parts) if tone["sms"] else 0,
    )


def _page(
    session: Session,
    version_id: UUID,
    *,
    refused: str = "",
    judgement: Judgement | None = None,
    typed: Mapping[str, str] | None = None,
) -> str:
    row = version(session, version_id)
    key = row.campaign.key
    found = judgement or judge(session, row)
    before = _in_use(session, key, row.language, row.variant)
    by_slot: dict[str, list[tuple[str, str]]] = {}
    for finding in found.findings:
        said = (finding.severity.value, copy_words.in_words(finding))
        by_slot.setdefault(finding.slot, []).append(said)
    people = names_of_officers(
        session, {one for one in (row.made_by_id, row.approved_by_id) if one is not None}
    )
    officer = _officer()
    return render_template(
        "desk/copy-version.html",
        row=row,
        campaign=load_campaign(key),
        typed=typed or row.tone,
        slots=copy_words.SLOTS,
        states=copy_words.STATES,
        kinds=copy_words.KINDS,
        by_slot=by_slot,
        judgement=found,
        to_weigh=sorted({(breach.slot, breach.matched) for breach in found.breaches}),
        differences={slot: marked(before.get(slot, ""), row.tone.get(slot, "")) for slot in SHOWN},
        theirs={slot: marked(row.tone.get(slot, ""), typed.get(slot, "")) for slot in SHOWN}
        if typed
        else {},
        steps={step for step in CopyStep if may_follow_copy(row.state, step)},
        CopyState=CopyState,
        CopyStep=CopyStep,
        people=people,
        mine=row.made_by_id == officer.id,
        refused=refused,
        placeholders=sorted(TONE_PLACEHOLDERS),
        flags=sorted(TONE_FLAGS),
        forum_signs=council_in_force(session).forum_signs_copy,
        may_edit=may(officer.role, Action.EDIT_COPY),
        may_approve=may(officer.role, Action.APPROVE_COPY),
    )


SHOWN = tuple(copy_words.SLOTS)


def _in_use(session: Session, key: str, language: str, name: VariantName) -> dict[str, str]:
    """The words in use; nothing where this version is not written in that language."""
    shelf = in_use(session, key)
    try:
        return tone_of(shelf(key, language, name, Channel.LETTER))
    except VariantNotWrittenError:
        return dict.fromkeys(EVERY_SLOT, "")


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


def _with_plain_breaks(tone: dict[str, str]) -> dict[str, str]:
    """A browser sends each line break as two characters."""
    return {slot: text.replace("\r\n", "\n") for slot, text in tone.items()}


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())


def _check(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.check(session, version_id, now=now(), by=by)


def _approve(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    places = zip(
        request.form.getlist("slot"),
        request.form.getlist("matched"),
        request.form.getlist("why"),
        strict=False,
    )
    reasons = [copy.Reason(slot, matched, why) for slot, matched, why in places]
    return copy.approve(session, version_id, reasons, now=now(), by=by)


def _send_back(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    note = request.form.get("note", "")[:LONGEST_NOTE]
    return copy.send_back(session, version_id, note=note, now=now(), by=by)


def _sign(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    name = request.form.get("name", "")[:LONGEST_NAME]
    return copy.sign_for_forum(session, version_id, name=name, now=now(), by=by)


def _use(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.put_in_use(session, version_id, now=now(), by=by)


def _retire(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.retire(session, version_id, now=now(), by=by)


LONGEST_NOTE, LONGEST_NAME = 1000, 120

_STEPS: Mapping[
    str, tuple[Action, Callable[[Session, UUID, Officer], TemplateVersion], Callable[[], str]]
] = {
    "check": (Action.EDIT_COPY, _check, lambda: _("A second officer can read this now.")),
    "approve": (Action.APPROVE_COPY, _approve, lambda: _("Approved. It can be put in use.")),
    "send-back": (Action.APPROVE_COPY, _send_back, lambda: _("Sent back with your note.")),
    "sign": (Action.EDIT_COPY, _sign, lambda: _("The forum’s signature is kept.")),
    "use": (Action.EDIT_COPY, _use, lambda: _("In use from the next draft on.")),
    "retire": (Action.EDIT_COPY, _retire, lambda: _("Retired. The words before are in use.")),
}
