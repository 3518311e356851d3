"""One version of a council's own words: written, read by a second officer, put in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from messaging.campaigns import load_campaign
from messaging.checks import Code
from messaging.composition import TONE_FLAGS, TONE_PLACEHOLDERS
from messaging.editing import CopyState, CopyStep, CopyStepNotAllowed, may_follow_copy
from messaging.sms import cut
from parentportal.auth import requires, signed_in_officer
from parentportal.desk import copy_words, words
from parentportal.desk.blueprint import bp
from parentportal.desk.copy_previews import facts_beside, previews
from parentportal.operations import copy
from parentportal.operations.council import council_in_force
from parentportal.operations.judging import findings_of, judge
from parentportal.operations.outbox import SecondOfficerNeeded
from parentportal.operations.wording import EVERY_SLOT
from parentportal.permissions import Action, may
from parentportal.queries.copy import names_of_officers, tone_in_use, version
from parentportal.web import now, reading, transaction
from parentportal.word_differences import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from messaging.checks import Finding
    from parentportal.models import Officer, TemplateVersion
    from parentportal.operations.judging import Judgement

LONGEST_TYPED = 10_000
"""Characters of one slot that are kept at all; no slot has room for a tenth of it."""
LONGEST_NOTE, LONGEST_NAME = 1000, 120

SHOWN = tuple(copy_words.SLOTS)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was refused just now, so that the page comes back with what was typed.

    Attributes:
        refused: why, as a code; empty where nothing was tried.
        words: the texts that were typed, by slot.
        whys: the reasons that were typed, by slot and words.
        missing: whether each field that a step asks for is marked where it is empty.
    """

    refused: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    whys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    missing: bool = False


NOTHING_TRIED = Tried()


