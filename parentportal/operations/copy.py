"""A council's own wording: written, checked, approved by a second officer, put in use.

Only tone is edited. Whatever is saved is kept, even where it is at fault; but nothing at fault is
checked, approved or used: each of these steps proves anew that every version states the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from messaging.campaigns import load_campaign
from messaging.channels import Channel
from messaging.editing import CopyState, CopyStep, follow_copy
from messaging.languages import LANGUAGES
from messaging.variants import VariantName, VariantNotWrittenError, voices
from parentportal.models import AuditEvent, TemplateVersion
from parentportal.operations import trail
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.council import council_in_force
from parentportal.operations.judging import Judgement, judge
from parentportal.operations.outbox import SecondOfficerNeeded
from parentportal.operations.wording import (
    EVERY_SLOT,
    Wording,
    digest_of,
    tone_of,
)
from parentportal.refusals import NotThere, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Campaign, Officer


class NotADraft(Refusal):
    """Somebody has moved these words on; an edit begins a new version."""

    code = "not-a-draft"


class WordsChanged(Refusal):
    """Somebody else kept other words since these were read."""

    code = "words-changed"


class WordsAtFault(Refusal):
    """These words cannot be used as they stand.

    Attributes:
        judgement: what is at fault.
    """

    code = "words-at-fault"

    def __init__(self, judgement: Judgement) -> None:
        super().__init__()
        self.judgement = judgement


class ForumHasNotSigned(Refusal):
    """The council asks for the parent carer forum's signature first."""

    code = "forum-has-not-signed"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an approver lets words of commitment stand in a tone block.

    Attributes:
        slot: where they stand.
        matched: the words.
        why: the reason, written.
    """

    slot: str
    matched: str
    why: str


def begin_edit(
    session: Session, key: str, language: str, name: VariantName, *, now: datetime, by: Officer
) -> TemplateVersion:
    """A draft with the words in use to begin from; the draft there is, if somebody began one.

    Raises:
        NotThere: this campaign has no such version.
    """
    campaign = _campaign(session, key, language, name, now)
    drafts = select(TemplateVersion).where(
        TemplateVersion.campaign_id == campaign.id,
        TemplateVersion.language == language,
        TemplateVersion.variant == name,
        TemplateVersion.state == CopyState.DRAFT,
    )
    found = session.scalar(drafts.limit(1))
    if found is not None:
        return found
    tone = _in_use(session, campaign, language, name, now)
    newest = session.scalar(
        select(func.max(TemplateVersion.version)).where(
            TemplateVersion.campaign_id == campaign.id,
            TemplateVersion.language == language,
            TemplateVersion.variant == name,
        )
    )
    row = TemplateVersion(
        campaign_id=campaign.id,
        language=language,
        variant=name,
        version=(newest or 0) + 1,
        blocks={"tone": tone},
        sha256=digest_of(tone),
        registered_at=now,
        state=CopyState.DRAFT,
        made_by_id=by.id,
        reasons=[],
    )
    session.add(row)
    session.flush()
    _keep(session, row, "begin", now, by)
    return row


def save_words(
    session: Session,
    version_id: UUID,
    tone: Mapping[str, str],
    *,
    read: str | None = None,
    now: datetime,
    by: Officer,
) -> TemplateVersion:
    """Keep what an officer typed, right or wrong; whoever typed last is who wrote it.

    Args:
        session: the transaction.
        version_id: which words.
        tone: the texts by slot; a slot that is left out stays.
        read: the digest of the words that the officer began from, where it is known.
        now: when.
        by: who.

    Raises:
        WordsChanged: they are not the words there are any more.
        NotThere, NotADraft: no such version, or it has been moved on.
    """
    row = version_in_hand(session, version_id)
    if row.state is not CopyState.DRAFT:
        raise NotADraft
    if read is not None and read != row.sha256:
        raise WordsChanged
    kept = {slot: tone.get(slot, row.tone.get(slot, "")).strip() for slot in EVERY_SLOT}
    if kept != row.tone:
        row.blocks = {"tone": kept}
        row.sha256 = digest_of(kept)
        row.made_by_id = by.id
        _keep(session, row, "save", now, by)
    return row


def check(session: Session, version_id: UUID, *, now: datetime, by: Officer) -> TemplateVersion:
    """Hand words to a second officer, once nothing about them is at fault.

    What commits the council without standing in the facts may go on to the second officer, who
    sends it back or gives a written reason.

    Raises:
        WordsAtFault: they cannot be used.
        NotThere, CopyStepNotAllowed: no such version, or it is no draft.
    """
    row = version_in_hand(session, version_id)
    after = follow_copy(row.state, CopyStep.CHECK)
    judgement = judge(session, row)
    if not judgement.may_be_checked:
        raise WordsAtFault(judgement)
    row.state = after
    _keep(session, row, CopyStep.CHECK, now, by)
    return row


def approve(
    session: Session,
    version_id: UUID,
    reasons: Sequence[Reason] = (),
    *,
    now: datetime,
    by: Officer,
) -> TemplateVersion:
    """Let words be used.

    Raises:
        SecondOfficerNeeded: somebody who wrote in them tries.
        WordsAtFault: their facts differ from other versions', or a tone block commits the council
            to what is not in the facts, and no reason is given.
        NotThere, CopyStepNotAllowed: no such version, or it is not checked.
    """
    row = version_in_hand(session, version_id)
    after = follow_copy(row.state, CopyStep.APPROVE)
    if row.made_by_id == by.id or _wrote_in(session, row, by):
        raise SecondOfficerNeeded
    row.reasons = [[one.slot, one.matched, one.why.strip()] for one in reasons if one.why.strip()]
    judgement = judge(session, row)
    if not judgement.may_be_used:
        raise WordsAtFault(judgement)
    row.approved_by_id, row.approved_at, row.state, row.note = by.id, now, after, None
    _keep(session, row, CopyStep.APPROVE, now, by, reasons=len(row.reasons))
    return row


def send_back(
    session: Session, version_id: UUID, *, note: str, now: datetime, by: Officer
) -> TemplateVersion:
    """Return words to whoever wrote them, with a note.

    What an approver let stand is weighed anew next time.

    Raises:
        NotThere, CopyStepNotAllowed: no such version, or it is not with a second officer.
    """
    row = version_in_hand(session, version_id)
    row.state = follow_copy(row.state, CopyStep.SEND_BACK)
    row.note = note.strip() or None
    row.approved_by_id = row.approved_at = row.forum_name = row.forum_at = None
    row.reasons = []
    _keep(session, row, CopyStep.SEND_BACK, now, by)
    return row


def sign_for_forum(
    session: Session, version_id: UUID, *, name: str, now: datetime, by: Officer
) -> TemplateVersion:
    """Keep that the parent carer forum has read these words and agrees.

    Raises:
        NotThere: no such version.
        NotADraft: it is not approved, or in use already.
    """
    row = version_in_hand(session, version_id)
    if row.state is not CopyState.APPROVED:
        raise NotADraft
    row.forum_name, row.forum_at = name.strip(), now
    _keep(session, row, "sign-for-forum", now, by)
    return row


def put_in_use(
    session: Session, version_id: UUID, *, now: datetime, by: Officer
) -> TemplateVersion:
    """Use these words from the next draft on; those in use until now are retired.

    Raises:
        ForumHasNotSigned: the council asks for that.
        WordsAtFault: the council's settings or other versions changed since, and they differ now.
        NotThere, CopyStepNotAllowed: no such version, or it is not approved.
    """
    row = version_in_hand(session, version_id)
    after = follow_copy(row.state, CopyStep.USE)
    if council_in_force(session).forum_signs_copy and row.forum_at is None:
        raise ForumHasNotSigned
    judgement = judge(session, row)
    if not judgement.may_be_used:
        raise WordsAtFault(judgement)
    before = session.scalars(
        select(TemplateVersion).where(
            TemplateVersion.campaign_id == row.campaign_id,
            TemplateVersion.language == row.language,
            TemplateVersion.variant == row.variant,
            TemplateVersion.state == CopyState.IN_USE,
        )
    ).all()
    for one in before:
        one.state = follow_copy(one.state, CopyStep.RETIRE)
    session.flush()
    row.state = after
    _keep(session, row, CopyStep.USE, now, by)
    return row


def retire(session: Session, version_id: UUID, *, now: datetime, by: Officer) -> TemplateVersion:
    """Use these words no more; where they were in use, the shipped ones are again.

    Raises:
        NotThere, CopyStepNotAllowed: no such version, or it is retired already.
    """
    row = version_in_hand(session, version_id)
    row.state = follow_copy(row.state, CopyStep.RETIRE)
    _keep(session, row, CopyStep.RETIRE, now, by)
    return row


def version_in_hand(session: Session, version_id: UUID) -> TemplateVersion:
    """A version that nobody else moves until this transaction ends.

    Raises:
        NotThere: no such version.
    """
    row = session.get(TemplateVersion, version_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotThere
    return row


def _wrote_in(session: Session, row: TemplateVersion, officer: Officer) -> bool:
    """Whether any of these words, at any time, were an officer's own."""
    saved = select(AuditEvent.number).where(
        AuditEvent.subject_id == row.id,
        AuditEvent.action == "copy-save",
        AuditEvent.actor_id == officer.id,
    )
    return session.scalar(saved.limit(1)) is not None


def _campaign(
    session: Session, key: str, language: str, name: VariantName, now: datetime
) -> Campaign:
    try:
        known = voices(load_campaign(key))
    except KeyError:
        raise NotThere from None
    if name not in known or language not in LANGUAGES:
        raise NotThere
    return campaign_in_hand(session, key, now)


def _in_use(
    session: Session, campaign: Campaign, language: str, name: VariantName, now: datetime
) -> dict[str, str]:
    """The words in use; nothing at all where this version is not written in that language."""
    wording = Wording(session, campaign, now)
    try:
        variant = wording(campaign.key, language, name, Channel.LETTER)
    except VariantNotWrittenError:
        return dict.fromkeys(EVERY_SLOT, "")
    return tone_of(variant)


def _keep(
    session: Session,
    row: TemplateVersion,
    action: str,
    now: datetime,
    by: Officer,
    **detail: int,
) -> None:
    trail.keep(
        session,
        f"copy-{action}",
        "template_version",
        row.id,
        now=now,
        by=by,
        language=row.language,
        variant=row.variant,
        version=row.version,
        **detail,
    )