class NotSaid(Exception):
    """A step asks for words, and its field is empty.

    Attributes:
        field: the field's id.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class ToWeigh:
    """Words of commitment that a second officer has to give a reason for.

    Attributes:
        slot: where they stand.
        matched: the words.
        why: what was typed as a reason.
        mistake: what is wrong with that, or empty.
    """

    slot: str
    matched: str
    why: str
    mistake: str


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
    typed = _typed()
    read = request.form.get("read")
    try:
        with transaction() as session:
            copy.save_words(session, version_id, typed, read=read, now=now(), by=_officer())
    except copy.WordsChanged as refusal:
        with reading() as session:
            tried = Tried(refusal.code, words=typed)
            return _page(session, version_id, tried), HTTPStatus.CONFLICT
    except copy.NotADraft:
        return _moved_on(version_id)
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
    except NotSaid as refusal:
        with reading() as session:
            page = _page(session, version_id, Tried(refusal.field))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    except (copy.WordsAtFault, SecondOfficerNeeded, copy.ForumHasNotSigned) as refusal:
        whys = {(one.slot, one.matched): one.why for one in _reasons()}
        weighed = step == "approve" and isinstance(refusal, copy.WordsAtFault)
        with reading() as session:
            page = _page(session, version_id, Tried(refusal.code, whys=whys, missing=weighed))
        return page, HTTPStatus.CONFLICT
    except (CopyStepNotAllowed, copy.NotADraft):
        return _moved_on(version_id)
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
    tone = _typed()
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


def _page(session: Session, version_id: UUID, tried: Tried = NOTHING_TRIED) -> str:
    row = version(session, version_id)
    key = row.campaign.key
    council = council_in_force(session)
    found = judge(session, row)
    before = tone_in_use(session, (key, row.language, row.variant))
    people = names_of_officers(
        session, {one for one in (row.made_by_id, row.approved_by_id) if one is not None}
    )
    officer = _officer()
    to_weigh = _to_weigh(found, tried)
    mistakes = _mistakes(to_weigh, tried)
    return render_template(
        "desk/copy-version.html",
        row=row,
        campaign=load_campaign(key),
        typed=tried.words or row.tone,
        slots=copy_words.SLOTS,
        states=copy_words.STATES,
        by_slot=_said_by_slot(row, found.findings),
        judgement=found,
        to_weigh=to_weigh,
        mistakes=mistakes,
        facts=facts_beside(key, row.language, council) if row.state is CopyState.DRAFT else {},
        differences={slot: marked(before.get(slot, ""), row.tone.get(slot, "")) for slot in SHOWN},
        theirs={slot: marked(row.tone.get(slot, ""), tried.words.get(slot, "")) for slot in SHOWN}
        if tried.words
        else {},
        steps={step for step in CopyStep if may_follow_copy(row.state, step)},
        CopyState=CopyState,
        CopyStep=CopyStep,
        people=people,
        mine=row.made_by_id == officer.id,
        refused=tried.refused,
        placeholders=sorted(TONE_PLACEHOLDERS),
        flags=sorted(TONE_FLAGS),
        forum_signs=council.forum_signs_copy,
        may_edit=may(officer.role, Action.EDIT_COPY),
        may_approve=may(officer.role, Action.APPROVE_COPY),
    )


def _said_by_slot(
    row: TemplateVersion, findings: tuple[Finding, ...]
) -> Mapping[str, list[tuple[str, str]]]:
    """What is said beside each slot, each as how it is shown and the words.

    What an approver let stand is no fault any more: it is shown with their reason.
    """
    excused = {(slot, matched): why for slot, matched, why in row.reasons}
    said: dict[str, list[tuple[str, str]]] = {}
    for finding in findings:
        why = excused.get((finding.slot, finding.params.get("words", "")))
        if finding.code is Code.UNMATCHED and why:
            one = "excused", copy_words.in_words_excused(finding, why)
        else:
            one = finding.severity.value, copy_words.in_words(finding)
        said.setdefault(finding.slot, []).append(one)
    return said


def _to_weigh(found: Judgement, tried: Tried) -> list[ToWeigh]:
    weighed = []
    for slot, matched in sorted({(breach.slot, breach.matched) for breach in found.breaches}):
        why = tried.whys.get((slot, matched), "")
        mistake = (
            _("Say why “%(words)s” may stand, or send the words back.", words=matched)
            if tried.missing and not why.strip()
            else ""
        )
        weighed.append(ToWeigh(slot, matched, why, mistake))
    return weighed


def _mistakes(to_weigh: list[ToWeigh], tried: Tried) -> Mapping[str, str]:
    """What is wrong with a field, by its id."""
    found = {f"why-{place}": one.mistake for place, one in enumerate(to_weigh, 1) if one.mistake}
    if tried.refused == NOTE:
        found[NOTE] = _("Say what needs to change.")
    if tried.refused == FORUM_NAME:
        found[FORUM_NAME] = _("Enter the name of who signed.")
    return found


def _typed() -> dict[str, str]:
    """The texts of all slots; a browser sends each line break as two characters."""
    return {
        slot: request.form.get(slot, "")[:LONGEST_TYPED].replace("\r\n", "\n")
        for slot in EVERY_SLOT
    }


def _moved_on(version_id: UUID) -> ResponseReturnValue:
    flash(_("Somebody has moved these words on already. This is how they stand."), "important")
    return redirect(url_for("desk.copy_version", version_id=version_id))


def _officer() -> Officer:
    return cast("Officer", signed_in_officer())


def _reasons() -> list[copy.Reason]:
    places = zip(
        request.form.getlist("slot"),
        request.form.getlist("matched"),
        request.form.getlist("why"),
        strict=False,
    )
    return [copy.Reason(slot, matched, why[:LONGEST_NOTE]) for slot, matched, why in places]


def _said(name: str, longest: int) -> str:
    """What a step asks to be told.

    Raises:
        NotSaid: nothing was.
    """
    text = request.form.get(name, "")[:longest].strip()
    if not text:
        raise NotSaid(name)
    return text


def _check(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.check(session, version_id, now=now(), by=by)


def _approve(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.approve(session, version_id, _reasons(), now=now(), by=by)


def _send_back(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.send_back(session, version_id, note=_said(NOTE, LONGEST_NOTE), now=now(), by=by)


def _sign(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    name = _said(FORUM_NAME, LONGEST_NAME)
    return copy.sign_for_forum(session, version_id, name=name, now=now(), by=by)


def _use(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.put_in_use(session, version_id, now=now(), by=by)


def _retire(session: Session, version_id: UUID, by: Officer) -> TemplateVersion:
    return copy.retire(session, version_id, now=now(), by=by)


NOTE, FORUM_NAME = "note", "name"

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
